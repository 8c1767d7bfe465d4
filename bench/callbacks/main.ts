import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { discardEmbedded } from '@vestnik/hub/core/database/discard-embedded.ts';
import { startHubPeer } from '../feed/hub-peer.ts';
import { bareLoop, graphileWorker } from './peers.ts';
import { startSink } from './sink-peer.ts';
import { openVestnik } from './vestnik.ts';

/**
 * `npm run bench -- callbacks [--count N] [--endpoints N] [--concurrency N]`: deliveries a second beside a bare undici loop without any database and
 * beside graphile-worker on the same server, all in one run. Ratios are what counts.
 */
const percentile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;

export async function run(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      count: { type: 'string', default: '40000' },
      endpoints: { type: 'string', default: '100' },
      concurrency: { type: 'string', default: '8' },
      only: { type: 'string' },
    },
  });
  const load = { count: Number(values.count), endpoints: Number(values.endpoints), concurrency: Number(values.concurrency) };
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-bench-'));
  const dataFolder = join(folder, 'hub');
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(`${cpus().length} processors (${cpus()[0]?.model}), Node ${process.versions.node}, PostgreSQL 18 embedded, fsync on`);
  const sink = await startSink();
  const hub = await startHubPeer(dataFolder, { VESTNIK_CALLBACKS__EXACT_ADDRESSES: `127.0.0.1:${sink.port}` });
  try {
    say(`\n${load.count} deliveries of about 1 KB to ${load.endpoints} endpoints, ${load.concurrency} at once each`);
    const wants = (name: string): boolean => values.only === undefined || values.only.split(',').includes(name);
    const limit = wants('bare') ? await bareLoop(sink, load) : Number.NaN;
    say(`  bare undici loop        ${Math.round(limit)}/s`);
    const peer = wants('graphile') ? await graphileWorker(hub.databaseUrl, sink, load) : Number.NaN;
    say(`  graphile-worker, undici ${Math.round(peer)}/s`);
    const vestnik = await openVestnik(
      hub,
      sink,
      Array.from({ length: load.endpoints }, (_, at) => `/in/${at}`),
      load.concurrency,
    );
    await vestnik.publish(2_000);
    await sink.until(await sink.count(), 0, 1);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const before = await sink.count();
    const spent = hub.processorSeconds();
    const publishing = vestnik.publish(load.count);
    const seconds = await sink.until(before, load.count, 600);
    await publishing;
    const after = hub.processorSeconds();
    const rate = load.count / seconds;
    say(`  Vestnik                 ${Math.round(rate)}/s, event to receipt, every attempt in the log`);
    say(`  to the bare loop        ${(rate / limit).toFixed(3)}`);
    say(`  to graphile-worker      ${(rate / peer).toFixed(2)}`);
    say(
      `  processor time each     hub ${Math.round(((after.hub - spent.hub) * 1e6) / load.count)} us, database ${Math.round(((after.database - spent.database) * 1e6) / load.count)} us`,
    );
    await sink.ages();
    const steady = 200;
    for (let second = 0; second < 10; second += 1) {
      for (let tick = 0; tick < 10; tick += 1) {
        await vestnik.publish(steady / 10);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    const ages = await sink.ages();
    say(`\nEvent to receipt at ${steady} events/s: p50 ${percentile(ages, 0.5)} ms, p99 ${percentile(ages, 0.99)} ms (${ages.length})`);
    await vestnik.close();
  } finally {
    await sink.stop();
    await hub.stop();
    await discardEmbedded({ dataFolder, runAs: 'nobody' });
    rmSync(folder, { recursive: true, force: true });
  }
}
