import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { discardEmbedded } from '@vestnik/hub/core/database/discard-embedded.ts';
import { startHubPeer } from '../feed/hub-peer.ts';
import { bareAges, bareLoop, graphileWorker, steadily } from './peers.ts';
import { rendering } from './rendering.ts';
import { type SinkPeer, startSink } from './sink-peer.ts';
import { openVestnik, type VestnikPeer } from './vestnik.ts';

/**
 * `npm run bench -- callbacks [--count N] [--endpoints N] [--concurrency N] [--backlog N]`: deliveries a second beside a bare undici loop without any
 * database and beside graphile-worker on the same server, their latency, what ill receivers cost the others, a large backlog beside a small one, and
 * rendering alone; all in one run. Ratios are what counts.
 */
const ILL = 2;
const STEADY = 200;
const STEADY_SECONDS = 10;
const SMALL_BACKLOG = 10_000;
const DEADLINE = 1_800;

const percentile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const rounded = (rate: number): string => `${Math.round(rate)}/s`;

/** Events published and received at once. @returns deliveries a second. */
async function flow(vestnik: VestnikPeer, sink: SinkPeer, count: number): Promise<number> {
  const before = await sink.count();
  const publishing = vestnik.publish(count);
  const seconds = await sink.until(before, count, DEADLINE);
  await publishing;
  return count / seconds;
}

/** Deliveries a second of a backlog, without the time until the first tenth of it is gone. */
async function drain(vestnik: VestnikPeer, sink: SinkPeer, count: number): Promise<number> {
  await vestnik.hold(true);
  await vestnik.publish(count);
  while ((await vestnik.waiting()) < count) await new Promise((resolve) => setTimeout(resolve, 500));
  const before = await sink.count();
  await vestnik.hold(false);
  await sink.until(before, count / 10, DEADLINE);
  const seconds = await sink.until(before, count, DEADLINE);
  return (count * 0.9) / seconds;
}

export async function run(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      count: { type: 'string', default: '40000' },
      endpoints: { type: 'string', default: '100' },
      concurrency: { type: 'string', default: '2' },
      backlog: { type: 'string', default: '100000' },
    },
  });
  const load = { count: Number(values.count), endpoints: Number(values.endpoints), concurrency: Number(values.concurrency) };
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-bench-'));
  const dataFolder = join(folder, 'hub');
  say(`${cpus().length} processors (${cpus()[0]?.model}), Node ${process.versions.node}, PostgreSQL 18 embedded, fsync on`);
  const sink = await startSink();
  const hub = await startHubPeer(dataFolder, { VESTNIK_CALLBACKS__EXACT_ADDRESSES: `127.0.0.1:${sink.port}` });
  try {
    say(`\n${load.count} deliveries of about 1 KB to ${load.endpoints} endpoints, ${load.concurrency} at once each`);
    const limit = await bareLoop(sink, load);
    say(`  bare undici loop         ${rounded(limit)}`);
    const peer = await graphileWorker(hub.databaseUrl, sink, load);
    say(`  graphile-worker, undici  ${rounded(peer)}, jobs added before`);
    const paths = Array.from({ length: load.endpoints }, (_, at) => `/in/${at}`);
    const vestnik = await openVestnik(hub, sink, [...paths, '/dead/0', '/late/0'], { concurrency: load.concurrency, ill: ILL });
    await flow(vestnik, sink, 2_000);
    const spent = hub.processorSeconds();
    const rate = await flow(vestnik, sink, load.count);
    const after = hub.processorSeconds();
    say(`  Vestnik                  ${rounded(rate)}, from the event to the receipt, every attempt in the log`);
    say(`  to the bare loop         ${(rate / limit).toFixed(3)}`);
    say(`  to graphile-worker       ${(rate / peer).toFixed(2)}`);
    say(
      `  processor time each      hub ${Math.round(((after.hub - spent.hub) * 1e6) / load.count)} us, database ${Math.round(((after.database - spent.database) * 1e6) / load.count)} us`,
    );

    const bare = await bareAges(sink, STEADY, STEADY_SECONDS);
    await sink.ages();
    await steadily(STEADY, STEADY_SECONDS, (count) => vestnik.publish(count));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const ages = await sink.ages();
    say(`\nTo the receipt at ${STEADY}/s`);
    say(`  bare loop                p50 ${percentile(bare, 0.5)} ms, p99 ${percentile(bare, 0.99)} ms`);
    say(`  Vestnik                  p50 ${percentile(ages, 0.5)} ms, p99 ${percentile(ages, 0.99)} ms, of ${ages.length} events`);

    const alone = await flow(vestnik, sink, load.count);
    const all = load.count + (load.count / load.endpoints) * ILL;
    const from = await sink.count();
    const publishing = vestnik.publish(all, true);
    const beside = load.count / (await sink.until(from, load.count, DEADLINE));
    await publishing;
    say('\nBeside one endpoint that never answers and one that answers after 10 s');
    say(
      `  the others               ${rounded(beside)}, without those two just before ${rounded(alone)}; ratio ${(beside / alone).toFixed(3)}`,
    );

    const small = await drain(vestnik, sink, SMALL_BACKLOG);
    const large = await drain(vestnik, sink, Number(values.backlog));
    say(`\nBacklog\n  ${SMALL_BACKLOG} due          ${rounded(small)}`);
    say(`  ${values.backlog} due         ${rounded(large)}; ratio ${(large / small).toFixed(3)}`);

    const { vestnik: ours, naive, bytes } = rendering(3, 500);
    say(`\nRendering alone, XML of ${bytes} bytes with 11 variables, one core`);
    say(`  naive replace            ${rounded(naive.median)}`);
    say(`  Vestnik                  ${rounded(ours.median)}; ratio ${(ours.median / naive.median).toFixed(2)}`);
    await vestnik.close();
  } finally {
    await sink.stop();
    await hub.stop();
    await discardEmbedded({ dataFolder, runAs: 'nobody' });
    rmSync(folder, { recursive: true, force: true });
  }
}
