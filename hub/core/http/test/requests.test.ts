import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { SYSTEM } from '../../identity/caller.ts';
import { createToken } from '../../identity/create-token.ts';
import { basic, startTestServer, type TestServer } from './support/test-server.ts';
import { thingRoutes } from './support/thing-routes.ts';

let database: TestDatabase;
let hub: TestServer;
let manager: { authorization: string };
let viewer: { authorization: string };
let bodiesRead = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startTestServer(database, {
    thing: thingRoutes(() => {
      bodiesRead += 1;
    }),
  });
  manager = await hub.operator('manager', 'thing.*');
  viewer = await hub.operator('viewer', 'thing.view');
});

afterAll(async () => {
  await hub.stop();
  await database.drop();
});

const call = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${hub.url}/api/v1/thing${path}`, init);
const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  call('/things', { method: 'POST', body: body as string, headers: { 'content-type': 'application/json', ...manager, ...headers } });

async function problem(
  response: Response,
): Promise<Record<string, unknown> & { details?: { code: string; path: string; message: string }[] }> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const body = (await response.json()) as Record<string, unknown>;
  expect(body['status']).toBe(response.status);
  expect(body['type']).toBe(`urn:vestnik:error:${body['code']}`);
  expect(body['requestId']).toBe(response.headers.get('x-request-id'));
  return body;
}

describe('login', () => {
  test('a public route needs none and knows nobody', async () => {
    expect(await (await call('/open', { headers: basic('nobody') })).json()).toEqual({ login: 'anonymous' });
  });

  test('Basic, and what the handler learns of the caller', async () => {
    const response = await call('/me', { headers: { ...viewer, 'x-request-id': 'abc-1' } });
    expect(await response.json()).toEqual({
      login: 'viewer',
      operatorId: expect.any(Number),
      rights: ['thing.view'],
      face: 'rest',
      address: '127.0.0.1',
      requestId: 'abc-1',
    });
  });

  test('a bearer token', async () => {
    const { identity } = hub;
    const { token } = await identity.change((tx) =>
      createToken(tx, SYSTEM, { name: 't', owner: 'viewer' }, identity.rights, identity.clock.instant()),
    );
    expect(((await (await call('/me', { headers: { authorization: `Bearer ${token}` } })).json()) as { login: string }).login).toBe(
      'viewer',
    );
    const wrong = await problem(await call('/me', { headers: { authorization: `Bearer ${token}x` } }));
    expect(wrong['code']).toBe('UNAUTHORIZED');
  });

  test.each([
    ['none', {}],
    ['an unknown scheme', { authorization: 'Digest x' }],
    ['no scheme', { authorization: 'x' }],
    ['not base64', { authorization: 'Basic ###' }],
    ['no colon', { authorization: `Basic ${Buffer.from('viewer').toString('base64')}` }],
    ['a wrong password', basic('viewer', 'wrong')],
    ['an unknown cookie', { cookie: 'vestnik_session=AAAA' }],
  ])('%s is refused with a challenge', async (_, headers) => {
    const response = await call('/me', { headers: headers as Record<string, string> });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm="Vestnik".*Bearer/);
    expect((await problem(response))['code']).toBe('UNAUTHORIZED');
  });

  test('the console is not challenged with Basic, so that no window covers it', async () => {
    const response = await call('/me', { headers: { 'x-vestnik-request': '1' } });
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="Vestnik"');
  });

  test('a session cookie reads; to change things it needs the header of the console', async () => {
    const { cookie } = await hub.identity.openSession('manager', 'manager-password', {
      address: '127.0.0.1',
      userAgent: '',
      requestId: undefined,
    });
    const headers = { cookie: `vestnik_session=${cookie}` };
    expect(((await (await call('/me', { headers })).json()) as { face: string }).face).toBe('console');
    const refused = await call('/things/1', { method: 'DELETE', headers });
    expect([refused.status, (await problem(refused))['code']]).toEqual([403, 'CSRF']);
    expect((await call('/things/1', { method: 'DELETE', headers: { ...headers, 'x-vestnik-request': '1' } })).status).toBe(204);
  });

  test('whoever sends an Authorization header is judged by it alone', async () => {
    const { cookie } = await hub.identity.openSession('manager', 'manager-password', {
      address: '127.0.0.1',
      userAgent: '',
      requestId: undefined,
    });
    expect((await call('/me', { headers: { cookie: `vestnik_session=${cookie}`, authorization: 'Bearer no' } })).status).toBe(401);
  });
});

describe('order: login, right, headers of the body, body, JSON, schema', () => {
  const bad = { method: 'POST', body: 'x'.repeat(3_000_000) };

  test('a stranger learns nothing from the body', async () => {
    expect((await call('/things', { ...bad, headers: { 'content-type': 'text/html' } })).status).toBe(401);
  });

  test('the right is checked before the body is looked at, and named', async () => {
    const response = await call('/things', { method: 'POST', body: '{', headers: { ...viewer, 'content-type': 'text/html' } });
    expect(response.status).toBe(403);
    expect((await problem(response))['detail']).toBe('the right thing.manage is needed');
  });

  test('the type before the size, the size before the JSON', async () => {
    expect((await call('/things', { ...bad, headers: { ...manager, 'content-type': 'text/html' } })).status).toBe(415);
    expect((await post('{'.repeat(1_100_000))).status).toBe(413);
  });

  test('nothing of this reached a handler', () => expect(bodiesRead).toBe(0));
});

describe('bodies', () => {
  test('a right one is handed over and answered', async () => {
    const response = await post('{"name":"Ёж","size":5}');
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({ name: 'Ёж', size: 5 });
  });

  test('every fault is listed by JSON Pointer', async () => {
    const body = await problem(
      await post(JSON.stringify({ size: 'x', tags: ['a', 'b', 'c'], inner: { 'a/b': 1, more: 2 }, shape: { kind: 'round' }, other: true })),
    );
    expect([body['status'], body['code']]).toEqual([422, 'VALIDATION']);
    expect(body.details?.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      'BAD_TYPE /inner/a~1b',
      'BAD_TYPE /size',
      'REQUIRED /name',
      'REQUIRED /shape/radius',
      'TOO_MANY /tags',
      'UNKNOWN_FIELD /inner/more',
      'UNKNOWN_FIELD /other',
    ]);
  });

  test.each([
    ['{"name":""}', 'BAD_VALUE /name'],
    ['{"name":"12345678901"}', 'TOO_LONG /name'],
    ['{"name":"a","size":6}', 'BAD_VALUE /size'],
    ['{"name":"a","shape":{"kind":"odd"}}', 'BAD_FORMAT /shape/kind'],
    ['{"name":"a","__proto__":{"admin":true}}', 'UNKNOWN_FIELD /__proto__'],
    ['{"name":"a","constructor":1}', 'UNKNOWN_FIELD /constructor'],
    ['{"name":"a","tags":["b","\\u0000"]}', 'TEXT_NOT_ALLOWED /tags/1'],
    ['{"name":"\\ud800"}', 'TEXT_NOT_ALLOWED /name'],
    ['{"\\u0000":1}', 'TEXT_NOT_ALLOWED '],
    ['[]', 'BAD_TYPE '],
    ['null', 'BAD_TYPE '],
    ['', 'REQUIRED '],
  ])('%s is %s', async (body, expected) => {
    const response = await post(body);
    const [detail] = (await problem(response)).details ?? [];
    expect(response.status).toBe(422);
    expect(`${detail?.code} ${detail?.path}`).toBe(expected);
  });

  test('at most 100 faults are listed', async () => {
    const body = await problem(await post(JSON.stringify(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, 1])))));
    expect(body.details?.length).toBe(100);
  });

  test.each([
    ['cut short', '{"name":', /ends too early|at character 8/],
    ['a stray sign', '{"name" 1}', /at character 8/],
    ['blank', '   ', /empty/],
    ['nested 1,000 deep', '['.repeat(1_000) + ']'.repeat(1_000), /at byte 100 .* deeper than 100/],
    ['nested 200,000 deep and open', '{"a":'.repeat(200_000), /at byte 500 .* deeper than 100/],
  ])('not JSON: %s', async (_, body, expected) => {
    const answer = await problem(await post(body));
    expect([answer['status'], answer['code']]).toEqual([400, 'MALFORMED_JSON']);
    expect(answer['detail']).toMatch(expected);
  });

  test('brackets inside texts are not nesting', async () => {
    expect((await post(JSON.stringify({ name: '[[{{"\\', tags: ['['.repeat(300)] }))).status).toBe(201);
  });

  test('not UTF-8', async () => {
    const answer = await problem(await post(Buffer.from('7b226e616d65223a22cff0e8e222 7d'.replaceAll(' ', ''), 'hex')));
    expect([answer['code'], answer['detail']]).toEqual(['MALFORMED_JSON', 'the body is not valid UTF-8']);
  });

  test.each([
    [{ 'content-type': 'application/json; charset=windows-1251' }, /charset "windows-1251".*UTF-8/],
    [{ 'content-encoding': 'gzip' }, /content-encoding "gzip"/],
    [{ 'content-type': 'application/xml' }, /"application\/xml" is given, this takes application\/json/],
    [{ 'content-type': ';;' }, /takes application\/json/],
    [{ 'content-type': 'application/json, text/html' }, /takes application\/json/],
  ])('%j is not taken', async (headers, expected) => {
    const answer = await problem(await post('{"name":"a"}', headers as unknown as Record<string, string>));
    expect([answer['status'], answer['code']]).toEqual([415, 'UNSUPPORTED_MEDIA']);
    expect(answer['detail']).toMatch(expected);
  });

  test.each(['application/json; charset=UTF-8', 'Application/JSON', 'application/json;charset="utf-8"'])('%s is taken', async (type) => {
    expect((await post('{"name":"a"}', { 'content-type': type })).status).toBe(201);
  });

  test('raw bodies: their types, their limit, their bytes', async () => {
    const send = (body: string, type: string) => call('/raw', { method: 'POST', body, headers: { ...manager, 'content-type': type } });
    expect(await (await send('abc', 'application/zip')).json()).toEqual({ bytes: 3 });
    expect((await send('{}', 'application/json')).status).toBe(415);
    expect((await problem(await send('x'.repeat(2_001), 'text/plain')))['detail'] as string).toMatch(/2001 bytes, this takes at most 2000/);
  });
});

describe('paths and queries', () => {
  test('are checked with 400 and a pointer', async () => {
    expect(await (await call('/things/7?limit=3', { headers: viewer })).json()).toEqual({ id: 7, limit: 3 });
    const path = await problem(await call('/things/x', { headers: viewer }));
    expect([path['status'], path['code'], path.details?.[0]?.path]).toEqual([400, 'BAD_REQUEST', '/id']);
    const query = await problem(await call('/things/7?limit=11&other=1', { headers: viewer }));
    expect(query.details?.map((detail) => detail.path)).toEqual(['/limit', '/other']);
    expect((await call('/things/7?q=1&q=2', { headers: viewer })).status).toBe(400);
    const nul = await problem(await call('/things/7?q=a%00b', { headers: viewer }));
    expect([nul['status'], nul.details?.[0]]).toEqual([400, expect.objectContaining({ code: 'TEXT_NOT_ALLOWED', path: '/q' })]);
    expect((await call('/things/%00', { headers: viewer })).status).toBe(400);
  });

  test('an unknown path is 404 without a login, another method 405 with Allow', async () => {
    const nowhere = await fetch(`${hub.url}/api/v1/nothing?token=secret`, { method: 'POST', body: 'x'.repeat(2_000_000) });
    const answer = await problem(nowhere);
    expect([answer['status'], answer['instance']]).toEqual([404, '/api/v1/nothing']);
    const wrong = await call('/things/7', { method: 'PATCH' });
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, DELETE');
    expect((await problem(wrong))['code']).toBe('METHOD_NOT_ALLOWED');
    expect((await fetch(`${hub.url}/healthz`, { method: 'POST' })).status).toBe(405);
    expect((await call('/things', { method: 'OPTIONS' })).status).toBe(405);
  });

  test.each([
    ['a broken escape', '/things/%zz'],
    ['not UTF-8', '/things/%ff'],
    ['600 characters', `/things/${'a'.repeat(600)}`],
  ])('a path with %s is answered with a problem', async (_, path) => {
    const answer = await problem(await call(path, { headers: viewer }));
    expect([answer['status'], answer['code']]).toEqual([400, 'BAD_REQUEST']);
  });

  test('HEAD is GET without a body', async () => {
    const response = await call('/things/7', { method: 'HEAD', headers: viewer });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('failures', () => {
  test('a defect is 500, told without its text', async () => {
    const text = await (await call('/fail/defect')).text();
    expect(text).toContain('"code":"INTERNAL"');
    expect(text).not.toContain('secret');
    expect((await call('/fail/cycle')).status).toBe(500);
  });

  test('a full queue and a lost database say when to come again', async () => {
    const busy = await call('/fail/busy');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '3']);
    const away = await call('/fail/away');
    expect([away.status, away.headers.get('retry-after'), (await problem(away))['code']]).toEqual([503, '1', 'STORE_UNAVAILABLE']);
  });

  test.each([
    ['ru', 'ru'],
    ['en-US,ru;q=0.5', 'en'],
    ['de, ru-RU;q=0.3, en;q=0.2', 'ru'],
    ['', 'en'],
    [`${'x,'.repeat(5_000)}ru`, 'en'],
  ])('title in the language of %.40s', async (header, language) => {
    const response = await call('/fail/defect', { headers: { 'accept-language': header } });
    expect(response.headers.get('content-language')).toBe(language);
    expect((await problem(response))['title']).toBe(language === 'ru' ? 'Внутренняя ошибка' : 'A defect of the hub');
  });
});

describe('headers of every answer', () => {
  test('a sane request id is kept, another is replaced', async () => {
    const id = async (given: string) => (await call('/open', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await id('trace-1:2.3_4')).toBe('trace-1:2.3_4');
    for (const given of ['a b', 'x'.repeat(101), '<script>', 'é']) expect(await id(given)).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('nothing is framed, sniffed or cached', async () => {
    for (const response of [await call('/open'), await call('/nothing')]) {
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('x-frame-options')).toBe('DENY');
      expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('strict-transport-security')).toBeNull();
    }
  });
});

test('requests are counted by the pattern of their path', async () => {
  await call('/things/123', { headers: viewer });
  const page = await (await fetch(`${hub.url}/metrics`)).text();
  expect(page).toMatch(/vestnik_http_requests_total\{method="GET",route="\/api\/v1\/thing\/things\/:id",status="200"\} \d/);
  expect(page).toMatch(/vestnik_http_requests_total\{method="POST",route="unknown",status="404"\} \d/);
  expect(page).toContain('vestnik_http_event_streams 0');
  expect(page).toContain('nodejs_eventloop_lag_seconds');
  expect(page).not.toContain('things/123');
});
