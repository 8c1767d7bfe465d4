import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTrips, type TripsBench } from './support/trips.ts';

let bench: TripsBench;
beforeAll(async () => {
  bench = await openTrips();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.news();
});

/** A fresh draft order whose birth has been heard. */
const fresh = async (fields: object = {}, trip?: number): Promise<number> => {
  const order = await bench.order(fields, trip);
  await bench.news();
  return order;
};
const act = (order: number, action: string, body?: object) => bench.ok('POST', `/orders/${order}/${action}`, body);
const RUB = (amount: string) => ({ kind: 'fare', amount, currency: 'RUB' });

describe('an order', () => {
  test('is a draft with what was given', async () => {
    const trip = await bench.trip();
    const answer = await bench.send('POST', `/trips/${trip}/orders`, {
      body: {
        ReserveType: 'hotel',
        automated: false,
        supplier: 'Bronevik',
        service: { city: 'Санкт-Петербург', nights: 2 },
        prices: [RUB('7000')],
        time_limit: '2030-06-01T10:00:00+03:00',
      },
    });
    expect([answer.status, answer.headers.get('etag')]).toEqual([201, '"1"']);
    const order = answer.json.id_Reserve;
    expect(answer.headers.get('location')).toBe(`/api/v1/orders/${order}`);
    expect(answer.json).toEqual({
      id_Reserve: order,
      id_ComplexReserve: trip,
      ReserveType: 'hotel',
      automated: false,
      ReserveState: 'draft',
      phase: 'none',
      supplier: 'Bronevik',
      locator: null,
      persons: [],
      service: { city: 'Санкт-Петербург', nights: 2 },
      prices: [{ kind: 'fare', amount: '7000.00', currency: 'RUB' }],
      total: '7000.00',
      currency: 'RUB',
      time_limit: '2030-06-01T07:00:00Z',
      supplier_call_until: null,
      documents: [],
      codes: [],
      files: [],
      actions: ['book', 'cancel'],
      version: 1,
      created_at: expect.any(String),
      changed_at: expect.any(String),
    });
    expect(await bench.ok('GET', `/orders/${order}`)).toEqual(answer.json);
    const news = await bench.news();
    expect(news.at(-1)?.data).toMatchObject({
      facets: ['ReserveCreated'],
      Total: '7000.00',
      TimeLimit: '2030-06-01T07:00:00Z',
      ReserveType: 'hotel',
    });
  });

  test('stored before its content is known begins in creating, is filled and made ready; or fails', async () => {
    const order = await bench.order({ deferred: true });
    expect((await bench.news()).at(-1)?.data).toMatchObject({ facets: ['ReserveCreated'], ReserveState: 'creating' });
    expect(await bench.refused('POST', `/orders/${order}/book`)).toBe('409 bad_state');
    await bench.ok('PATCH', `/orders/${order}`, { service: { flight: 'SU 6' } });
    expect(await act(order, 'ready')).toMatchObject({ ReserveState: 'draft', service: { flight: 'SU 6' } });
    expect(await bench.lines()).toEqual([`order/${order} ReserveStateChanged`]);
    const other = await bench.order({ deferred: true });
    await act(other, 'fail', { reason: 'нет мест' });
    expect(await act(other, 'retry')).toMatchObject({ ReserveState: 'creating' });
  });

  test('goes wrong while it is booked, is tried again, and asks for agent and client', async () => {
    const order = await fresh();
    for (const [action, state] of [
      ['book', 'inprocess'],
      ['fail', 'error'],
      ['retry', 'inprocess'],
      ['queue', 'queued'],
      ['ask-client', 'needswork'],
      ['resume', 'inprocess'],
      ['await-supplier', 'onconfirmation'],
      ['confirm', 'readyforissuance'],
    ] as const)
      expect(await act(order, action)).toMatchObject({ ReserveState: state, phase: 'book' });
    expect(await bench.lines()).toEqual([
      ...Array(6).fill(`order/${order} ReserveStateChanged`),
      `order/${order} ReserveBooked+ReserveStateChanged`,
      `order/${order} ReserveBooked+ReserveStateChanged`,
    ]);
  });

  test('what comes with an action is part of the same change and of its one event', async () => {
    const order = await fresh();
    await act(order, 'book');
    await bench.news();
    const confirmed = await act(order, 'confirm', {
      locator: '0B1V2G',
      supplier: 'Sirena',
      prices: [RUB('5000')],
      time_limit: '2030-01-02T03:04:05Z',
      reason: 'ответ поставщика',
    });
    expect(confirmed).toMatchObject({ locator: '0B1V2G', supplier: 'Sirena', total: '5000.00', time_limit: '2030-01-02T03:04:05Z' });
    const news = await bench.news();
    expect(news).toHaveLength(1);
    expect(news[0]?.data).toMatchObject({
      facets: ['ReserveBooked', 'ReserveStateChanged', 'ReservePriceChanged', 'ReserveTimeLimitChanged'],
      Total: '5000.00',
      TimeLimit: '2030-01-02T03:04:05Z',
      description: { ru: `Заказ ${order}: в обработке → готов к оформлению; цена - → 5000.00 RUB; срок оформления 2030-01-02T03:04:05Z` },
    });
    expect(await bench.refused('POST', `/orders/${order}/cancel`, { prices: [] })).toBe('422 not_taken');
    expect(await bench.refused('POST', `/orders/${order}/cancel`, { nonsense: 1 })).toBe('422 VALIDATION');
  });

  test('a hotel goes straight from the supplier to finished, or is declined', async () => {
    const hotel = await fresh({ ReserveType: 'hotel' });
    await act(hotel, 'book');
    await act(hotel, 'await-supplier');
    await act(hotel, 'complete');
    const other = await fresh({ ReserveType: 'hotel' });
    await bench.news();
    await act(other, 'book');
    await act(other, 'await-supplier');
    await act(other, 'decline', { reason: 'мест нет' });
    const last = (await bench.news()).at(-1);
    expect(last?.data).toMatchObject({ facets: ['ReserveStateChanged'], ReserveState: 'canceled', PreviousReserveState: 'onconfirmation' });
  });

  test('is issued only from a clean copy, within its time limit; a service that is not automated goes to the agent', async () => {
    const trip = await bench.trip();
    const [one, two] = [await bench.order({ automated: false }, trip), await bench.order({}, trip)];
    for (const order of [one, two]) await bench.put(order, { state: 'readyforissuance', phase: 'book' });
    expect(await bench.refused('POST', `/orders/${one}/issue`)).toBe('409 trip_state');
    await bench.ok('POST', `/trips/${trip}/to-cleancopy`);
    await bench.put(two, { time_limit: '2020-01-01T00:00:00Z' });
    expect(await bench.refused('POST', `/orders/${two}/issue`)).toBe('422 time_limit');
    // A trip issues all or none.
    expect(await bench.refused('POST', `/trips/${trip}/issue`)).toBe('422 time_limit');
    expect((await bench.ok('GET', `/trips/${trip}`)).ComplexState).toBe('cleancopy');
    await bench.news();
    // R2: the order's issue moves the trip.
    expect(await act(one, 'issue')).toMatchObject({ ReserveState: 'queued', phase: 'issue' });
    expect(await bench.lines()).toEqual([`order/${one} ComplexReserveStateChanged+ReserveStateChanged`]);
    expect(await act(one, 'complete', { documents: [{ kind: 'voucher', number: 'V-77' }] })).toMatchObject({
      ReserveState: 'finished',
      documents: [{ kind: 'voucher', number: 'V-77' }],
    });
    expect(await bench.lines()).toEqual([`order/${one} ReserveIssued+ReserveStateChanged`]);
    // The other is canceled: every live order is finished, and so is the trip (R4).
    await act(two, 'cancel');
    expect(await bench.lines()).toEqual([`order/${two} ComplexReserveStateChanged+ReserveCanceled+ReserveStateChanged`]);
    expect((await bench.ok('GET', `/trips/${trip}`)).ComplexState).toBe('finished');
  });

  test('finished, is exchanged, refunded in part, then in full', async () => {
    const trip = await bench.trip();
    const order = await bench.order({ prices: [RUB('100.00')] }, trip);
    await bench.put(order, { state: 'finished' });
    await bench.putTrip(trip, { state: 'finished' });
    await bench.news();
    await act(order, 'exchange');
    await bench.ok('PATCH', `/orders/${order}`, { documents: [{ kind: 'ticket', number: '4214200000001' }] });
    await act(order, 'complete', { documents: [{ kind: 'ticket', number: '4214200000002' }], prices: [RUB('120.00')] });
    expect(await bench.refused('POST', `/orders/${order}/refund`, { partial: true })).toBe('422 prices');
    expect(await act(order, 'refund', { partial: true, prices: [RUB('60.00')] })).toMatchObject({
      ReserveState: 'finished',
      total: '60.00',
    });
    expect(await act(order, 'refund')).toMatchObject({ ReserveState: 'canceled', total: '60.00' });
    expect(await bench.lines()).toEqual([
      `order/${order} ComplexReserveStateChanged+ReserveStateChanged`,
      `order/${order} ComplexReserveStateChanged+ReserveExchanged+ReserveStateChanged+ReservePriceChanged`,
      `order/${order} ReserveRefunded+ReservePriceChanged`,
      `order/${order} ComplexReserveStateChanged+ReserveCanceled+ReserveRefunded+ReserveStateChanged`,
    ]);
    const { items } = await bench.ok('GET', `/orders/${order}/history`);
    expect(items.slice(-2).map((row: Record<string, unknown>) => [row['action'], row['from'], row['to']])).toEqual([
      ['refund', 'finished', 'finished'],
      ['refund', 'finished', 'canceled'],
    ]);
    expect((await bench.ok('GET', `/trips/${trip}`)).ComplexState).toBe('canceled');
  });

  test('cannot be canceled while a call to its supplier runs; an outcome ends the call', async () => {
    const trip = await bench.trip();
    const order = await bench.order({}, trip);
    await act(order, 'book');
    const busy = await bench.ok('PUT', `/orders/${order}/supplier-call`, { seconds: 600 });
    expect(busy.supplier_call_until).not.toBeNull();
    expect(busy.actions).not.toContain('cancel');
    expect(await bench.refused('POST', `/orders/${order}/cancel`)).toBe('409 order_busy');
    expect(await bench.refused('POST', `/trips/${trip}/cancel`)).toBe('409 order_busy');
    await bench.ok('PUT', `/orders/${order}/supplier-call`, { seconds: 0 });
    expect((await bench.ok('GET', `/orders/${order}`)).actions).toContain('cancel');
    await bench.ok('PUT', `/orders/${order}/supplier-call`, { seconds: 600 });
    expect(await act(order, 'confirm')).toMatchObject({ supplier_call_until: null });
    await act(order, 'cancel');
    expect(await bench.refused('PUT', `/orders/${order}/supplier-call`, { seconds: 601 })).toBe('422 VALIDATION');
    expect(await bench.refused('PUT', `/orders/${order}/supplier-call`, { seconds: 1 })).toBe('409 bad_state');
  });

  test('the data of a finished or canceled one is not changed; a version that is not the present one is refused', async () => {
    const order = await fresh();
    expect(await bench.refused('PATCH', `/orders/${order}`, { locator: 'A' }, { headers: { 'if-match': '9' } })).toBe('412 version');
    expect(await bench.refused('POST', `/orders/${order}/book`, { version: 9 })).toBe('412 version');
    expect(await bench.refused('PUT', `/orders/${order}/prices`, { prices: [], version: 9 })).toBe('412 version');
    expect(await bench.refused('PATCH', `/orders/${order}`, { service: { x: 'y'.repeat(70_000) } })).toBe('422 VALIDATION');
    for (const state of ['finished', 'canceled']) {
      await bench.put(order, { state });
      expect(await bench.refused('PATCH', `/orders/${order}`, { locator: 'A' })).toBe('409 bad_state');
      expect(await bench.refused('PUT', `/orders/${order}/time-limit`, { time_limit: null })).toBe('409 bad_state');
    }
    expect(await bench.refused('GET', '/orders/999999')).toBe('404 not_found');
    expect(await bench.refused('GET', '/orders/x')).toBe('400 BAD_REQUEST');
    expect(await bench.lines()).toEqual([]);
  });

  test('its time limit is set, kept and removed, each change with one event', async () => {
    const trip = await bench.trip();
    const order = await fresh({}, trip);
    const limit = (time_limit: string | null) => bench.ok('PUT', `/orders/${order}/time-limit`, { time_limit });
    expect((await limit('2030-01-01T00:00:00+03:00')).time_limit).toBe('2029-12-31T21:00:00Z');
    await limit('2029-12-31T21:00:00Z');
    expect((await bench.ok('GET', `/trips/${trip}`)).time_limit).toBe('2029-12-31T21:00:00Z');
    await limit(null);
    await limit(null);
    expect((await bench.news()).map(({ data }) => [data.facets, data.TimeLimit])).toEqual([
      [['ReserveTimeLimitChanged'], '2029-12-31T21:00:00Z'],
      [['ReserveTimeLimitChanged'], null],
    ]);
    for (const time_limit of [
      'tomorrow',
      '2030-01-01T00:00:00',
      '+010000-01-01T00:00:00Z',
      '-000001-01-01T00:00:00Z',
      '0001-01-01T00:00:00+14:00',
      5,
    ])
      expect(await bench.refused('PUT', `/orders/${order}/time-limit`, { time_limit }), String(time_limit)).toBe('422 VALIDATION');
    expect(await bench.refused('PUT', `/orders/${order}/time-limit`, {})).toBe('422 VALIDATION');
  });
});

describe('calls with an Idempotency-Key (F4)', () => {
  test('sent twice, also at the same moment: one change, one event, equal answers', async () => {
    const organization = await bench.organization();
    const order = { id_Organization: organization, ReserveType: 'avia' };
    const headers = { 'idempotency-key': 'order-1' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => bench.send('POST', '/orders', { body: order, headers })));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(201));
    expect(new Set(answers.map(({ bytes }) => bytes.toString())).size).toBe(1);
    const id = answers[0]?.json.id_Reserve;
    expect(await bench.lines()).toEqual([`trip/${answers[0]?.json.id_ComplexReserve} ComplexReserveCreated`, `order/${id} ReserveCreated`]);
    const key = { headers: { 'idempotency-key': 'cancel-1' } };
    const first = await bench.ok('POST', `/orders/${id}/cancel`, undefined, key);
    expect(await bench.ok('POST', `/orders/${id}/cancel`, undefined, key)).toEqual(first);
    expect(await bench.refused('POST', `/orders/${id}/cancel`)).toBe('409 bad_state');
    expect(await bench.lines()).toHaveLength(1);
  });
});
