import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../core/identity/caller.ts';
import type { Answer } from '../../test/support/module-rest.ts';
import { addEndpoint } from '../add-endpoint.ts';
import { disableEndpoint } from '../disable-endpoint.ts';
import { openSecrets } from '../endpoint-secrets.ts';
import { FAMILIES } from '../family.ts';
import { profileSettings } from '../profiles.ts';
import { ALICE, BIN, certificatePair, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});

const call = (
  method: string,
  path: string,
  body?: unknown,
  options: { as?: string; headers?: Record<string, string> } = {},
): Promise<Answer> => bench.rest.send(method, `/callbacks${path}`, { ...options, ...(body !== undefined && { body }) });
const add = async (settings: object = {}): Promise<Answer['json']> => {
  const { status, json } = await call('POST', '/endpoints', { family: 'order', name: 'SAP', url: 'https://a.ru/in', ...settings });
  expect(json.detail).toBeUndefined();
  expect(status).toBe(201);
  return json;
};
const types = async (id: number): Promise<string[]> =>
  (await bench.rows<{ type: string }>('SELECT type FROM event WHERE subject = $1 ORDER BY id', [`endpoint/${id}`])).map(({ type }) => type);

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

describe('secrets', () => {
  const HEADERS = 'Authorization: Basic s3cret-one\nX-Token: s3cret-two\nX-Open: visible';

  /** Everything that anybody can read of it, by REST, from the audit and from events. */
  const everywhere = async (id: number): Promise<string> => {
    const answers = await Promise.all(
      [`/endpoints`, `/endpoints/${id}`, `/endpoints/${id}/versions`, `/endpoints/${id}/versions/1`, `/endpoints/${id}/versions/2`].map(
        (path) => call('GET', path),
      ),
    );
    const preview = await call('POST', `/endpoints/${id}/preview`, {});
    const lint = await call('POST', `/endpoints/${id}/lint`, {});
    const stored = [
      ...(await bench.rows('SELECT * FROM audit')),
      ...(await bench.rows('SELECT data::text FROM event')),
      ...(await bench.rows("SELECT settings::text, encode(secrets, 'escape') FROM callback_endpoint_version")),
      ...(await bench.rows("SELECT encode(sealed, 'escape') FROM callback_signing_secret")),
    ];
    return JSON.stringify([...answers, preview, lint].map(({ bytes }) => bytes.toString())) + JSON.stringify(stored);
  };

  test('are shown nowhere, kept by ***, and replaced by a value', async () => {
    const { certificate, key } = await certificatePair();
    const { id, headers, client_cert } = await add({ headers: HEADERS, secret_headers: ['x-token'], client_cert: { certificate, key } });
    expect(headers).toBe('Authorization: ***\nX-Token: ***\nX-Open: visible');
    expect(client_cert).toEqual({ certificate, key: '***' });

    const changed = await call('PATCH', `/endpoints/${id}`, {
      headers: 'X-Token: ***\nAuthorization: Basic s3cret-three\nX-Open: other',
      client_cert: { certificate, key: '***' },
      name: 'B',
    });
    expect(changed.json.headers).toBe('X-Token: ***\nAuthorization: ***\nX-Open: other');
    const version = await call('GET', `/endpoints/${id}/versions/2`);
    expect(version.json).toMatchObject({ changed: ['name', 'headers'], new_secrets: ['authorization'] });

    const rows = await bench.rows<{ version: number; secrets: Buffer }>(
      'SELECT version, secrets FROM callback_endpoint_version WHERE endpoint_id = $1 ORDER BY version',
      [id],
    );
    const opened = rows.map((row) => openSecrets(bench.secretKey, id, row.version, row.secrets));
    expect(opened).toEqual([
      {
        headers: [
          { name: 'authorization', value: 'Basic s3cret-one' },
          { name: 'x-token', value: 's3cret-two' },
        ],
        clientKey: key,
      },
      {
        headers: [
          { name: 'x-token', value: 's3cret-two' },
          { name: 'authorization', value: 'Basic s3cret-three' },
        ],
        clientKey: key,
      },
    ]);
    // Bound to their record: those of one version do not open as those of another.
    expect(() => openSecrets(bench.secretKey, id, 2, rows[0]?.secrets ?? null)).toThrow(/was changed/);
    expect(() => openSecrets(bench.secretKey, id + 1, 1, rows[0]?.secrets ?? null)).toThrow(/was changed/);

    const text = await everywhere(id);
    expect(text).toContain('visible');
    for (const secret of ['s3cret-one', 's3cret-two', 's3cret-three', key.split('\n')[1] ?? '?']) expect(text).not.toContain(secret);
  });

  test('a secret alone that changed makes a version, too', async () => {
    const { id } = await add({ headers: 'X-Api-Key: one' });
    const { json } = await call('PATCH', `/endpoints/${id}`, { headers: 'X-Api-Key: two' });
    expect(json.version).toBe(2);
    expect((await call('GET', `/endpoints/${id}/versions/2`)).json).toMatchObject({
      changed: [],
      new_secrets: ['x-api-key'],
      differences: [],
    });
  });

  test('unmarking a header does not show its value', async () => {
    const { id } = await add({ headers: 'X-Token: s3cret-four', secret_headers: ['X-Token'] });
    const { status, json } = await call('PATCH', `/endpoints/${id}`, { secret_headers: [] });
    expect({ status, reason: json.reason }).toEqual({ status: 400, reason: 'headers' });
    expect((await call('PATCH', `/endpoints/${id}`, { secret_headers: [], headers: 'X-Token: open' })).json.headers).toBe('X-Token: open');
  });

  test('a signing secret is shown once; rotation keeps the one before for its time, an older one ends', async () => {
    const { id, signing_secret: first, signing_secrets } = await add({ signing: true });
    expect(first).toMatch(/^whsec_/);
    expect(signing_secrets).toMatchObject([{ valid_until: null }]);
    expect((await call('GET', `/endpoints/${id}`)).bytes.toString()).not.toContain(first);
    const before = Temporal.Now.instant();
    const rotated = await call('POST', `/endpoints/${id}/signing-secret`, {});
    expect(rotated.json.secret).toMatch(/^whsec_/);
    const hours = before.until(Temporal.Instant.from(rotated.json.before_until)).total('hours');
    expect(Math.round(hours * 10) / 10).toBe(24);
    const own = `whsec_${createHash('sha256').update('x').digest('base64')}`;
    await call('POST', `/endpoints/${id}/signing-secret`, { secret: own, keep_hours: 1 });
    const { json } = await call('GET', `/endpoints/${id}`);
    expect(json.signing_secrets).toHaveLength(2);
    expect(json.signing_secrets.map(({ valid_until }: { valid_until: string | null }) => valid_until === null)).toEqual([true, false]);
    expect(await everywhere(id)).not.toContain(first);
    expect((await call('POST', `/endpoints/${id}/signing-secret`, { secret: 'whsec_short' })).json.reason).toBe('secret');
    const unsigned = await add();
    expect(await call('POST', `/endpoints/${unsigned.id}/signing-secret`, {})).toMatchObject({
      status: 409,
      json: { reason: 'signing_off' },
    });
  });

  test('switching signing on later makes a secret, once', async () => {
    const { id } = await add();
    expect((await call('PATCH', `/endpoints/${id}`, { signing: true })).json.signing_secret).toMatch(/^whsec_/);
    await call('PATCH', `/endpoints/${id}`, { signing: false });
    expect((await call('PATCH', `/endpoints/${id}`, { signing: true })).json.signing_secret).toBeNull();
  });
});

