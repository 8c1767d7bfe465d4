import { beforeAll, describe, expect, test } from 'vitest';
import { addEndpoint } from '../add-endpoint.ts';
import { FAMILIES } from '../family.ts';
import { profileSettings } from '../profiles.ts';
import { endpointCalls } from './support/endpoint-calls.ts';
import { ALICE, BIN, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});
const { add, call, types } = endpointCalls(() => bench);

describe('a new endpoint', () => {
  test('has the defaults of its profile and family, and is disabled', async () => {
    for (const family of FAMILIES) {
      for (const profile of ['classic', 'modern'] as const) {
        const json = await add({ family, profile });
        expect(json).toMatchObject({
          ...profileSettings(profile, family),
          name: 'SAP',
          url: 'https://a.ru/in',
          enabled: false,
          disabled_by: null,
          version: 1,
        });
      }
    }
  });

  test('what is given replaces the default; the answer names its place', async () => {
    const { status, headers, json } = await call('POST', '/endpoints', {
      family: 'order',
      name: ' 1С ',
      url: 'https://a.ru/in',
      profile: 'modern',
      signing: false,
      rate: 0.5,
      events: ['ReserveIssued', 'ReserveIssued'],
      event_names: { ReserveIssued: '2' },
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/v1/callbacks/endpoints/${json.id}`);
    expect(json).toMatchObject({
      name: '1С',
      url: 'https://a.ru/in',
      rate: 0.5,
      events: ['ReserveIssued'],
      event_names: { ReserveIssued: '2' },
      signing_secret: null,
    });
    expect(await types(json.id)).toEqual(['vestnik.callbacks.endpoint.created']);
  });

  test('the default bodies: one element for each variable of the source, and the known form of static data', async () => {
    const { json } = await call('GET', '/endpoints/defaults?family=order');
    expect(json.settings.body).toBe(
      '<Event><id_Reserve>@id_Reserve</id_Reserve><id_ComplexReserve>@id_ComplexReserve</id_ComplexReserve><OuterId>@OuterId</OuterId>' +
        '<EventType>@EventType</EventType><ReserveState>@ReserveState</ReserveState><ComplexState>@ComplexState</ComplexState>' +
        '<EventDescription>@EventDescription</EventDescription><CallbackId>@CallbackId</CallbackId></Event>',
    );
    expect((await call('GET', '/endpoints/defaults?family=static')).json.settings.body).toBe(
      '<Change><Before>@Before</Before><After>@After</After></Change>',
    );
  });

  test('every starter can be saved as it is', async () => {
    for (const family of FAMILIES) {
      const { starters } = (await call('GET', `/endpoints/defaults?family=${family}`)).json;
      expect(starters.map(({ name }: { name: string }) => name)).toEqual(['soap11', 'soap12', 'xml', 'json', '1c', 'form']);
      for (const { headers, body } of starters)
        expect((await add({ family, headers, body })).findings.filter(({ path }: { path: string }) => path === '/body')).toEqual(
          body.includes('@CallbackId') && body.startsWith('{') ? expect.any(Array) : [],
        );
    }
  });
});

describe('saves', () => {
  test('each makes a version with who, when and what; none is changed; what changes nothing makes none', async () => {
    const { id } = await add();
    const before = await bench.rows('SELECT * FROM callback_endpoint_version WHERE endpoint_id = $1', [id]);
    const second = await call('PATCH', `/endpoints/${id}`, { name: 'SAP 2', success: ['200', '201'] }, { as: 'callbacks.write' });
    expect(second.json).toMatchObject({ version: 2, name: 'SAP 2', success: ['200', '201'], url: 'https://a.ru/in' });
    expect((await call('PATCH', `/endpoints/${id}`, { name: 'SAP 2' })).json.version).toBe(2);
    expect((await call('PATCH', `/endpoints/${id}`, {})).json.version).toBe(2);
    const { items, next } = (await call('GET', `/endpoints/${id}/versions?limit=1`)).json;
    expect(items).toMatchObject([
      { version: 2, saved_by: 'callbacks.write', saved_in: 'rest', changed: ['name', 'success'], new_secrets: [] },
    ]);
    const older = (await call('GET', `/endpoints/${id}/versions?limit=1&after=${next}`)).json;
    expect(older).toMatchObject({ items: [{ version: 1, saved_by: '*', changed: [] }], next: null });
    const { json } = await call('GET', `/endpoints/${id}/versions/2`);
    expect(json.differences).toEqual([
      { setting: 'name', before: 'SAP', after: 'SAP 2' },
      { setting: 'success', before: ['200'], after: ['200', '201'] },
    ]);
    expect(await bench.rows('SELECT * FROM callback_endpoint_version WHERE endpoint_id = $1 AND version = 1', [id])).toEqual(before);
    expect((await call('GET', `/endpoints/${id}/versions/3`)).status).toBe(404);
  });

  test('a stale If-Match is refused with the present version', async () => {
    const { id } = await add();
    expect((await call('GET', `/endpoints/${id}`)).headers.get('etag')).toBe('"1"');
    expect((await call('PATCH', `/endpoints/${id}`, { name: 'B' }, { headers: { 'if-match': '"1"' } })).status).toBe(200);
    const stale = await call('PATCH', `/endpoints/${id}`, { name: 'C' }, { headers: { 'if-match': '"1"' } });
    expect(stale).toMatchObject({ status: 412, json: { reason: 'version', details: [{ code: 'version', message: '2' }] } });
    expect((await call('PATCH', `/endpoints/${id}`, { name: 'C' }, { headers: { 'if-match': 'x' } })).status).toBe(400);
    expect((await call('GET', `/endpoints/${id}`)).json.name).toBe('B');
  });

  test('two at once follow one another', async () => {
    const { id } = await add();
    const answers = await Promise.all(['x', 'y', 'z'].map((name) => call('PATCH', `/endpoints/${id}`, { name })));
    expect(answers.map(({ json }) => json.version).sort()).toEqual([2, 3, 4]);
    const guarded = await Promise.all(
      ['u', 'v'].map((name) => call('PATCH', `/endpoints/${id}`, { name }, { headers: { 'if-match': '"4"' } })),
    );
    expect(guarded.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});

describe('who sees what', () => {
  test('a right for one organization shows and changes its endpoints only; foreign ones are not there', async () => {
    await bench.organization(51, 'client');
    const own = await add({ organization_id: 51 });
    const foreign = await add({ organization_id: 52 });
    const hubs = await add();
    const as = 'callbacks.read@51+callbacks.write@51';
    const seen = (await call('GET', '/endpoints?limit=1000', undefined, { as })).json.items;
    expect(seen.map(({ id }: { id: number }) => id)).toEqual([own.id]);
    expect((await call('GET', `/endpoints/${own.id}`, undefined, { as })).status).toBe(200);
    expect((await call('PATCH', `/endpoints/${own.id}`, { name: 'mine' }, { as })).json).toMatchObject({ version: 2 });
    for (const { id } of [foreign, hubs]) {
      expect((await call('GET', `/endpoints/${id}`, undefined, { as })).status).toBe(404);
      expect((await call('PATCH', `/endpoints/${id}`, { name: 'mine' }, { as })).status).toBe(404);
      expect((await call('POST', `/endpoints/${id}/preview`, {}, { as })).status).toBe(404);
      expect((await call('GET', `/endpoints/${id}/versions/1`, undefined, { as })).status).toBe(404);
    }
    const body = { family: 'order', name: 'A', url: 'https://a.ru/' };
    expect((await call('POST', '/endpoints', { ...body, organization_id: 52 }, { as })).status).toBe(404);
    expect((await call('POST', '/endpoints', body, { as })).status).toBe(403);
    expect((await call('POST', '/endpoints', { ...body, organization_id: 51 }, { as })).status).toBe(201);
    expect((await call('POST', '/endpoints', body, { as: 'callbacks.read' })).status).toBe(403);
  });

  test('a client owner cannot ask for others; an unknown owner is warned of', async () => {
    await bench.organization(61, 'client');
    const body = { family: 'order', name: 'A', url: BIN };
    const wrong = await call('POST', '/endpoints', { ...body, organization_id: 61, organizations: [61, 62] });
    expect(wrong).toMatchObject({ status: 400, json: { reason: 'organizations' } });
    const { json } = await call('POST', '/endpoints', { ...body, organization_id: 777 });
    expect(json.findings).toMatchObject([{ severity: 'warning', code: 'organization_unknown' }]);
  });

  test('the list: filters, pages, damaged cursors', async () => {
    await add({ family: 'static', name: '100% странное_имя' });
    const found = (await call('GET', `/endpoints?q=${encodeURIComponent('% странное_')}`)).json.items;
    expect(found).toHaveLength(1);
    expect(found[0]).not.toHaveProperty('body');
    expect((await call('GET', '/endpoints?family=static&enabled=true')).json.items).toEqual([]);
    const ids: number[] = [];
    for (let after = ''; ; ) {
      const { json } = await call('GET', `/endpoints?limit=7${after}`);
      ids.push(...json.items.map(({ id }: { id: number }) => id));
      if (json.next === null) break;
      after = `&after=${json.next}`;
    }
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(ids).toEqual((await call('GET', '/endpoints?limit=1000')).json.items.map(({ id }: { id: number }) => id));
    expect((await call('GET', '/endpoints?after=xx')).json.reason).toBe('cursor');
  });
});

test('a save that fails leaves nothing behind: no version, no secret, no event', async () => {
  const count = async () =>
    (
      await bench.rows(
        'SELECT (SELECT count(*) FROM callback_endpoint) AS e, (SELECT count(*) FROM callback_signing_secret) AS s, (SELECT count(*) FROM event) AS n',
      )
    )[0];
  const before = await count();
  const input = bench.input({ family: 'order', name: 'A', url: 'https://a.ru/', signing: true });
  await expect(
    bench.database.transaction(async (tx) => {
      await addEndpoint(tx, ALICE, bench.ports, input);
      throw new Error('the commit fails');
    }),
  ).rejects.toThrow('the commit fails');
  expect(await count()).toEqual(before);
});
