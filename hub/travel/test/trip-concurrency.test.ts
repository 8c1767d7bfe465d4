import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../core/identity/caller.ts';
import { runOrderAction } from '../run-order-action.ts';
import { openTrips, type TripsBench } from './support/trips.ts';

let bench: TripsBench;
beforeAll(async () => {
  bench = await openTrips();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.news();
});

const status = async (method: string, path: string, body?: unknown): Promise<string> => {
  const { status: code, json } = await bench.send(method, path, body === undefined ? {} : { body });
  return `${code} ${json?.reason ?? ''}`.trim();
};
const inState = async (trip: number, state: string, count: number): Promise<number[]> => {
  const orders = [];
  for (let at = 0; at < count; at += 1) orders.push(await bench.order({}, trip));
  for (const order of orders) await bench.put(order, { state, phase: 'book' });
  await bench.news();
  return orders;
};

describe('two at once on one trip', () => {
  test('of equal actions one succeeds, the other sees what the first has done', async () => {
    const trip = await bench.trip();
    await bench.order({}, trip);
    await bench.news();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => status('POST', `/trips/${trip}/book`)));
    expect(outcomes.sort()).toEqual(['200', ...Array(5).fill('409 orders')]);
    expect(await bench.lines()).toHaveLength(1);
  });

  test('issuing and canceling: whichever comes first, the trip and all its orders agree', async () => {
    for (let round = 0; round < 10; round += 1) {
      const trip = await bench.trip();
      const orders = await inState(trip, 'readyforissuance', 3);
      await bench.putTrip(trip, { state: 'cleancopy' });
      const outcomes = await Promise.all([status('POST', `/trips/${trip}/issue`), status('POST', `/trips/${trip}/cancel`)]);
      const { ComplexState, orders: after } = await bench.ok('GET', `/trips/${trip}`);
      const states = new Set(after.map(({ ReserveState }: { ReserveState: string }) => ReserveState));
      const lines = await bench.lines();
      // The cancel always works, as a trip under way may be canceled, too.
      expect([ComplexState, states]).toEqual(['canceled', new Set(['canceled'])]);
      expect(outcomes).toEqual([lines.length > 3 ? '200' : '409 bad_state', '200']);
      expect(lines.filter((line) => line.includes('ComplexReserveStateChanged'))).toHaveLength(lines.length / orders.length);
    }
  });

  test('the last two orders completed at the same moment finish the trip once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const trip = await bench.trip();
      const orders = await inState(trip, 'onconfirmation', 4);
      await bench.putTrip(trip, { state: 'forexecution' });
      expect(await Promise.all(orders.map((order) => status('POST', `/orders/${order}/complete`)))).toEqual(Array(4).fill('200'));
      expect((await bench.ok('GET', `/trips/${trip}`)).ComplexState).toBe('finished');
      const lines = await bench.lines();
      expect(lines).toHaveLength(4);
      expect(lines.filter((line) => line.includes('ComplexReserveStateChanged'))).toEqual([lines.at(-1)]);
      const rolled = await bench.rows("SELECT 1 FROM travel_history WHERE trip_id = $1 AND action = 'roll_up'", [trip]);
      expect(rolled).toHaveLength(1);
    }
  });

  test('an order added while the trip becomes a clean copy: the trip is a draft again, or the order was there before', async () => {
    for (let round = 0; round < 10; round += 1) {
      const trip = await bench.trip();
      await inState(trip, 'readyforissuance', 1);
      const outcomes = await Promise.all([
        status('POST', `/trips/${trip}/to-cleancopy`),
        status('POST', `/trips/${trip}/orders`, { ReserveType: 'rail' }),
      ]);
      expect(outcomes[1]).toBe('201');
      expect(['200', '409 orders']).toContain(outcomes[0]);
      expect((await bench.ok('GET', `/trips/${trip}`)).ComplexState).toBe('draft');
    }
  });

  test('changes under one version: one is taken, the others are told that it is stale', async () => {
    const trip = await bench.trip();
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, (_, at) => status('PATCH', `/trips/${trip}`, { Name: `name ${at}`, version: 1 })),
    );
    expect(outcomes.sort()).toEqual(['200', ...Array(4).fill('412 version')]);
  });
});

describe('nothing is half done', () => {
  const everything = async (trip: number) => ({
    trip: await bench.ok('GET', `/trips/${trip}`),
    history: await bench.ok('GET', `/trips/${trip}/history`),
    changes: await bench.rows('SELECT count(*) FROM travel_change WHERE trip_id = $1', [trip]),
    audits: await bench.rows('SELECT count(*) FROM audit'),
    events: await bench.rows('SELECT count(*) FROM event'),
  });

  test('a trip-wide action of which one order cannot go along changes nothing at all', async () => {
    const trip = await bench.trip();
    const [, , last = 0] = await inState(trip, 'readyforissuance', 3);
    await bench.putTrip(trip, { state: 'cleancopy' });
    await bench.put(last, { time_limit: '2020-01-01T00:00:00Z' });
    const before = await everything(trip);
    expect(await status('POST', `/trips/${trip}/issue`)).toBe('422 time_limit');
    await bench.put(last, { state: 'inprocess', busy_until: '2099-01-01T00:00:00Z' });
    const busy = await everything(trip);
    expect(await status('POST', `/trips/${trip}/cancel`)).toBe('409 order_busy');
    expect(await everything(trip)).toEqual(busy);
    expect(busy.history).toEqual(before.history);
  });

  test('a commit that fails after the action leaves neither change nor event (F3)', async () => {
    const trip = await bench.trip();
    const order = await bench.order({}, trip);
    const before = await everything(trip);
    await expect(
      bench.database.transaction(async (tx) => {
        await runOrderAction(tx, SYSTEM, { id: order, action: 'book' });
        throw new Error('the power goes out');
      }),
    ).rejects.toThrow('the power goes out');
    expect(await everything(trip)).toEqual(before);
  });

  test('an action refused after its order was read leaves no trace, and the call can be repeated', async () => {
    const trip = await bench.trip();
    const order = await bench.order({}, trip);
    const before = await everything(trip);
    const headers = { 'idempotency-key': 'half-done' };
    expect(await bench.refused('POST', `/orders/${order}/confirm`, { locator: 'ABC' }, { headers })).toBe('409 bad_state');
    expect(await everything(trip)).toEqual(before);
    await bench.put(order, { state: 'queued' });
    // A failed call leaves its key free.
    expect(await bench.ok('POST', `/orders/${order}/confirm`, { locator: 'ABC' }, { headers })).toMatchObject({ locator: 'ABC' });
  });

  test('two steps in one transaction are two change sets', async () => {
    const trip = await bench.trip();
    const order = await bench.order({}, trip);
    await bench.news();
    await bench.database.transaction(async (tx) => {
      await runOrderAction(tx, SYSTEM, { id: order, action: 'book' });
      await runOrderAction(tx, SYSTEM, { id: order, action: 'confirm' });
    });
    expect((await bench.news()).map(({ data }) => [data.PreviousReserveState, data.ReserveState])).toEqual([
      ['draft', 'inprocess'],
      ['inprocess', 'readyforissuance'],
    ]);
  });
});