describe('states', () => {
  test('without an entry of the allow-list it can be saved and not enabled; with one it can', async () => {
    const { id, findings } = await add({ url: 'https://allowed.ru/in/x' });
    expect(findings).toMatchObject([{ severity: 'warning', code: 'address_not_allowed', path: '/url' }]);
    const refused = await call('POST', `/endpoints/${id}/enable`, undefined, { headers: { 'accept-language': 'ru' } });
    expect(refused).toMatchObject({
      status: 409,
      json: {
        reason: 'address_not_allowed',
        detail:
          'Адрес https://allowed.ru/in/x не входит в белый список. Передайте ссылку агенту: после добавления адреса службой поддержки отправка станет возможна.',
      },
    });
    await bench.allow('https://allowed.ru/in');
    expect((await call('POST', `/endpoints/${id}/enable`)).json).toMatchObject({ enabled: true, disabled_by: null, version: 1 });
    expect((await call('POST', `/endpoints/${id}/enable`)).status).toBe(200);
    expect(await types(id)).toEqual(['vestnik.callbacks.endpoint.created', 'vestnik.callbacks.endpoint.enabled']);
    const moved = await call('PATCH', `/endpoints/${id}`, { url: 'https://allowed.ru/other' });
    expect(moved).toMatchObject({ status: 409, json: { reason: 'address_not_allowed' } });
    expect((await call('PATCH', `/endpoints/${id}`, { url: 'https://allowed.ru/in/y' })).json).toMatchObject({ version: 2, enabled: true });
    const both = await call('PATCH', `/endpoints/${id}`, { url: 'https://allowed.ru/other', enabled: false });
    expect(both.json).toMatchObject({ version: 3, enabled: false, disabled_by: 'user' });
  });

  test('an entry for other organizations does not help', async () => {
    await bench.organization(41, 'client');
    await bench.allow('https://client.ru', [42]);
    const { id } = await add({ url: 'https://client.ru/in', organization_id: 41 });
    expect((await call('POST', `/endpoints/${id}/enable`)).json.reason).toBe('address_not_allowed');
    await bench.allow('https://client.ru/in', [41]);
    expect((await call('POST', `/endpoints/${id}/enable`)).json.enabled).toBe(true);
  });

  test('an address that no entry can help is refused at save', async () => {
    await bench.allow('https://10-0-0-1.ru/in');
    for (const url of ['http://127.0.0.1/in', 'http://[::1]/in', 'http://169.254.169.254/x']) {
      const { status, json } = await call('POST', '/endpoints', { family: 'order', name: 'A', url, enabled: true });
      expect({ url, status: status >= 400, stored: json.id }).toEqual({ url, status: true, stored: undefined });
    }
  });

  test('a request bin needs no entry', async () => {
    const json = await add({ url: BIN, enabled: true });
    expect(json).toMatchObject({ enabled: true, findings: [] });
    const other = await call('POST', '/endpoints', { family: 'order', name: 'A', url: `${BIN}/x`, enabled: true });
    expect(other.json.reason).toBe('address_not_allowed');
  });

  test('disabled by a person with a reason; by the hub it is told apart, and a person can enable it again', async () => {
    const { id } = await add({ url: BIN, enabled: true });
    expect((await call('POST', `/endpoints/${id}/disable`, { reason: 'moving' })).json).toMatchObject({
      enabled: false,
      disabled_by: 'user',
      state_reason: 'moving',
    });
    expect(await bench.database.transaction((tx) => disableEndpoint(tx, SYSTEM, id, 'gone'))).toBe(false);
    await call('POST', `/endpoints/${id}/enable`);
    expect(await bench.database.transaction((tx) => disableEndpoint(tx, SYSTEM, id, 'status 410'))).toBe(true);
    expect((await call('GET', `/endpoints/${id}`)).json).toMatchObject({ enabled: false, disabled_by: 'hub', state_reason: 'status 410' });
    expect((await call('POST', `/endpoints/${id}/enable`)).json).toMatchObject({ enabled: true, disabled_by: null, state_reason: null });
    const audits = await bench.rows<{ action: string; login: string }>('SELECT action, login FROM audit WHERE object = $1 ORDER BY id', [
      String(id),
    ]);
    expect(
      audits.filter(({ action }) => action.endsWith('able')).map(({ action, login }) => `${action.split('.').at(-1)} ${login}`),
    ).toEqual(['enable *', 'disable *', 'enable *', 'disable system', 'enable *']);
  });

  test('deleted: it is gone for everybody, its secrets too; its versions stay', async () => {
    const { id } = await add({ headers: 'X-Api-Key: k', signing: true, url: BIN, enabled: true });
    expect((await call('DELETE', `/endpoints/${id}`)).status).toBe(204);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/enable'],
      ['GET', '/versions'],
      ['POST', '/preview'],
    ] as const)
      expect((await call(method, `/endpoints/${id}${path}`, method === 'GET' || method === 'DELETE' ? undefined : {})).status).toBe(404);
    expect((await call('GET', '/endpoints?limit=1000')).json.items.map((item: { id: number }) => item.id)).not.toContain(id);
    expect(await bench.rows('SELECT version, secrets FROM callback_endpoint_version WHERE endpoint_id = $1', [id])).toEqual([
      { version: 1, secrets: null },
    ]);
    expect(await bench.rows('SELECT * FROM callback_signing_secret WHERE endpoint_id = $1', [id])).toEqual([]);
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
