import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HubError } from '../../core/errors.ts';
import { callerOf } from '../../core/http/router.ts';
import type { Caller } from '../../core/identity/caller.ts';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { runStreamRoutes } from '../api/run-stream.ts';
import { showRun } from '../list-runs.ts';
import { createRunWatch, type RunWatch } from '../watch-runs.ts';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './support/alerts-bench.ts';

let bench: AlertsBench;
let watch: RunWatch;
let rest: ModuleRest;
const recognised = async (request: FastifyRequest): Promise<Caller> => {
  const caller = callerOf(request);
  if (!caller) throw new HubError('UNAUTHORIZED');
  return caller;
};
/** Who a caller is at the next heartbeat. */
let again = recognised;
beforeAll(async () => {
  bench = await alertsBench();
  const { database } = bench.db;
  watch = createRunWatch({ db: database.work, events: bench.events });
  rest = await startModuleRest(database, {
    alerts: runStreamRoutes({
      database,
      watch,
      most: 5,
      mostOfLogin: 2,
      heartbeat: 50,
      authenticate: (request) => again(request),
    }),
  });
  await bench.hub();
});
afterAll(async () => {
  watch.stop();
  await rest.stop();
  await bench.end();
});

interface Frame {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was told
  readonly data: any;
  readonly at: number;
}

/** A reader of a stream; `frames` grows as they come. */
async function follow(run: number, as = 'alerts.view') {
  const gone = new AbortController();
  const response = await fetch(`${rest.address}/api/v1/alerts/runs/${run}/stream`, {
    headers: { authorization: `Basic ${Buffer.from(`${as}:x`).toString('base64')}` },
    signal: gone.signal,
  });
  const frames: Frame[] = [];
  const state = { response, frames, ended: false, leave: () => gone.abort() };
  if (response.status !== 200) return state;
  void (async () => {
    let text = '';
    try {
      for await (const piece of response.body ?? []) {
        text += Buffer.from(piece).toString('utf8');
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const found = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end));
          text = text.slice(end + 2);
          if (found) frames.push({ event: found[1] ?? '', data: JSON.parse(found[2] ?? ''), at: performance.now() });
        }
      }
    } catch {
      // The reader left.
    }
    state.ended = true;
  })();
  return state;
}
const people = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `P${at}`, phones: [`+7916200${1_000 + at}`] }));
const runs = (frames: readonly Frame[]) => frames.filter(({ event }) => event === 'run');
const results = (frames: readonly Frame[]) => frames.filter(({ event }) => event === 'results').flatMap(({ data }) => data);

