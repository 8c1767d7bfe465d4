// `npm run check [PART ...]`: types, style, boundaries, unused code, generated pages. All parts run; exit code 1 when any of them found something.
import { fileURLToPath } from 'node:url';
import { PARTS } from './parts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`There is no part "${unknown.join('", "')}". The parts: ${PARTS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

for (const { name, run } of PARTS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const begin = performance.now();
  const wrong = await run(root).catch((error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)));
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${name} ... ${wrong === '' ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (wrong === '') continue;
  console.log(wrong.replace(/^/gm, '  '));
  process.exitCode = 1;
}
