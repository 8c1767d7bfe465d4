import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createFraming } from '../channels/smpp/framing.ts';
import { COMMAND, commandOf, encodeIdResponse, sequenceOf } from '../channels/smpp/pdu.ts';
import { ORDINARY } from '../smsc/behaviour.ts';
import type { Smsc } from '../smsc/smsc.ts';
import { type AlertsBench, PATIENCE } from './support/alerts-bench.ts';
import { openProviders, type Providers } from './support/providers.ts';

/** A provider of SMS that is silent, slow, busy or mad in the middle of a run, with its real driver (specification of alerts 5.2 and 8.1). */

const WINDOW = 5;
/** Seconds of silence after which the link is tested, and that one answer may take. */
const [ENQUIRE, ANSWER] = [1, 1];
/** How long the centre throttles. Seconds. */
const THROTTLED = Number(process.env['ALERTS_THROTTLE_SECONDS'] || 2);

let providers: Providers;
let bench: AlertsBench;
let centre: Smsc;
beforeAll(async () => {
  providers = await openProviders(1, { window: WINDOW, tps: 40, enquireLink: ENQUIRE, respTimeout: ANSWER });
  ({ bench } = providers);
  [centre] = providers.centres as [Smsc];
});
afterEach(() => centre.behave(ORDINARY));
afterAll(() => providers?.stop());

const people = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `P${at}`, phones: [`${prefix}${String(at).padStart(3, '0')}`] }));
const runOf = async (prefix: string, count: number, settings: Record<string, number> = {}): Promise<number> => {
  const task = await bench.task(await bench.list(people(prefix, count)), { settings: { rounds: 1, ...settings } });
  await bench.start(task);
  return task;
};
const told = (prefix: string): ReadonlyMap<string, number> =>
  new Map(
    [...Map.groupBy(centre.messages(), ({ to }) => to)].filter(([to]) => to.startsWith(prefix)).map(([to, some]) => [to, some.length]),
  );
/** Results of a task by address, and that its counters say the same. */
async function resultsOf(task: number): Promise<ReadonlyMap<string, number>> {
  const targets = await bench.targets(task);
  expect(targets.every(({ state }) => state === 'f')).toBe(true);
  const counted = await bench.rows<{ result: number; n: number }>(
    'SELECT result, sum(count)::int AS n FROM alerts_run_count JOIN alerts_run USING (run_id) WHERE task_id = $1 GROUP BY 1 HAVING sum(count) <> 0',
    task,
  );
  const recount = [...Map.groupBy(targets, ({ result }) => result)].map(([result, some]) => ({ result, n: some.length }));
  expect(counted.toSorted((a, b) => a.result - b.result)).toEqual(recount.toSorted((a, b) => a.result - b.result));
  return new Map(targets.map(({ address, result }) => [address, result]));
}
const begun = async (task: number): Promise<number> => (await bench.targets(task)).filter(({ attempts }) => attempts > 0).length;

test('a link that is open on one side only: found in time, what was in flight is unknown, nobody else is; the run waits and goes on by itself', async () => {
  const task = await runOf('+79165001', 60, { dup: 0 });
  await vi.waitUntil(() => told('+79165001').size >= 15, PATIENCE);
  centre.behave({ silent: true });
  const silent = performance.now();
  const unknown = () => bench.rows('SELECT FROM alerts_attempt WHERE result = 14');
  await vi.waitUntil(async () => (await unknown()).length > 0, PATIENCE);
  expect(performance.now() - silent).toBeLessThan((ENQUIRE + ANSWER) * 1_000 + 8_000);
  await vi.waitUntil(async () => (await providers.working()).length === 0, PATIENCE);
  expect(await bench.rows('SELECT status FROM alerts_run WHERE task_id = $1', task)).toEqual([{ status: 2 }]);
  await expect(runOf('+79165009', 1)).rejects.toMatchObject({ reason: 'no_channel' });
  const inFlight = await unknown();
  expect(inFlight.length).toBeLessThanOrEqual(WINDOW);
  const before = await begun(task);
  centre.behave({ silent: false });
  await providers.ended(task);
  expect(before).toBeLessThan(60);
  const results = await resultsOf(task);
  const times = told('+79165001');
  for (const [address, result] of results) {
    expect([2, 14], address).toContain(result);
    // Whoever is called told was told; nobody was told twice.
    expect(times.get(address) ?? 0, address).toBe(result === 2 ? 1 : (times.get(address) ?? 0));
    expect(times.get(address) ?? 0).toBeLessThanOrEqual(1);
  }
  expect([...results.values()].filter((result) => result === 14)).toHaveLength(inFlight.length);
});

test(`a centre that throttles for ${THROTTLED} s: nobody is lost, nobody has another result, and the rest goes when it is over`, async () => {
  centre.behave({ perSecond: 4 });
  const PEOPLE = 12 + 4 * THROTTLED;
  const task = await runOf('+79165002', PEOPLE);
  const begin = performance.now();
  await vi.waitUntil(() => performance.now() - begin > THROTTLED * 1_000, { timeout: THROTTLED * 1_000 + 5_000, interval: 50 });
  expect(told('+79165002').size).toBeLessThan(PEOPLE);
  expect(await bench.rows('SELECT status FROM alerts_run WHERE task_id = $1', task)).toEqual([{ status: 2 }]);
  centre.behave(ORDINARY);
  await providers.ended(task);
  expect([...told('+79165002').values()]).toEqual(Array(PEOPLE).fill(1));
  expect([...(await resultsOf(task)).values()]).toEqual(Array(PEOPLE).fill(2));
  // To be told to slow down counts as no attempt.
  expect((await bench.targets(task)).every(({ attempts }) => attempts === 1)).toBe(true);
});

