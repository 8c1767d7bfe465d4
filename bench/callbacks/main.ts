import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { discardEmbedded } from '@vestnik/hub/core/database/discard-embedded.ts';
import { startHubPeer } from '../hub/hub-peer.ts';
import { bareAges, bareLoop, openGraphileWorker, steadily, type WorkerPeer } from './peers.ts';
import { rendering } from './rendering.ts';
import { type SinkPeer, startSink } from './sink-peer.ts';
import { openVestnik, type VestnikPeer, type Which } from './vestnik.ts';

/**
 * `npm run bench -- callbacks [--count N] [--endpoints N] [--concurrency N] [--backlog N] [--turns N]`: deliveries a second beside a bare undici loop without any
 * database and beside graphile-worker on the same server, their latency, what ill receivers cost the others, a large backlog beside a small one, and
 * rendering alone; all in one run. Ratios are what counts.
 */
/** Endpoints beyond the healthy ones: one that never answers, one that answers after ten seconds. */
const ILL = ['/dead/0', '/late/0'];
/** Those that answer after two seconds: a tenth of all with the healthy ones. */
const SLOW_PART = 1 / 9;
/** One that gets very many events at once. */
const FLOODED = '/flood/0';
const TURNS = 3;
/** Deliveries of one turn beside ill or slow receivers. */
const ILL_TURN = 20_000;
/** Later attempts beside which first ones are timed; they are this much older than any of those. Milliseconds. */
const LATER = 100_000;
const OLDER = 30_000;
const FLOOD = 100_000;
const STEADY = 200;
const STEADY_SECONDS = 30;
const SMALL_BACKLOG = 10_000;
const DEADLINE = 1_800;
const LOOK_EVERY = 500;

const percentile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
/** What the same work takes at these rates. */
const inverse = (rates: readonly number[]): number => rates.reduce((sum, rate) => sum + 1 / rate, 0);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const rounded = (rate: number): string => `${Math.round(rate)}/s`;

/** Events published and received at once, some of them for a kind of endpoints beside the healthy. @returns deliveries of the healthy ones a second. */
async function flow(vestnik: VestnikPeer, sink: SinkPeer, events: number, beside?: { kind: Which; part: number }): Promise<number> {
  const count = Math.floor(events);
  const before = await sink.count();
  const publishing = beside ? vestnik.publish(Math.ceil(count * (1 + beside.part)), 'healthy', beside.kind) : vestnik.publish(count);
  const seconds = await sink.until(before, count, DEADLINE);
  await publishing;
  return count / seconds;
}

/** The same beside such endpoints and without, in turns, the first of the two changing, so that what the machine does besides meets both. */
async function turnsBeside(vestnik: VestnikPeer, sink: SinkPeer, turns: number, beside: { kind: Which; part: number }): Promise<string> {
  const alone: number[] = [];
  const others: number[] = [];
  const withThem = async (): Promise<void> => {
    await vestnik.hold(beside.kind, false);
    others.push(await flow(vestnik, sink, ILL_TURN, beside));
    await vestnik.hold(beside.kind, true);
  };
  for (let turn = 0; turn < turns; turn += 1) {
    if (turn % 2 === 1) await withThem();
    alone.push(await flow(vestnik, sink, ILL_TURN));
    if (turn % 2 === 0) await withThem();
  }
  const medians = percentile(others, 0.5) / percentile(alone, 0.5);
  const whole = inverse(alone) / inverse(others);
  return `${others.map(rounded).join(', ')}; without those, in turns, ${alone.map(rounded).join(', ')}; ratio of medians ${medians.toFixed(3)}, of all of them ${whole.toFixed(3)}`;
}

interface Steady {
  /** How old events were at the receiver; milliseconds. */
  readonly ages: readonly number[];
  /** How long it took to store them, which their age contains; milliseconds. */
  readonly stored: readonly number[];
}

