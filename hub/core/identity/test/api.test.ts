import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type TestHub, testHub } from './support/hub.ts';
import { basic, type Listener, listen } from './support/listener.ts';

let db: TestDatabase;
let hub: TestHub;
let http: Listener;
let root: string;

beforeAll(async () => {
  db = await createTestDatabase();
  const first = testHub(db.database);
  await first.operator('root', '*');
  await first.operator('viewer', 'identity.view', 'audit.view');
  await first.operator('clerk', 'tickets.view');
});
afterAll(() => db.drop());
beforeEach(async () => {
  hub = testHub(db.database);
  root = basic('root', hub.password('root'));
  http = await listen(db.database, hub.identity);
  return async () => {
    await http.stop();
    await hub.identity.stop();
  };
});

const as = (login: string): string => basic(login, hub.password(login));
const logIn = async (login: string, password = hub.password(login)) => {
  const answer = await http.send('POST', '/session', undefined, { login, password });
  return { answer, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
};

describe('the console session', () => {
  test('is opened by login and password, known by a cookie that scripts cannot read, and closed', async () => {
    const { answer, cookie } = await logIn('clerk');
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      login: 'clerk',
      displayName: 'clerk',
      locale: 'ru',
      rights: ['tickets.view'],
      expiresAt: expect.stringMatching(/Z$/),
    });
    expect(answer.headers.get('set-cookie')).toMatch(/^vestnik_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await http.send('GET', '/session', cookie)).json).toEqual({
      login: 'clerk',
      displayName: 'clerk',
      locale: 'ru',
      rights: ['tickets.view'],
    });
    const sessions = (await http.send('GET', '/sessions', cookie)).json.items;
    expect(sessions).toMatchObject([{ current: true, address: '127.0.0.1', userAgent: expect.any(String) }]);
    const out = await http.send('DELETE', '/session', cookie);
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^vestnik_session=; Max-Age=0; Path=\/; Expires=Thu, 01 Jan 1970/);
    expect((await http.send('GET', '/session', cookie)).status).toBe(401);
  });

  test('with a wrong password is none, with a fault that says nothing more', async () => {
    const wrong = await logIn('clerk', 'wrong-password');
    const unknown = await logIn('nobody-here', 'wrong-password');
    expect(wrong.answer.status).toBe(401);
    expect(wrong.answer.headers.get('set-cookie')).toBeNull();
    const without = ({ requestId: _, ...rest }: Record<string, unknown>) => rest;
    expect(without(wrong.answer.json)).toEqual(without(unknown.answer.json));
  });

  test.each([
    ['no body', undefined],
    ['no password', { login: 'clerk' }],
    ['a number', { login: 'clerk', password: 12345678 }],
    ['an array', []],
    ['another field', { login: 'clerk', password: 'x', admin: true }],
    ['a long login', { login: 'x'.repeat(1_001), password: 'x' }],
    ['NUL in the login', { login: 'cle\u0000rk', password: 'clerk-password' }],
    ['NUL in the password', { login: 'clerk', password: 'clerk-password\u0000' }],
    ['a lone surrogate', '{"login":"clerk","password":"\\ud800xxxxxxxx"}'],
  ])('with %s is refused as input', async (_, body) => {
    expect((await http.send('POST', '/session', undefined, body)).status).toBe(422);
  });

  test.each([['prototype keys', { login: '__proto__', password: 'constructor' }]])('with %s is a wrong login', async (_, body) => {
    expect((await http.send('POST', '/session', undefined, body)).status).toBe(401);
  });

  test('after too many failures is 429 with Retry-After', async () => {
    for (let count = 0; count < 20; count += 1) await logIn('clerk', `guess-number-${count}`);
    const { answer } = await logIn('clerk');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('30');
  });

  test('of a colleague is ended by a manager, the own ones one by one', async () => {
    const one = await logIn('clerk');
    const two = await logIn('clerk');
    const [other] = (await http.send('GET', '/sessions', one.cookie)).json.items.filter(({ current }: { current: boolean }) => !current);
    expect((await http.send('DELETE', `/sessions/${other.sessionId}`, one.cookie)).status).toBe(204);
    expect((await http.send('GET', '/session', two.cookie)).status).toBe(401);
    expect((await http.send('DELETE', `/sessions/${other.sessionId}`, one.cookie)).status).toBe(404);
    expect((await http.send('DELETE', '/operators/clerk/sessions', as('viewer'))).status).toBe(403);
    expect((await http.send('DELETE', '/operators/clerk/sessions', root)).json.ended).toBeGreaterThan(0);
    expect((await http.send('GET', '/session', one.cookie)).status).toBe(401);
  });
});

