import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { expireOrders } from '../expire-orders.ts';
import { startTimers } from '../timers.ts';
import { openTrips, type TripsBench } from './support/trips.ts';

let bench: TripsBench;
beforeAll(async () => {
  bench = await openTrips();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.rows('UPDATE travel_order SET time_limit = NULL');
  await bench.news();
});

const PAST = '2020-01-01T00:00:00Z';
type Rule = 'cancel' | 'queue' | 'none';
/** An order past its time limit, in this state. */
async function overdue(rule: Rule, state: string, phase = 'book'): Promise<number> {
  const trip = await bench.trip({ id_Organization: await bench.organization({ on_time_limit: rule }) });
  const order = await bench.order({}, trip);
  await bench.put(order, { state, phase, time_limit: PAST });
  await bench.news();
  return order;
}
const stateOf = async (order: number): Promise<string> => (await bench.ok('GET', `/orders/${order}`)).ReserveState;

describe('an order whose time limit has passed (spec 2.4)', () => {
  test.each([
    ['inprocess', 'book', 'canceled', 'queued'],
    ['inprocess', 'issue', 'inprocess', 'queued'],
    ['onconfirmation', 'book', 'canceled', 'queued'],
    ['readyforissuance', 'book', 'canceled', 'queued'],
    ['queued', 'book', 'canceled', 'queued'],
    ['queued', 'issue', 'canceled', 'queued'],
    ['needswork', 'book', 'canceled', 'queued'],
    ['error', 'book', 'error', 'queued'],
    ['draft', 'none', 'draft', 'draft'],
    ['finished', 'none', 'finished', 'finished'],
  ])('%s in phase %s: cancel makes it %s, queue %s, none nothing', async (state, phase, canceled, queued) => {
    const orders = {
      cancel: await overdue('cancel', state, phase),
      queue: await overdue('queue', state, phase),
      none: await overdue('none', state, phase),
    };
    await bench.news();
    await expireOrders(bench.database);
    expect({ cancel: await stateOf(orders.cancel), queue: await stateOf(orders.queue), none: await stateOf(orders.none) }).toEqual({
      cancel: canceled,
      queue: queued,
      none: state,
    });
    expect((await bench.lines()).sort()).toEqual(
      [
        ...(canceled === state ? [] : [`order/${orders.cancel} ReserveCanceled+ReserveStateChanged`]),
        ...(queued === state ? [] : [`order/${orders.queue} ReserveStateChanged`]),
      ].sort(),
    );
    // A second run finds nothing to do.
    await expireOrders(bench.database);
    expect(await bench.lines()).toEqual([]);
  });

  test("the act is the system's, in history and event", async () => {
    const order = await overdue('cancel', 'readyforissuance');
    expect(await expireOrders(bench.database)).toBe(1);
    const [news] = await bench.news();
    expect(news?.data).toMatchObject({ change_source: 'system', actor: 'system' });
    const { items } = await bench.ok('GET', `/orders/${order}/history`);
    expect(items.at(-1)).toMatchObject({
      action: 'expire',
      source: 'system',
      login: 'system',
      from: 'readyforissuance',
      to: 'canceled',
      reason: 'time limit 2020-01-01T00:00:00Z',
    });
  });

  test('once queued it is left to the agent, until it gets another time limit', async () => {
    const order = await overdue('queue', 'readyforissuance');
    await expireOrders(bench.database);
    await bench.ok('POST', `/orders/${order}/confirm`);
    expect(await expireOrders(bench.database)).toBe(0);
    expect(await stateOf(order)).toBe('readyforissuance');
    await bench.ok('PUT', `/orders/${order}/time-limit`, { time_limit: '2021-01-01T00:00:00Z' });
    expect(await expireOrders(bench.database)).toBe(1);
    expect(await stateOf(order)).toBe('queued');
  });

  test('waits while a call to its supplier runs, and is not touched before its time', async () => {
    const [busy, early] = [await overdue('cancel', 'inprocess'), await overdue('cancel', 'inprocess')];
    await bench.ok('PUT', `/orders/${busy}/supplier-call`, { seconds: 600 });
    await bench.put(early, { time_limit: '2099-01-01T00:00:00Z' });
    expect(await expireOrders(bench.database)).toBe(0);
    await bench.ok('PUT', `/orders/${busy}/supplier-call`, { seconds: 0 });
    expect(await expireOrders(bench.database)).toBe(1);
    expect([await stateOf(busy), await stateOf(early)]).toEqual(['canceled', 'inprocess']);
  });

  test('the last live order of a clean copy takes its trip along (R5)', async () => {
    const order = await overdue('cancel', 'readyforissuance');
    const { id_ComplexReserve: trip } = await bench.ok('GET', `/orders/${order}`);
    await bench.putTrip(trip, { state: 'cleancopy' });
    await expireOrders(bench.database);
    expect(await bench.lines()).toEqual([`order/${order} ComplexReserveStateChanged+ReserveCanceled+ReserveStateChanged`]);
    expect((await bench.ok('GET', `/trips/${trip}`)).ComplexState).toBe('canceled');
  });

  test('many of one trip, and more than one batch', async () => {
    const trip = await bench.trip();
    await bench.rows(
      `INSERT INTO travel_order (trip_id, reserve_type, automated, state, phase, time_limit) SELECT $1, 'avia', true, 'queued', 'book', $2 FROM generate_series(1, 120)`,
      [trip, PAST],
    );
    expect(await expireOrders(bench.database)).toBe(120);
    const { orders } = await bench.ok('GET', `/trips/${trip}`);
    expect(new Set(orders.map(({ ReserveState }: { ReserveState: string }) => ReserveState))).toEqual(new Set(['canceled']));
  });
});

describe('the timers', () => {
  const started: ReturnType<typeof startTimers>[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((timers) => timers.stop()));
  });
  const start = (every?: number): void => void started.push(startTimers(bench.ports, every));

  test('of two hubs act once on an order that comes due while they run', async () => {
    start(20);
    start(20);
    const order = await overdue('cancel', 'readyforissuance');
    await vi.waitUntil(async () => (await stateOf(order)) === 'canceled', { timeout: 10_000 });
    const rows = await bench.rows("SELECT 1 FROM travel_history WHERE order_id = $1 AND action = 'expire'", [order]);
    expect(rows).toHaveLength(1);
  });

  test('number the feed without a reader, and stop after the run under way', async () => {
    await bench.order();
    start();
    await vi.waitUntil(async () => (await bench.rows('SELECT 1 FROM travel_change WHERE seq IS NULL')).length === 0, { timeout: 10_000 });
    await Promise.all(started.splice(0).map((timers) => timers.stop()));
    const order = await overdue('cancel', 'queued');
    expect(await stateOf(order)).toBe('queued');
  });
});
