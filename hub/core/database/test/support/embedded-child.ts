import { startEmbedded } from '../../embedded.ts';

/** A hub process that holds only the database: prints one line when it stands or has failed; SIGTERM stops it in order. */
const [dataFolder = '', runAs = 'nobody'] = process.argv.slice(2);
try {
  const embedded = await startEmbedded({ dataFolder, runAs });
  const { url, owner, pid, home } = embedded;
  process.once('SIGTERM', () => void embedded.stop().then(() => process.exit(0)));
  process.stdout.write(`${JSON.stringify({ url, owner, pid, home })}\n`);
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`);
}