describe('operators', () => {
  test('are added, read with an ETag, changed from that version, given a password, removed', async () => {
    const body = { login: 'Newcomer', password: 'first-password', rights: ['tickets.view'], displayName: 'Новый', email: 'n@example.org' };
    const added = await http.send('POST', '/operators', root, body);
    expect(added.status).toBe(201);
    expect(added.json).toMatchObject({
      login: 'newcomer',
      displayName: 'Новый',
      email: 'n@example.org',
      enabled: true,
      version: 1,
      lastLoginAt: null,
    });
    expect(added.text).not.toMatch(/password|argon2|hash/i);
    const read = await http.send('GET', '/operators/newcomer', root);
    expect(read.headers.get('etag')).toBe('"1"');
    const changed = await http.send('PATCH', '/operators/newcomer', root, { displayName: 'Старый' }, { 'if-match': '"1"' });
    expect(changed.json).toMatchObject({ displayName: 'Старый', version: 2 });
    const stale = await http.send('PATCH', '/operators/newcomer', root, { displayName: 'Ещё' }, { 'if-match': 'W/"1"' });
    expect(stale.status).toBe(412);
    expect(stale.json).toMatchObject({ code: 'STALE_VERSION' });
    expect((await http.send('PATCH', '/operators/newcomer', root, { displayName: 'Ещё', version: 1 })).status).toBe(412);
    expect((await http.send('PATCH', '/operators/newcomer', root, { displayName: 'Ещё' }, { 'if-match': 'rubbish' })).status).toBe(400);
    expect((await http.send('GET', '/session', basic('newcomer', 'first-password'))).status).toBe(200);
    expect((await http.send('PUT', '/operators/newcomer/password', root, { password: 'second-password' })).status).toBe(204);
    expect((await http.send('GET', '/session', basic('newcomer', 'first-password'))).status).toBe(401);
    expect((await http.send('GET', '/session', basic('newcomer', 'second-password'))).status).toBe(200);
    expect((await http.send('DELETE', '/operators/newcomer', root)).status).toBe(204);
    expect((await http.send('GET', '/session', basic('newcomer', 'second-password'))).status).toBe(401);
    expect((await http.send('GET', '/operators/newcomer', root)).status).toBe(404);
  });

  test('are listed for whoever may view them', async () => {
    const { json } = await http.send('GET', '/operators?limit=2', as('viewer'));
    expect(json.items.map(({ login }: { login: string }) => login)).toEqual(['clerk', 'root']);
    expect((await http.send('GET', `/operators?after=${json.next}`, as('viewer'))).json).toMatchObject({
      items: [{ login: 'viewer' }],
      next: null,
    });
    expect((await http.send('GET', '/operators?q=CLER', as('viewer'))).json.items).toHaveLength(1);
    expect((await http.send('GET', '/operators?limit=0', as('viewer'))).status).toBe(400);
    expect((await http.send('GET', '/operators?q=%00', as('viewer'))).status).toBe(400);
    expect((await http.send('GET', '/operators/%00', as('viewer'))).status).toBe(400);
    expect((await http.send('GET', `/operators/${encodeURIComponent("' OR 1=1")}`, as('viewer'))).status).toBe(404);
  });

  test.each([
    ['GET', '/operators'],
    ['GET', '/operators/root'],
    ['POST', '/operators'],
    ['PATCH', '/operators/root'],
    ['PUT', '/operators/root/password'],
    ['DELETE', '/operators/root'],
    ['GET', '/audit'],
  ])('%s %s needs its right, and before that a login', async (method, path) => {
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    expect((await http.send(method, path, as('clerk'), body)).status).toBe(403);
    expect((await http.send(method, path, undefined, body)).status).toBe(401);
  });

  test('nobody is cut off by themselves: last administrator, own rights', async () => {
    expect((await http.send('PATCH', '/operators/root', root, { rights: [] })).status).toBe(403);
    expect((await http.send('DELETE', '/operators/root', root)).status).toBe(403);
    expect((await http.send('PATCH', '/operators/root', root, { enabled: false })).json).toMatchObject({ code: 'FORBIDDEN' });
    expect((await http.send('PATCH', '/operators/clerk', root, { rights: ['tickets.fly'] })).json).toMatchObject({
      code: 'VALIDATION',
      details: [{ path: '/rights/0', code: 'UNKNOWN_RIGHT' }],
    });
  });
});

