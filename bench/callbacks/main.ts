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
/** Endpoints beyond the healthy ones: one that never answers, one that answers after ten seconds. */
const ILL = ['/dead/0', '/late/0'];
/** One that gets very many events at once. */
const FLOODED = '/flood/0';
const TURNS = 3;
const FLOOD = 50_000;
const STEADY = 200;
const STEADY_SECONDS = 10;
const SMALL_BACKLOG = 10_000;
const DEADLINE = 1_800;
const LOOK_EVERY = 500;

const percentile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const rounded = (rate: number): string => `${Math.round(rate)}/s`;

/**
 * Events published and received at once. @param share with more than 1, so many times the events, of which the ill endpoints get theirs.
 * @returns deliveries of the healthy ones a second.
 */
async function flow(vestnik: VestnikPeer, sink: SinkPeer, events: number, share = 1): Promise<number> {
  const count = Math.floor(events);
  const before = await sink.count();
  const publishing = vestnik.publish(Math.ceil(count * share), share > 1);
  const seconds = await sink.until(before, count, DEADLINE);
  await publishing;
  return count / seconds;
}

/** How old events are at the receiver, at a steady rate; milliseconds. */
async function steadyAges(vestnik: VestnikPeer, sink: SinkPeer): Promise<number[]> {
  await sink.ages();
  await steadily(STEADY, STEADY_SECONDS, (count) => vestnik.publish(count));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return sink.ages();
}

/** Deliveries a second of a backlog, without the time until the first tenth of it is gone. */
async function drain(vestnik: VestnikPeer, sink: SinkPeer, count: number): Promise<number> {
  const already = await vestnik.waiting();
  await vestnik.hold(true);
  await vestnik.publish(count);
  while ((await vestnik.waiting()) < already + count) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
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
    const vestnik = await openVestnik(hub, sink, [...paths, ...ILL, FLOODED], {
      concurrency: load.concurrency,
      ill: ILL.length,
      flooded: 1,
    });
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
    const calm = await steadyAges(vestnik, sink);
    say(`\nTo the receipt at ${STEADY}/s`);
    say(`  bare loop                p50 ${percentile(bare, 0.5)} ms, p99 ${percentile(bare, 0.99)} ms`);
    say(`  Vestnik                  p50 ${percentile(calm, 0.5)} ms, p99 ${percentile(calm, 0.99)} ms, of ${calm.length} events`);

    const flood = vestnik.flood(load.endpoints + ILL.length, FLOOD);
    const beside = await steadyAges(vestnik, sink);
    await flood;
    while ((await vestnik.waiting()) > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    say(
      `  beside ${FLOOD} at once    p50 ${percentile(beside, 0.5)} ms, p99 ${percentile(beside, 0.99)} ms, ratio of p99 ${(percentile(beside, 0.99) / percentile(calm, 0.99)).toFixed(2)}`,
    );

    const alone: number[] = [];
    const withIll: number[] = [];
    // They take turns, so that what the machine does besides meets both.
    for (let turn = 0; turn < TURNS; turn += 1) {
      alone.push(await flow(vestnik, sink, load.count / TURNS));
      withIll.push(await flow(vestnik, sink, load.count / TURNS, (load.endpoints + ILL.length) / load.endpoints));
    }
    const ratio = percentile(withIll, 0.5) / percentile(alone, 0.5);
    say('\nBeside one endpoint that never answers and one that answers after 10 s');
    say(
      `  the others               ${withIll.map(rounded).join(', ')}; without those two, in turns, ${alone.map(rounded).join(', ')}; ratio ${ratio.toFixed(3)}`,
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
