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

const person = async (organization: number): Promise<number> =>
  (await bench.ok('POST', '/persons', { id_Organization: organization, LastName: 'Иванов', FirstName: 'Иван' })).id_Person;

describe('a trip', () => {
  test('is added, read and changed; only its birth is told', async () => {
    const organization = await bench.organization({ Name: 'ООО «Ветер»' });
    const traveller = await person(organization);
    const answer = await bench.send('POST', '/trips', {
      body: { id_Organization: organization, Name: ' Петербург ', OuterId: 'S-1', persons: [traveller, traveller] },
    });
    expect(answer.status).toBe(201);
    const trip = answer.json.id_ComplexReserve;
    expect(answer.headers.get('location')).toBe(`/api/v1/trips/${trip}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.json).toEqual({
      id_ComplexReserve: trip,
      OuterId: 'S-1',
      id_Organization: organization,
      OrganizationName: 'ООО «Ветер»',
      Name: 'Петербург',
      ComplexState: 'draft',
      persons: [traveller],
      codes: [],
      submitted_by: null,
      time_limit: null,
      totals: [],
      version: 1,
      created_at: expect.any(String),
      changed_at: expect.any(String),
      actions: ['add_order', 'book', 'set_codes', 'submit', 'to_cleancopy', 'cancel'],
      orders: [],
    });
    expect(await bench.ok('GET', `/trips/${trip}`)).toEqual(answer.json);
    expect((await bench.news()).map(({ type, data }) => [type, data.description.ru])).toEqual([
      ['ComplexReserveCreated', `Командировка ${trip}: создана`],
    ]);
    const changed = await bench.ok('PATCH', `/trips/${trip}`, { Name: 'Москва', persons: [] });
    expect(changed).toMatchObject({ Name: 'Москва', persons: [], OuterId: 'S-1', version: 2 });
    // The same again changes nothing.
    expect((await bench.ok('PATCH', `/trips/${trip}`, { Name: 'Москва' })).version).toBe(2);
    expect(await bench.lines()).toEqual([]);
    const [entry] = await bench.rows<{ action: string; before: unknown; after: unknown }>(
      `SELECT action, before, after FROM audit WHERE object = $1 ORDER BY id DESC LIMIT 1`,
      [`trip/${trip}`],
    );
    expect(entry).toEqual({
      action: 'travel.trip.change',
      before: { Name: 'Петербург', persons: [traveller] },
      after: { Name: 'Москва', persons: [] },
    });
  });

  test('has an OuterId of its own in its organization', async () => {
    const organization = await bench.organization();
    const body = { id_Organization: organization, OuterId: 'X-1' };
    await bench.ok('POST', '/trips', body);
    expect(await bench.refused('POST', '/trips', body)).toBe('409 duplicate');
    expect(await bench.refused('POST', '/orders', { ...body, ReserveType: 'rail' })).toBe('409 duplicate');
    const other = await bench.trip({ id_Organization: organization });
    expect(await bench.refused('PATCH', `/trips/${other}`, { OuterId: 'X-1' })).toBe('409 duplicate');
    await bench.trip({ OuterId: 'X-1' });
    // An empty one is none, and may be there twice.
    await bench.trip({ id_Organization: organization, OuterId: '' });
    expect((await bench.ok('GET', `/trips/${await bench.trip({ id_Organization: organization, OuterId: ' ' })}`)).OuterId).toBeNull();
  });

  test('takes only persons of its organization, and no inactive organization', async () => {
    const organization = await bench.organization();
    const stranger = await person(await bench.organization());
    expect(await bench.refused('POST', '/trips', { id_Organization: organization, persons: [stranger] })).toBe('422 persons');
    const trip = await bench.trip({ id_Organization: organization });
    expect(await bench.refused('PATCH', `/trips/${trip}`, { persons: [stranger] })).toBe('422 persons');
    expect(await bench.refused('POST', `/trips/${trip}/orders`, { ReserveType: 'avia', persons: [stranger] })).toBe('422 persons');
    expect(await bench.refused('POST', '/trips', { id_Organization: 999_999 })).toBe('404 not_found');
    await bench.ok('PATCH', `/organizations/${organization}`, { active: false });
    expect(await bench.refused('POST', '/trips', { id_Organization: organization })).toBe('409 organization_inactive');
    expect(await bench.refused('POST', `/trips/${trip}/orders`, { ReserveType: 'avia' })).toBe('409 organization_inactive');
    // To which trips refer is not deleted.
    expect(await bench.refused('DELETE', `/organizations/${organization}`)).toBe('409 in_use');
  });

  test('is changed under its version only, which its orders raise, too (B15)', async () => {
    const trip = await bench.trip();
    expect(await bench.refused('PATCH', `/trips/${trip}`, { Name: 'x' }, { headers: { 'if-match': '"7"' } })).toBe('412 version');
    await bench.order({}, trip);
    const headers = { 'if-match': '"1"' };
    for (const [method, path, body] of [
      ['POST', 'book', undefined],
      ['POST', 'orders', { ReserveType: 'avia' }],
      ['PUT', 'codes', { codes: [] }],
    ] as const)
      expect(await bench.refused(method, `/trips/${trip}/${path}`, body, { headers }), path).toBe('412 version');
    const answer = await bench.send('PATCH', `/trips/${trip}`, { body: { Name: 'x' }, headers: { 'if-match': '"2"' } });
    expect([answer.status, answer.json.version, answer.headers.get('etag')]).toEqual([200, 3, '"3"']);
  });

  test('that is canceled can be read only', async () => {
    const trip = await bench.trip();
    const order = await bench.order({}, trip);
    await bench.ok('POST', `/trips/${trip}/cancel`, { reason: 'передумали' });
    expect(await bench.lines()).toEqual([
      `trip/${trip} ComplexReserveCreated`,
      `order/${order} ReserveCreated`,
      `order/${order} ComplexReserveStateChanged+ReserveCanceled+ReserveStateChanged`,
    ]);
    expect(await bench.refused('PATCH', `/trips/${trip}`, { Name: 'x' })).toBe('409 bad_state');
    expect(await bench.refused('POST', `/trips/${trip}/orders`, { ReserveType: 'avia' })).toBe('409 bad_state');
    expect(await bench.refused('PUT', `/trips/${trip}/codes`, { codes: [] })).toBe('409 bad_state');
    expect(await bench.refused('PATCH', `/orders/${order}`, { locator: 'A' })).toBe('409 trip_state');
    expect(await bench.refused('PUT', `/orders/${order}/time-limit`, { time_limit: null })).toBe('409 trip_state');
    const answer = await bench.send('POST', `/trips/${trip}/book`);
    expect([answer.status, answer.json.reason, answer.json.details]).toEqual([409, 'bad_state', undefined]);
    const { items } = await bench.ok('GET', `/trips/${trip}/history`);
    expect(items.at(-1)).toMatchObject({ action: 'cancel', from: 'draft', to: 'canceled', reason: 'передумали', id_Reserve: null });
    expect((await bench.ok('GET', `/trips/${trip}`)).actions).toEqual([]);
  });
});

describe('authorization', () => {
  test('submitted, rejected with a reason, submitted again, approved by another', async () => {
    const organization = await bench.organization({ authorization: 'required' });
    const trip = await bench.trip({ id_Organization: organization });
    const order = await bench.order({}, trip);
    await bench.put(order, { state: 'readyforissuance', phase: 'book' });
    await bench.news();
    const act = (action: string, as: string, body?: object) => bench.ok('POST', `/trips/${trip}/${action}`, body, { as });
    const [anna, boris] = ['travel.write+travel.read', `travel.write@${organization}+travel.read`];
    expect(await bench.refused('POST', `/trips/${trip}/to-cleancopy`)).toBe('409 authorization');
    await act('submit', anna);
    expect(await bench.refused('POST', `/trips/${trip}/approve`, undefined, { as: anna })).toBe('403 own_submission');
    expect(await bench.refused('POST', `/trips/${trip}/reject`, {}, { as: boris })).toBe('422 reason');
    await act('reject', boris, { reason: 'дорого' });
    await act('submit', anna);
    await act('recall', anna);
    await act('submit', anna);
    const approved = await act('approve', boris);
    expect(approved).toMatchObject({ ComplexState: 'cleancopy', submitted_by: anna });
    expect(await bench.lines()).toEqual(Array(6).fill(`trip/${trip} ComplexReserveStateChanged`));
  });

  test('an order that needs work while it runs brings the trip back to draft (R3)', async () => {
    const trip = await bench.trip({ id_Organization: await bench.organization({ authorization: 'required' }) });
    const order = await bench.order({}, trip);
    await bench.put(order, { state: 'queued', phase: 'book' });
    await bench.ok('POST', `/trips/${trip}/submit`);
    await bench.news();
    await bench.ok('POST', `/orders/${order}/ask-client`, { reason: 'нужен паспорт' });
    const [news] = await bench.news();
    expect(news).toMatchObject({
      type: 'ComplexReserveStateChanged',
      subject: `order/${order}`,
      data: { ReserveState: 'needswork', PreviousReserveState: 'queued', ComplexState: 'draft', PreviousComplexState: 'authorizing' },
    });
  });
});

describe('lists', () => {
  test('by organization, state, OuterId, person and moment, page by page', async () => {
    const organization = await bench.organization();
    const traveller = await person(organization);
    const ids: number[] = [];
    for (const OuterId of ['L-1', 'L-2', 'L-3']) ids.push(await bench.trip({ id_Organization: organization, OuterId }));
    const [first = 0, second = 0, third = 0] = ids;
    await bench.ok('PATCH', `/trips/${second}`, { persons: [traveller] });
    await bench.order({ persons: [traveller], time_limit: '2030-01-01T00:00:00Z' }, third);
    await bench.ok('POST', `/trips/${first}/cancel`);
    const found = async (query: string): Promise<number[]> =>
      (await bench.ok('GET', `/trips?organization=${organization}&${query}`)).items.map(
        (trip: { id_ComplexReserve: number }) => trip.id_ComplexReserve,
      );
    expect(await found('')).toEqual(ids);
    expect(await found('state=canceled')).toEqual([first]);
    expect(await found('OuterId=L-2')).toEqual([second]);
    expect(await found(`person=${traveller}`)).toEqual([second, third]);
    const { changed_at } = await bench.ok('GET', `/trips/${third}`);
    expect(await found(`changed_since=${encodeURIComponent(changed_at)}`)).toEqual([first, third]);
    const page = await bench.ok('GET', `/trips?organization=${organization}&limit=2`);
    expect(page.items).toHaveLength(2);
    const rest = await bench.ok('GET', `/trips?organization=${organization}&limit=2&after=${page.next}`);
    expect(rest).toMatchObject({ items: [{ id_ComplexReserve: third, time_limit: '2030-01-01T00:00:00Z' }], next: null });
    expect(await bench.refused('GET', '/trips?after=nonsense')).toBe('400 cursor');
    expect(await bench.refused('GET', '/trips?limit=1001')).toBe('400 BAD_REQUEST');
    expect(await bench.refused('GET', '/trips?changed_since=yesterday')).toBe('400 BAD_REQUEST');
    const orders = await bench.ok('GET', `/orders?person=${traveller}`);
    expect(orders.items.map((order: { id_ComplexReserve: number }) => order.id_ComplexReserve)).toEqual([third]);
    expect((await bench.ok('GET', `/orders?organization=${organization}&state=draft&type=avia&trip=${third}`)).items).toHaveLength(1);
    expect((await bench.ok('GET', `/orders?organization=${organization}&type=rail`)).items).toEqual([]);
  });
});

describe('rights limited to organizations', () => {
  test('a foreign trip or order is not there, in whatever call', async () => {
    const [mine, theirs] = [await bench.organization(), await bench.organization()];
    const trip = await bench.trip({ id_Organization: theirs });
    const order = await bench.order({}, trip);
    const as = `travel.*@${mine}`;
    for (const [method, path, body] of [
      ['GET', `/trips/${trip}`, undefined],
      ['GET', `/trips/${trip}/history`, undefined],
      ['PATCH', `/trips/${trip}`, { Name: 'x' }],
      ['POST', `/trips/${trip}/orders`, { ReserveType: 'avia' }],
      ['POST', `/trips/${trip}/book`, undefined],
      ['PUT', `/trips/${trip}/codes`, { codes: [] }],
      ['POST', '/trips', { id_Organization: theirs }],
      ['POST', '/orders', { id_Organization: theirs, ReserveType: 'avia' }],
      ['GET', `/orders/${order}`, undefined],
      ['GET', `/orders/${order}/history`, undefined],
      ['GET', `/orders/${order}/files/1`, undefined],
      ['DELETE', `/orders/${order}/files/1`, undefined],
      ['PATCH', `/orders/${order}`, { locator: 'A' }],
      ['POST', `/orders/${order}/book`, undefined],
      ['POST', `/orders/${order}/confirm`, undefined],
      ['PUT', `/orders/${order}/prices`, { prices: [] }],
      ['PUT', `/orders/${order}/time-limit`, { time_limit: null }],
      ['PUT', `/orders/${order}/codes`, { codes: [] }],
      ['PUT', `/orders/${order}/supplier-call`, { seconds: 1 }],
    ] as const)
      expect(await bench.refused(method, path, body, { as }), `${method} ${path}`).toBe('404 not_found');
    expect((await bench.ok('GET', '/trips', undefined, { as })).items).toEqual([]);
    expect((await bench.ok('GET', `/trips?organization=${theirs}`, undefined, { as })).items).toEqual([]);
    expect((await bench.ok('GET', '/orders', undefined, { as })).items).toEqual([]);
    const own = await bench.ok('POST', '/orders', { id_Organization: mine, ReserveType: 'avia' }, { as });
    expect((await bench.ok('GET', '/orders', undefined, { as })).items).toMatchObject([{ id_Reserve: own.id_Reserve }]);
    expect(await bench.lines()).toHaveLength(4);
  });

  test('who may see a trip, but not change it, is told so; what only agents do needs their right', async () => {
    const trip = await bench.trip();
    const order = await bench.order({}, trip);
    const { id_Organization: organization } = await bench.ok('GET', `/trips/${trip}`);
    const reader = { as: `travel.read+travel.write@${organization + 1000}` };
    expect(await bench.refused('POST', `/trips/${trip}/book`, undefined, reader)).toBe('403 FORBIDDEN');
    expect(await bench.refused('POST', `/trips/${trip}/book`, undefined, { as: 'travel.read' })).toBe('403 FORBIDDEN');
    const user = { as: 'travel.read+travel.write' };
    for (const action of [
      'ready',
      'await-supplier',
      'confirm',
      'queue',
      'ask-client',
      'complete',
      'decline',
      'expire',
      'fail',
      'exchange',
      'refund',
    ])
      expect(await bench.refused('POST', `/orders/${order}/${action}`, undefined, user), action).toBe('403 FORBIDDEN');
    await bench.ok('POST', `/orders/${order}/book`, undefined, user);
    await bench.ok('POST', `/orders/${order}/cancel`, undefined, user);
    await bench.putTrip(trip, { state: 'forexecution' });
    expect(await bench.refused('PUT', `/trips/${trip}/codes`, { codes: [] }, user)).toBe('403 FORBIDDEN');
    await bench.ok('PUT', `/trips/${trip}/codes`, { codes: [] }, { as: 'travel.read+travel.write+travel.agent' });
  });
});