describe('a run live', () => {
  test('tells how it stands at once, every result as it comes, and counters at most once a second', async () => {
    const gates = new Map<string, () => void>();
    bench.sms.capacity = 3;
    bench.sms.answer = ({ address }) =>
      new Promise((resolve) => gates.set(address, () => resolve(outcome(address.endsWith('1') ? 'permanent' : 'done'))));
    const task = await bench.task(await bench.list(people(6)));
    const run = (await bench.start(task)).run?.id ?? 0;
    const [one, two] = [await follow(run), await follow(run)];
    expect(one.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await vi.waitFor(
      () => expect(runs(one.frames).at(-1)?.data).toMatchObject({ id: run, status: 'running', total: 6, done: 0 }),
      PATIENCE,
    );
    let opened = 0;
    await vi.waitFor(() => {
      for (const [address, open] of gates) {
        gates.delete(address);
        open();
        opened += 1;
      }
      expect(opened).toBe(6);
    }, PATIENCE);
    for (const { frames } of [one, two]) {
      await vi.waitFor(
        () => expect(runs(frames).at(-1)?.data).toMatchObject({ status: 'finished', notified: 5, failed: 1, left: 0 }),
        PATIENCE,
      );
      // Counters are those of the database, results come with their events: a look may have seen the end before the last of them.
      await vi.waitFor(() => expect([...new Set(results(frames).map(({ no }) => no))].sort()).toEqual([1, 2, 3, 4, 5, 6]), PATIENCE);
      const told = new Map(results(frames).map((target) => [target.no, target]));
      expect(told.get(2)).toMatchObject({ name: 'P1', result: 'refused', address: '+79162001001', attempts: 1 });
      const times = runs(frames).map(({ at }) => at);
      // The first may be that of a look which was made for another reader.
      for (let at = 2; at < times.length; at += 1) expect((times[at] ?? 0) - (times[at - 1] ?? 0)).toBeGreaterThan(900);
    }
    one.leave();
    two.leave();
  });

  test('of no run, without the right, and too many: refused before it begins', async () => {
    const task = await bench.task(await bench.list([]));
    const run = (await bench.start(task)).run?.id ?? 0;
    expect((await follow(999_999)).response.status).toBe(404);
    expect((await follow(run, 'alerts.start')).response.status).toBe(403);
    const open = [await follow(run), await follow(run)];
    const third = await follow(run);
    expect(third.response.status).toBe(429);
    expect(await third.response.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect((await follow(run, 'alerts.view+events.view')).response.status).toBe(200);
    open[0]?.leave();
    await vi.waitFor(async () => {
      const again = await follow(run);
      again.leave();
      expect(again.response.status).toBe(200);
    }, PATIENCE);
    open[1]?.leave();
  });

  test('ends with the login and with the right, and outlives a database that is away', async () => {
    const task = await bench.task(await bench.list([]));
    const run = (await bench.start(task)).run?.id ?? 0;
    let asked = 0;
    again = async () => {
      asked += 1;
      throw new HubError('STORE_UNAVAILABLE');
    };
    const stream = await follow(run, 'alerts.view+tickets.view');
    await vi.waitFor(() => expect(asked).toBeGreaterThan(3), PATIENCE);
    expect(stream.ended).toBe(false);
    again = async (request) => ({ ...(await recognised(request)), rights: ['tickets.view'] });
    await vi.waitFor(() => expect(stream.ended).toBe(true), PATIENCE);
    again = recognised;
    const second = await follow(run, 'alerts.view+tickets.view');
    await vi.waitFor(() => expect(runs(second.frames)).not.toEqual([]), PATIENCE);
    expect(second.ended).toBe(false);
    again = () => Promise.reject(new HubError('UNAUTHORIZED'));
    await vi.waitFor(() => expect(second.ended).toBe(true), PATIENCE);
    again = recognised;
  });

  test('is not looked at before what happens is heard: what came to a result in between would be told by nobody', async () => {
    const task = await bench.task(await bench.list([]));
    const run = (await bench.start(task)).run?.id ?? 0;
    const place = Promise.withResolvers<void>();
    const deaf = createRunWatch({
      db: bench.db.database.work,
      events: {
        tail: (...given) => {
          const end = bench.events.tail(...given);
          return Object.assign(() => end(), { listening: place.promise.then(() => end.listening) });
        },
      },
    });
    let told = 0;
    const leave = deaf.watch(run, { run: () => (told += 1), results: () => undefined, lost: () => undefined });
    // A look would have been made by the time that this one is answered.
    await showRun(bench.db.database.work, run);
    await showRun(bench.db.database.work, run);
    expect(told).toBe(0);
    place.resolve();
    await vi.waitFor(() => expect(told).toBe(1), PATIENCE);
    leave();
    deaf.stop();
  });

  test('ends with the hub, which waits for nobody', async () => {
    const task = await bench.task(await bench.list([]));
    const run = (await bench.start(task)).run?.id ?? 0;
    const { database } = bench.db;
    const other = createRunWatch({ db: database.work, events: bench.events });
    const hub = await startModuleRest(database, {
      alerts: runStreamRoutes({ database, watch: other, authenticate: (request) => recognised(request) }),
    });
    const response = await fetch(`${hub.address}/api/v1/alerts/runs/${run}/stream`, {
      headers: { authorization: `Basic ${Buffer.from('*:x').toString('base64')}` },
    });
    const whole = response.text();
    await hub.stop();
    expect(await whole).toMatch(/event: run\ndata: \{.*"status":"finished"|event: run\ndata: \{.*"status":"running"/);
    other.stop();
  });
});