test('receipts that are late, doubled, of failure, ahead of the answer, strange, or never come', async () => {
  const [late, doubled, failed, early, strange, never] = ['0', '1', '2', '3', '4', '5'].map((last) => `+7916500300${last}`);
  centre.behave({
    rules: [
      { numbers: /0$/, delay: 7_000 },
      { numbers: /1$/, copies: 3 },
      { numbers: /2$/, receipt: 'UNDELIV', error: '001' },
      { numbers: /3$/, answerAfter: 300 },
      { numbers: /4$/, receipt: 'WHATEVER' },
      { numbers: /5$/, receipt: 'none' },
    ],
  });
  const task = await runOf('+79165003', 6, { receipt: 2 });
  await providers.ended(task);
  const results = await resultsOf(task);
  expect(Object.fromEntries([doubled, failed, early, never].map((address = '') => [address, results.get(address)]))).toEqual({
    [doubled ?? '']: 2,
    [failed ?? '']: 4,
    [early ?? '']: 2,
    [never ?? '']: 15,
  });
  expect(results.get(strange ?? '')).toBe(15);
  // The late one improves the result of a run that is over: without it, its time was over, too.
  await vi.waitFor(async () => expect((await resultsOf(task)).get(late ?? '')).toBe(2), PATIENCE);
  expect([...told('+79165003').values()]).toEqual(Array(6).fill(1));
  const improved = await bench.rows<{ data: { was: number } }>(`SELECT data FROM event WHERE type = 'vestnik.alerts.target.improved'`);
  expect(improved.map(({ data }) => data)).toMatchObject([{ was: 15, result: 2 }]);
});

test('a slow centre: no more under way than its window, everybody once', async () => {
  centre.behave({ rules: [{ numbers: /^/, answerAfter: 400 }] });
  const task = await runOf('+79165004', 30);
  await providers.ended(task);
  expect([...(await resultsOf(task)).values()]).toEqual(Array(30).fill(2));
  expect([...told('+79165004').values()]).toEqual(Array(30).fill(1));
  // Each takes 400 ms, so that the sixth may come only when one of five has been answered.
  const came = centre.messages().flatMap(({ to, at }) => (to.startsWith('+79165004') ? [at] : []));
  const apart = came.slice(WINDOW).map((at, place) => at - (came[place] ?? at));
  expect(Math.min(...apart)).toBeGreaterThan(300);
});

// Receipts that went down with the centre are waited for three seconds.
test('a centre that goes away in a run and comes back: the run stays, its counters stand, and it goes on without anybody', async () => {
  const task = await runOf('+79165005', 60, { dup: 0, receipt: 3 });
  await vi.waitUntil(() => told('+79165005').size >= 15, PATIENCE);
  await centre.stop();
  await vi.waitUntil(async () => (await providers.working()).length === 0, PATIENCE);
  const counted = () =>
    bench.rows('SELECT sum(count)::int AS n FROM alerts_run_count JOIN alerts_run USING (run_id) WHERE task_id = $1', task);
  expect(await bench.rows('SELECT status FROM alerts_run WHERE task_id = $1', task)).toEqual([{ status: 2 }]);
  expect((await counted())[0]).not.toEqual({ n: 60 });
  await centre.start();
  await providers.ended(task);
  const results = await resultsOf(task);
  expect([...results.values()].filter((result) => ![2, 14, 15].includes(result))).toEqual([]);
  expect([...told('+79165005').values()].every((times) => times === 1)).toBe(true);
  expect([...results].filter(([address, result]) => result !== 14 && !told('+79165005').has(address))).toEqual([]);
  expect(await counted()).toEqual([{ n: 60 }]);
});

test('a provider that answers garbage: what it has is in doubt, everybody else is told by the other one', async () => {
  let submitted = 0;
  const sockets = new Set<Socket>();
  const mad = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const framing = createFraming((unit) => {
      if (commandOf(unit) === COMMAND.bindTransceiver) socket.write(encodeIdResponse(COMMAND.bindTransceiver, sequenceOf(unit), 'mad'));
      else if (commandOf(unit) === COMMAND.submitSm) {
        submitted += 1;
        // A length that no unit has, and noise.
        socket.write(Buffer.from('fffffff0deadbeef00112233445566778899', 'hex'));
      }
    });
    socket.on('data', (piece: Buffer) => void framing.feed(piece));
  }).listen(0, '127.0.0.1');
  await once(mad, 'listening');
  try {
    await providers.add('Mad', (mad.address() as AddressInfo).port);
    await vi.waitUntil(async () => (await providers.working()).length === 2, PATIENCE);
    const task = await runOf('+79165006', 40, { dup: 0 });
    await providers.ended(task);
    expect(submitted).toBeGreaterThan(0);
    const results = await resultsOf(task);
    const times = told('+79165006');
    for (const [address, result] of results) {
      expect([2, 14], address).toContain(result);
      expect(times.get(address) ?? 0, address).toBe(result === 2 ? 1 : 0);
    }
    expect([...results.values()].filter((result) => result === 2).length).toBeGreaterThanOrEqual(40 - submitted);
  } finally {
    for (const socket of sockets) socket.destroy();
    mad.close();
  }
});
