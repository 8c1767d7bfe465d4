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

// The source: first a draft trip, then draft orders; booking books all; codes; clean copy; issuing issues all (spec 2.6).
describe('the flow of the source, with exactly what it notifies', () => {
  test('from the first service to a finished trip', async () => {
    const { ok, news, lines } = bench;
    const organization = await bench.organization({ Name: 'ООО «Ветер»' });

    // 1. A service with no trip named: the trip first, then the order in it; nothing is booked.
    const first = await ok('POST', '/orders', { id_Organization: organization, OuterId: 'SAP-7', ReserveType: 'avia' });
    const { id_ComplexReserve: trip, id_Reserve: one } = first;
    expect(first).toMatchObject({ ReserveState: 'draft', phase: 'none' });
    const created = await news();
    expect(created.map(({ type, subject }) => [type, subject])).toEqual([
      ['ComplexReserveCreated', `trip/${trip}`],
      ['ReserveCreated', `order/${one}`],
    ]);
    expect(created[0]?.data).toMatchObject({
      id_Reserve: null,
      ReserveState: null,
      ComplexState: 'draft',
      facets: ['ComplexReserveCreated'],
    });
    expect(created[1]?.data).toEqual({
      family: 'order',
      organization_id: organization,
      change_source: 'api',
      actor_id: 1,
      actor: '*',
      facets: ['ReserveCreated'],
      id_Reserve: one,
      id_ComplexReserve: trip,
      OuterId: 'SAP-7',
      ReserveState: 'draft',
      PreviousReserveState: null,
      ComplexState: 'draft',
      PreviousComplexState: null,
      ReserveType: 'avia',
      Total: null,
      Currency: null,
      TimeLimit: null,
      FileNames: [],
      OrganizationName: 'ООО «Ветер»',
      codes: [],
      description: { ru: `Заказ ${one}: создан, черновик`, en: `Order ${one}: created, draft` },
    });

    // 2. Each further service: one more draft order, one callback each.
    const two = (await ok('POST', `/trips/${trip}/orders`, { ReserveType: 'rail' })).id_Reserve;
    const three = (await ok('POST', `/trips/${trip}/orders`, { ReserveType: 'hotel' })).id_Reserve;
    expect(await lines()).toEqual([`order/${two} ReserveCreated`, `order/${three} ReserveCreated`]);

    // 3. Booking books all of them, and each goes its way: one callback an order and change of state.
    const booked = await ok('POST', `/trips/${trip}/book`);
    expect(booked.ComplexState).toBe('draft');
    expect(booked.orders.map((order: { ReserveState: string }) => order.ReserveState)).toEqual(['inprocess', 'inprocess', 'inprocess']);
    expect(await lines()).toEqual([one, two, three].map((id) => `order/${id} ReserveStateChanged`));
    await ok('POST', `/orders/${one}/confirm`, { locator: 'ABC123' });
    await ok('POST', `/orders/${two}/confirm`);
    await ok('POST', `/orders/${three}/await-supplier`);
    await ok('POST', `/orders/${three}/confirm`);
    const confirmed = await news();
    expect(confirmed.map(({ subject, data }) => [subject, data.facets, data.PreviousReserveState, data.ReserveState])).toEqual([
      [`order/${one}`, ['ReserveBooked', 'ReserveStateChanged'], 'inprocess', 'readyforissuance'],
      [`order/${two}`, ['ReserveBooked', 'ReserveStateChanged'], 'inprocess', 'readyforissuance'],
      [`order/${three}`, ['ReserveBooked', 'ReserveStateChanged'], 'inprocess', 'onconfirmation'],
      [`order/${three}`, ['ReserveBooked', 'ReserveStateChanged'], 'onconfirmation', 'readyforissuance'],
    ]);

    // 4. Budget codes: no state changes, no callback.
    const dictionary = (await ok('POST', '/dictionaries', { Name: 'Команда', mandatory: true })).id_MetaDictionary;
    await ok('POST', `/dictionaries/${dictionary}/codes`, { CodeValue: 'ТК-7/2', Name: 'Туризм' });
    await ok('POST', '/relations', { kind: 'MetaDictionaryForOrganization', id_Subject: dictionary, id_Organization: organization });
    expect(await bench.refused('POST', `/trips/${trip}/to-cleancopy`)).toBe('422 codes_missing');
    await ok('PUT', `/trips/${trip}/codes`, { codes: [{ id_MetaDictionary: dictionary, CodeValue: 'ТК-7/2' }] });
    expect(await lines()).toEqual([]);

    // 5. The clean copy: one callback about the trip, its order fields empty.
    await ok('POST', `/trips/${trip}/to-cleancopy`);
    const clean = await news();
    expect(clean.map(({ type, subject }) => [type, subject])).toEqual([['ComplexReserveStateChanged', `trip/${trip}`]]);
    expect(clean[0]?.data).toMatchObject({
      id_Reserve: null,
      ReserveState: null,
      PreviousReserveState: null,
      ReserveType: null,
      ComplexState: 'cleancopy',
      PreviousComplexState: 'draft',
      codes: [
        {
          dictionary: 'Команда',
          value: 'ТК-7/2',
          name: 'Туризм',
          on: 'trip',
          id_MetaDictionary: dictionary,
          sequence: 0,
          dictionaryLatin: null,
        },
      ],
      description: { ru: `Командировка ${trip}: черновик → чистовик`, en: `Trip ${trip}: draft → clean copy` },
    });

    // 6. Issuing three automated orders: three callbacks, the first of them about the trip.
    await ok('POST', `/trips/${trip}/issue`);
    const issued = await news();
    expect(
      issued.map(({ type, subject, data }) => [type, subject, data.ReserveState, data.ComplexState, data.PreviousComplexState]),
    ).toEqual([
      ['ComplexReserveStateChanged', `order/${one}`, 'inprocess', 'forexecution', 'cleancopy'],
      ['ReserveStateChanged', `order/${two}`, 'inprocess', 'forexecution', null],
      ['ReserveStateChanged', `order/${three}`, 'inprocess', 'forexecution', null],
    ]);
    expect(issued[0]?.data.facets).toEqual(['ComplexReserveStateChanged', 'ReserveStateChanged']);
    expect(issued[0]?.data.description.ru).toBe(
      `Заказ ${one}: готов к оформлению → в обработке; командировка ${trip}: чистовик → на исполнении`,
    );

    // 7. Each completes; the last one moves the trip, and its news ride on that order.
    for (const id of [one, two, three]) await ok('POST', `/orders/${id}/complete`, { documents: [{ kind: 'ticket', number: `421${id}` }] });
    const done = await news();
    expect(done.map(({ type, subject, data }) => [type, subject, data.ReserveState, data.ComplexState])).toEqual([
      ['ReserveIssued', `order/${one}`, 'finished', 'forexecution'],
      ['ReserveIssued', `order/${two}`, 'finished', 'forexecution'],
      ['ComplexReserveStateChanged', `order/${three}`, 'finished', 'finished'],
    ]);
    expect(done[2]?.data.facets).toEqual(['ComplexReserveStateChanged', 'ReserveIssued', 'ReserveStateChanged']);

    const { items } = await ok('GET', `/trips/${trip}/history`);
    expect(
      items
        .filter((row: { id_Reserve: number | null }) => row.id_Reserve === null)
        .map((row: Record<string, unknown>) => [row['action'], row['from'], row['to'], row['source'], row['reason']]),
    ).toEqual([
      ['create', null, 'draft', 'api', null],
      ['book', 'draft', 'draft', 'api', null],
      ['to_cleancopy', 'draft', 'cleancopy', 'api', null],
      ['issue', 'cleancopy', 'forexecution', 'api', null],
      ['roll_up', 'forexecution', 'finished', 'system', 'R4'],
    ]);
    const own = await ok('GET', `/orders/${three}/history`);
    expect(own.items.map((row: Record<string, unknown>) => [row['action'], row['from'], row['to'], row['login']])).toEqual([
      ['add_order', null, 'draft', '*'],
      ['book', 'draft', 'inprocess', '*'],
      ['await_supplier', 'inprocess', 'onconfirmation', '*'],
      ['confirm', 'onconfirmation', 'readyforissuance', '*'],
      ['issue', 'readyforissuance', 'inprocess', '*'],
      ['complete', 'inprocess', 'finished', '*'],
    ]);
  });
});