/** A steady rate of events. */
async function steady(sink: SinkPeer, store: (count: number) => Promise<void>, rate = STEADY): Promise<Steady> {
  await sink.ages();
  const stored: number[] = [];
  await steadily(rate, STEADY_SECONDS, async (count) => {
    const begun = performance.now();
    await store(count);
    stored.push(performance.now() - begun);
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return { ages: await sink.ages(), stored };
}

const quantiles = (values: readonly number[]): string =>
  `p50 ${percentile(values, 0.5).toFixed(0)} ms, p99 ${percentile(values, 0.99).toFixed(0)} ms`;

/** The worker of jobs: added before, added while it works, and at a steady rate. */
async function worker(peer: WorkerPeer, sink: SinkPeer, count: number): Promise<{ drained: number; flowing: number; calm: Steady }> {
  await peer.add(count);
  let before = await sink.count();
  const begun = performance.now();
  await peer.start();
  await sink.until(before, count, DEADLINE);
  const drained = count / ((performance.now() - begun) / 1000);
  before = await sink.count();
  const adding = peer.add(count);
  const flowing = count / (await sink.until(before, count, DEADLINE));
  await adding;
  const calm = await steady(sink, (some) => peer.add(some));
  await peer.stop();
  return { drained, flowing, calm };
}

/** Until so many deliveries wait. */
async function untilWaiting(vestnik: VestnikPeer, which: Which, enough: (waiting: number) => boolean): Promise<void> {
  while (!enough(await vestnik.waiting(which))) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
}

/** Deliveries a second of a backlog, without the time until the first tenth of it is gone. */
async function drain(vestnik: VestnikPeer, sink: SinkPeer, count: number): Promise<number> {
  await vestnik.hold('healthy', true);
  await vestnik.publish(count);
  await untilWaiting(vestnik, 'healthy', (waiting) => waiting >= count);
  const before = await sink.count();
  await vestnik.hold('healthy', false);
  await sink.until(before, count / 10, DEADLINE);
  const seconds = await sink.until(before, count, DEADLINE);
  return (count * 0.9) / seconds;
}

/** What very many deliveries for one endpoint, due at once, do to the ages of events for others; and what they do while they are distributed. */
async function flooded(vestnik: VestnikPeer, sink: SinkPeer): Promise<{ due: Steady; coming: Steady }> {
  const publish = (count: number): Promise<void> => vestnik.publish(count);
  await vestnik.hold('flooded', true);
  await vestnik.publish(FLOOD, 'flooded');
  await untilWaiting(vestnik, 'flooded', (waiting) => waiting === FLOOD);
  await vestnik.hold('flooded', false);
  const due = await steady(sink, publish);
  await untilWaiting(vestnik, 'flooded', (waiting) => waiting === 0);
  const coming = vestnik.publish(FLOOD, 'flooded');
  const meanwhile = await steady(sink, publish);
  await coming;
  await untilWaiting(vestnik, 'flooded', (waiting) => waiting === 0);
  return { due, coming: meanwhile };
}

/** Ages of first attempts at a rate, beside very many later ones that are due for the same endpoints. */
async function besideLater(vestnik: VestnikPeer, sink: SinkPeer, rate: number): Promise<number[]> {
  await vestnik.hold('healthy', true);
  await vestnik.publish(LATER);
  await untilWaiting(vestnik, 'healthy', (waiting) => waiting === LATER);
  await vestnik.makeLater('healthy');
  await new Promise((resolve) => setTimeout(resolve, OLDER));
  await vestnik.hold('healthy', false);
  const { ages } = await steady(sink, (count) => vestnik.publish(count), rate);
  await untilWaiting(vestnik, 'healthy', (waiting) => waiting === 0);
  return ages.filter((age) => age < OLDER);
}

export async function run(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      count: { type: 'string', default: '40000' },
      endpoints: { type: 'string', default: '100' },
      concurrency: { type: 'string', default: '2' },
      backlog: { type: 'string', default: '100000' },
      turns: { type: 'string', default: '5' },
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
    const graphile = await openGraphileWorker(hub.databaseUrl, sink, load);
    const peer = await worker(graphile, sink, load.count).finally(() => graphile.close());
    say(
      `  graphile-worker, undici  ${rounded(peer.flowing)} from the job to the receipt; ${rounded(peer.drained)} of jobs that were there before`,
    );
    const below = (folder: string, count: number): string[] => Array.from({ length: count }, (_, at) => `/${folder}/${at}`);
    const paths = {
      healthy: below('in', load.endpoints),
      ill: ILL,
      slow: below('slow', Math.round(load.endpoints * SLOW_PART)),
      flooded: [FLOODED],
    };
    const vestnik = await openVestnik(hub, sink, paths, load.concurrency);
    await flow(vestnik, sink, 2_000);
    const rates: number[] = [];
    const spent = hub.processorSeconds();
    for (let turn = 0; turn < TURNS; turn += 1) rates.push(await flow(vestnik, sink, load.count));
    const after = hub.processorSeconds();
    const rate = percentile(rates, 0.5);
    const each = (seconds: number): number => Math.round((seconds * 1e6) / load.count / TURNS);
    say(`  Vestnik                  ${rates.map(rounded).join(', ')}, from the event to the receipt, every attempt in the log`);
    say(`  to the bare loop         ${(rate / limit).toFixed(3)}`);
    say(`  to graphile-worker       ${(rate / peer.flowing).toFixed(2)}; to its jobs of before ${(rate / peer.drained).toFixed(2)}`);
    say(`  processor time each      hub ${each(after.hub - spent.hub)} us, database ${each(after.database - spent.database)} us`);

    const bare = await bareAges(sink, STEADY, STEADY_SECONDS);
    const calm = await steady(sink, (count) => vestnik.publish(count));
    say(`\nTo the receipt at ${STEADY}/s`);
    say(`  bare loop                ${quantiles(bare)}`);
    say(`  graphile-worker          ${quantiles(peer.calm.ages)}; of it until the jobs are stored ${quantiles(peer.calm.stored)}`);
    say(`  Vestnik                  ${quantiles(calm.ages)}; of it until the events are stored ${quantiles(calm.stored)}`);
    say(
      `  ratio of p99             to bare ${(percentile(calm.ages, 0.99) / percentile(bare, 0.99)).toFixed(1)}, to graphile-worker ${(percentile(calm.ages, 0.99) / percentile(peer.calm.ages, 0.99)).toFixed(2)}`,
    );

    const besideIll = await steady(sink, (count) => vestnik.publish(count, 'healthy', 'ill'));
    await vestnik.hold('ill', true);
    const { due, coming } = await flooded(vestnik, sink);
    const toCalm = ({ ages }: Steady): string => `ratio of p99 ${(percentile(ages, 0.99) / percentile(calm.ages, 0.99)).toFixed(2)}`;
    say(`  beside one that never answers and one after 10 s   ${quantiles(besideIll.ages)}, ${toCalm(besideIll)}`);
    say(`  beside ${FLOOD} due for one endpoint at once    ${quantiles(due.ages)}, ${toCalm(due)}`);
    say(`  while ${FLOOD} events for one come at once      ${quantiles(coming.ages)}, ${toCalm(coming)}`);

    const half = Math.round(rate / 20) * 10;
    const atHalf = await steady(sink, (count) => vestnik.publish(count), half);
    const withLater = await besideLater(vestnik, sink, half);
    say(`\nTo the receipt at half of the rate, ${half}/s`);
    say(`  Vestnik                  ${quantiles(atHalf.ages)}; of it until the events are stored ${quantiles(atHalf.stored)}`);
    say(
      `  beside ${LATER} later attempts due   ${quantiles(withLater)}, ratio of p99 ${(percentile(withLater, 0.99) / percentile(atHalf.ages, 0.99)).toFixed(2)}`,
    );

    const turns = Number(values.turns);
    say('\nBeside one endpoint that never answers and one that answers after 10 s');
    say(`  the others               ${await turnsBeside(vestnik, sink, turns, { kind: 'ill', part: ILL.length / load.endpoints })}`);
    say('\nBeside a tenth of the endpoints that answers after 2 s');
    say(`  the others               ${await turnsBeside(vestnik, sink, turns, { kind: 'slow', part: SLOW_PART })}`);

    const small = await drain(vestnik, sink, SMALL_BACKLOG);
    const large = await drain(vestnik, sink, Number(values.backlog));
    say(`\nBacklog\n  ${SMALL_BACKLOG} due          ${rounded(small)}`);
    say(`  ${values.backlog} due         ${rounded(large)}; ratio ${(large / small).toFixed(3)}`);

    const { vestnik: ours, naive, bytes } = rendering(3, 500);
    say(`\nRendering alone, XML of ${bytes} bytes with 11 variables, one core`);
    say(`  naive replace            ${rounded(naive.median)}`);
    say(`  Vestnik                  ${rounded(ours.median)}; ratio ${(ours.median / naive.median).toFixed(2)}`);
    say(`\nMost memory of the hub: ${hub.mostMemory()} MiB`);
    await vestnik.close();
  } finally {
    await sink.stop();
    await hub.stop();
    await discardEmbedded({ dataFolder, runAs: 'nobody' });
    rmSync(folder, { recursive: true, force: true });
  }
}
