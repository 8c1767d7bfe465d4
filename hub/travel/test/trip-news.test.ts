import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startMetrics } from '../../core/telemetry/metrics.ts';
import { METRICS } from '../metrics.ts';
import { openTrips, type TripsBench } from './support/trips.ts';

let bench: TripsBench;
beforeAll(async () => {
  bench = await openTrips();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.news();
});

/** An order in a state, in a trip in a state; both heard already. */
async function placed(trip: string, state: string, phase = 'book'): Promise<{ trip: number; order: number }> {
  const id = await bench.trip();
  const order = await bench.order({}, id);
  await bench.put(order, { state, phase });
  await bench.putTrip(id, { state: trip });
  await bench.news();
  return { trip: id, order };
}
const told = async (): Promise<unknown[]> =>
  (await bench.news()).map(({ subject, data }) => [
    subject,
    data.facets[0],
    data.ReserveState,
    data.PreviousComplexState,
    data.ComplexState,
  ]);

describe('every rule of the roll-up, over REST: one callback, about the trip, with the data of the order', () => {
  test('R1: an order added to a clean copy', async () => {
    const { trip } = await placed('cleancopy', 'readyforissuance');
    const { id_Reserve: added } = await bench.ok('POST', `/trips/${trip}/orders`, { ReserveType: 'bus' });
    expect(await told()).toEqual([[`order/${added}`, 'ComplexReserveStateChanged', 'draft', 'cleancopy', 'draft']]);
  });
  test('R2: an order of a clean copy is issued', async () => {
    const { order } = await placed('cleancopy', 'readyforissuance');
    await bench.ok('POST', `/orders/${order}/issue`);
    expect(await told()).toEqual([[`order/${order}`, 'ComplexReserveStateChanged', 'inprocess', 'cleancopy', 'forexecution']]);
  });
  test('R3: an order fails', async () => {
    const { order } = await placed('authorizing', 'inprocess');
    await bench.ok('POST', `/orders/${order}/fail`);
    expect(await told()).toEqual([[`order/${order}`, 'ComplexReserveStateChanged', 'error', 'authorizing', 'draft']]);
  });
  test('R4: the last one is finished', async () => {
    const { order } = await placed('forexecution', 'onconfirmation', 'issue');
    await bench.ok('POST', `/orders/${order}/complete`);
    expect(await told()).toEqual([[`order/${order}`, 'ComplexReserveStateChanged', 'finished', 'forexecution', 'finished']]);
  });
  test('R5: the last live one is declined', async () => {
    const { order } = await placed('forexecution', 'queued', 'issue');
    await bench.ok('POST', `/orders/${order}/decline`);
    expect(await told()).toEqual([[`order/${order}`, 'ComplexReserveStateChanged', 'canceled', 'forexecution', 'canceled']]);
  });
  test('R6: a finished one is exchanged', async () => {
    const { order } = await placed('finished', 'finished', 'none');
    await bench.ok('POST', `/orders/${order}/exchange`);
    expect(await told()).toEqual([[`order/${order}`, 'ComplexReserveStateChanged', 'inprocess', 'finished', 'forexecution']]);
  });
  test('steps of the trip alone have no data of an order', async () => {
    const back = await placed('cleancopy', 'readyforissuance');
    await bench.ok('POST', `/trips/${back.trip}/to-draft`);
    expect(await told()).toHaveLength(1);
    const open = await placed('finished', 'finished', 'none');
    await bench.ok('POST', `/trips/${open.trip}/reopen`);
    const [reopened] = await told();
    expect(reopened).toEqual([`trip/${open.trip}`, 'ComplexReserveStateChanged', null, 'finished', 'forexecution']);
  });
});

test('every transition is counted by object, action and source', async () => {
  const metrics = startMetrics(METRICS, { strict: false });
  try {
    const { order } = await placed('forexecution', 'onconfirmation', 'issue');
    await bench.ok('POST', `/orders/${order}/complete`);
    const page = await metrics.page();
    expect(page).toContain('vestnik_travel_transitions_total{object="order",action="complete",source="api"} 1');
    expect(page).toContain('vestnik_travel_transitions_total{object="trip",action="roll_up",source="system"} 1');
    expect(page).toContain('vestnik_travel_transitions_total{object="trip",action="create",source="api"} 1');
  } finally {
    metrics.stop();
  }
});

test('a hub that stops answers those who wait at the feed', async () => {
  const other = await openTrips();
  let stopped = false;
  try {
    const waiting = other.send('GET', '/changes?dateStart=2020-01-01T00:00:00Z&wait=30');
    await vi.waitUntil(() => other.feed.waiting === 1, { timeout: 10_000 });
    stopped = true;
    await other.stop();
    expect((await waiting).json).toMatchObject({ items: [], more: false });
  } finally {
    if (!stopped) await other.stop();
  }
});