test('the own password is changed with the old one; other sessions end, this one stays', async () => {
  const one = await logIn('clerk');
  const two = await logIn('clerk');
  const put = (oldPassword: string, newPassword: string) => http.send('PUT', '/password', one.cookie, { oldPassword, newPassword });
  expect((await put('wrong-password', 'the-new-password')).status).toBe(403);
  expect((await put(hub.password('clerk'), 'short')).json).toMatchObject({ code: 'VALIDATION', details: [{ path: '/newPassword' }] });
  expect((await put(hub.password('clerk'), 'the-new-password')).status).toBe(204);
  expect((await http.send('GET', '/session', one.cookie)).status).toBe(200);
  expect((await http.send('GET', '/session', two.cookie)).status).toBe(401);
  expect((await put('the-new-password', hub.password('clerk'))).status).toBe(204);
});

test('own name, address and language are changed by anybody, nothing else', async () => {
  const changed = await http.send('PATCH', '/profile', as('clerk'), { displayName: 'Секретарь', locale: 'en', email: 'c@example.org' });
  expect(changed.json).toMatchObject({
    login: 'clerk',
    displayName: 'Секретарь',
    locale: 'en',
    email: 'c@example.org',
    rights: ['tickets.view'],
  });
  expect((await http.send('GET', '/session', as('clerk'))).json).toMatchObject({ displayName: 'Секретарь', locale: 'en' });
  const [row] = (await http.send('GET', '/audit?object=clerk&limit=1', as('viewer'))).json.items;
  expect(row).toMatchObject({ login: 'clerk', action: 'identity.operator.change', before: { locale: 'ru' }, after: { locale: 'en' } });
  const back = await http.send('PATCH', '/profile', as('clerk'), { displayName: 'clerk', locale: 'ru', email: '' });
  expect(back.json).toMatchObject({ displayName: 'clerk', email: null, version: changed.json.version + 1 });
  expect((await http.send('PATCH', '/profile', as('clerk'), {})).json.version).toBe(back.json.version);
  for (const wrong of [{ rights: ['*'] }, { enabled: true }, { locale: 'de' }, { displayName: '' }, { email: 'nobody' }, []]) {
    expect((await http.send('PATCH', '/profile', as('clerk'), wrong)).status).toBe(422);
  }
});

