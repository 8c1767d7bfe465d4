import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { discardEmbedded } from '@vestnik/hub/core/database/discard-embedded.ts';
import { SYSTEM } from '@vestnik/hub/core/identity/caller.ts';
import { addClient } from '@vestnik/hub/tickets/add-client.ts';
import { type HubPeer, startHubPeer } from '../hub/hub-peer.ts';
import { bareBatcher } from './bare-batcher.ts';
import { bareFiles } from './bare-files.ts';
import { controlMessages } from './control-messages.ts';
import { filePath } from './file-path.ts';
import { type Puller, queuePath, sendAll } from './queue-path.ts';
import { perSecond } from './rate.ts';

/**
 * `npm run bench -- feed [--messages N] [--files N] [--clients N]`: the queue path beside the bare batcher, and the file path beside the
 * bare file loop, all in one run on one disk with fsync on. Ratios are what counts: a machine's speed drifts, a ratio of one run less so.
 */
const FILE_CLIENT = 'bench-files';

async function addPullers(hub: HubPeer, names: readonly string[]): Promise<Puller[]> {
  const database = openDatabase({ url: hub.databaseUrl, poolSize: 2, queuePoolSize: 2, name: 'bench' });
  for (const [at, name] of names.entries()) {
    const subscriptions = [{ agency: [name === FILE_CLIENT ? 'FILES' : `AG${at}`] }];
    await database.transaction((tx) => addClient(tx, SYSTEM, { name, title: name, subscriptions }));
  }
  await database.close();
  const ca = await (await fetch(`${hub.rest}/api/v1/identity/authority/ca.crt`)).text();
  return Promise.all(
    names.map(async (name) => {
      const response = await fetch(`${hub.rest}/api/v1/tickets/clients/${name}/certificates`, {
        method: 'POST',
        headers: { authorization: hub.authorization, 'content-type': 'application/json' },
        body: '{}',
      });
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return { name, ca, pem: ((await response.json()) as { pem: string }).pem };
    }),
  );
}

export async function run(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      messages: { type: 'string', default: '40000' },
      files: { type: 'string', default: '20000' },
      clients: { type: 'string', default: '100' },
    },
  });
  const [messages, files, clients] = [Number(values.messages), Number(values.files), Number(values.clients)];
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-bench-'));
  const dataFolder = join(folder, 'hub');
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(`${cpus().length} processors (${cpus()[0]?.model}), Node ${process.versions.node}, PostgreSQL 18 embedded, fsync on`);
  const hub = await startHubPeer(dataFolder);
  try {
    const agencies = Array.from({ length: clients }, (_, at) => `AG${at}`) as [string, ...string[]];
    const pullers = await addPullers(hub, [...agencies.map((_, at) => `bench-${at}`), FILE_CLIENT]);
    const filePuller = pullers.pop();
    if (!filePuller) throw new Error('no client for files');
    const texts = controlMessages(messages, agencies);
    const body = Buffer.alloc(2_048, 'x');

    say(`\nQueue path: ${messages} messages of one document, ${clients} clients`);
    const bare = await bareBatcher(hub.databaseUrl, { count: messages, bytes: body.length, clients, producers: 64 });
    say(`  bare batcher            in ${perSecond(bare.count, bare.inSeconds)}/s, in and out ${perSecond(bare.count, bare.outSeconds)}/s`);
    const before = hub.processorSeconds();
    const whole = await queuePath(hub, texts, pullers);
    const after = hub.processorSeconds();
    const spent = (after.hub + after.database - before.hub - before.database) * 1e6;
    say(
      `  REST -> XML -> mutual TLS  in ${perSecond(whole.count, whole.inSeconds)}/s, in and out ${perSecond(whole.count, whole.outSeconds)}/s`,
    );
    say(`  ratio in and out        ${(bare.outSeconds / whole.outSeconds).toFixed(3)}`);
    say(
      `  processor time a message: hub ${Math.round(((after.hub - before.hub) * 1e6) / messages)} us, database ${Math.round(((after.database - before.database) * 1e6) / messages)} us, together ${Math.round(spent / messages)} us`,
    );

    say(`\nFile path: ${files} files into one folder`);
    const loop = await bareFiles(join(folder, 'bare'), files, body);
    say(`  bare file loop          ${Math.round(loop)} files/s`);
    const forFiles = controlMessages(messages + files, ['FILES']).slice(messages);
    await sendAll(hub, forFiles);
    const drained = await filePath(hub, filePuller, join(folder, 'agency'), files);
    say(`  Stat_Client             ${Math.round(drained.perSecond)} files/s, peak memory ${drained.memory} MiB`);
    say(`  ratio                   ${(drained.perSecond / loop).toFixed(3)}`);
  } finally {
    await hub.stop();
    await discardEmbedded({ dataFolder, runAs: 'nobody' });
    rmSync(folder, { recursive: true, force: true });
  }
}