describe('tokens', () => {
  test('are made with a password, used as Bearer, listed without the secret, revoked', async () => {
    const made = await http.send('POST', '/tokens', as('clerk'), { name: 'robot', expiresAt: '2091-01-01T00:00:00+03:00' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      name: 'robot',
      rights: ['tickets.view'],
      expiresAt: '2090-12-31T21:00:00Z',
      token: expect.stringMatching(/^vst_/),
    });
    const bearer = `Bearer ${made.json.token}`;
    expect((await http.send('GET', '/session', bearer)).json).toMatchObject({ login: 'clerk', rights: ['tickets.view'] });
    const list = await http.send('GET', '/tokens', bearer);
    expect(list.json.items).toMatchObject([{ tokenId: made.json.tokenId, login: 'clerk', revokedAt: null }]);
    expect(list.text).not.toContain('vst_');
    const child = await http.send('POST', '/tokens', bearer, { name: 'child' });
    expect(child.json).toMatchObject({ code: 'FORBIDDEN', detail: 'a token cannot make tokens: log in with the password' });
    expect((await http.send('DELETE', `/tokens/${made.json.tokenId}`, as('viewer'))).status).toBe(404);
    expect((await http.send('DELETE', `/tokens/${made.json.tokenId}`, root)).status).toBe(204);
    expect((await http.send('GET', '/session', bearer)).status).toBe(401);
    expect((await http.send('GET', '/tokens?owner=*', as('viewer'))).json.items).toMatchObject([{ revokedAt: expect.any(String) }]);
    expect((await http.send('GET', '/tokens?owner=*', as('clerk'))).status).toBe(403);
  });

  test.each([
    [{ name: '' }],
    [{ name: 'x', expiresAt: 'tomorrow' }],
    [{ name: 'x', expiresAt: '2020-01-01T00:00:00Z' }],
    [{ name: 'x', expiresAt: '2027-02-30T00:00:00Z' }],
    [{ name: 'x', rights: ['no.such'] }],
    [{ name: 'x', rights: 'tickets.view' }],
    [{}],
  ])('%j is refused', async (body) => {
    expect((await http.send('POST', '/tokens', as('clerk'), body)).status).toBe(422);
  });

  test.each(['0', '-1', '1e400', 'x', '9007199254740993'])('number %s is none', async (id) => {
    expect((await http.send('DELETE', `/tokens/${id}`, as('clerk'))).status).toBe(400);
  });
});

test('rights are listed with what they allow', async () => {
  const { json } = await http.send('GET', '/rights', as('clerk'));
  expect(json.items.map(({ right }: { right: string }) => right)).toEqual([
    'alerts.start',
    'audit.view',
    'identity.manage',
    'identity.view',
    'tickets.manage',
    'tickets.view',
  ]);
  for (const { allows } of json.items) expect(allows).toMatch(/\w/);
});

test('the audit is read page by page with who, through which face and from where', async () => {
  const { cookie } = await logIn('root');
  await http.send('PATCH', '/operators/clerk', cookie, { displayName: 'Клерк' }, { 'x-request-id': 'my-request-1' });
  const page = await http.send('GET', '/audit?object=clerk&action=identity.operator.*&limit=1', as('viewer'));
  expect(page.json.items).toMatchObject([
    {
      action: 'identity.operator.change',
      login: 'root',
      face: 'console',
      address: '127.0.0.1',
      requestId: 'my-request-1',
      before: { displayName: 'clerk' },
      after: { displayName: 'Клерк' },
      reason: null,
    },
  ]);
  const next = await http.send('GET', `/audit?object=clerk&before=${page.json.next}&from=2020-01-01T00:00:00Z`, as('viewer'));
  expect(next.json.items.every(({ id }: { id: number }) => id < page.json.next)).toBe(true);
  expect(next.json.items.length).toBeGreaterThan(0);
  for (const wrong of ['from=yesterday', 'to=2026-13-01T00:00:00Z', 'from=0000-01-01T00:00:00Z', 'before=x', 'limit=1001', 'login=%00']) {
    expect((await http.send('GET', `/audit?${wrong}`, as('viewer'))).status).toBe(400);
  }
});

test('the root certificate is there for everybody', async () => {
  const { status, text, headers } = await http.send('GET', '/authority/ca.crt');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/^application\/x-pem-file/);
  expect(new X509Certificate(text).ca).toBe(true);
});

test('logins are counted by credential and outcome', async () => {
  await http.send('GET', '/session', as('clerk'));
  await http.send('GET', '/session', as('clerk'));
  await logIn('clerk', 'wrong-password');
  const page = await http.metrics();
  expect(page).toContain('vestnik_identity_logins_total{by="password",outcome="accepted"} 1');
  expect(page).toContain('vestnik_identity_logins_total{by="password",outcome="remembered"} 1');
  expect(page).toContain('vestnik_identity_logins_total{by="password",outcome="refused"} 1');
  expect(page).toContain('vestnik_identity_password_seconds_count 2');
});
