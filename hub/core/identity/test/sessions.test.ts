import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import type { Database } from '../../database/database.ts';
import { run } from '../../database/statement.ts';
import { changeOperator } from '../change-operator.ts';
import { endAllSessions, endOwnSession, endSession } from '../end-session.ts';
import { listSessions } from '../list-sessions.ts';
import { secretHash } from '../secret.ts';
import { setPassword } from '../set-password.ts';
import { anotherHub, callerOf, KNOWN, ROOT, type TestHub, testHub } from './support/hub.ts';

let db: TestDatabase;
let hub: TestHub;
let other: Database;
const HERE = '192.0.2.1';
const HOUR = 3_600_000;
const origin = { address: HERE, userAgent: 'Browser/1.0', requestId: 'r-1' };
const ended = { code: 'UNAUTHORIZED', message: 'the session has ended: log in again' };

beforeAll(async () => {
  db = await createTestDatabase();
  other = anotherHub(db.url);
  await testHub(db.database).operator('root', '*');
});
afterAll(async () => {
  await other.close();
  await db.drop();
});
beforeEach(() => {
  hub = testHub(db.database, { sessionHours: 12 });
  return () => hub.identity.stop();
});

const open = (login: string) => hub.identity.openSession(login, hub.password(login), origin);
const seen = (cookie: string, identity = hub.identity) => identity.authenticateSession(cookie, HERE);
const sessionsOf = (login: string) => listSessions(db.database.work, login, hub.clock.instant());

test('a session is a secret of 256 bits that is stored as its hash', async () => {
  await hub.operator('anna', 'tickets.view');
  const { cookie, principal, expiresAt } = await open('anna');
  expect(cookie).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(principal).toMatchObject({ login: 'anna', rights: ['tickets.view'], by: 'session', credentialId: expect.any(Number) });
  expect(expiresAt.since(hub.clock.instant()).total('hours')).toBe(12);
  expect(await seen(cookie)).toEqual(principal);
  const { rows } = await run<{ secret_hash: Buffer }>(db.database.work, 'SELECT secret_hash FROM session');
  expect(rows).toEqual([{ secret_hash: secretHash(cookie) }]);
  expect(await sessionsOf('anna')).toMatchObject([{ sessionId: principal.credentialId, address: HERE, userAgent: 'Browser/1.0' }]);
});

test.each(['', 'x', 'A'.repeat(43), 'A'.repeat(1_000_000), '\u0000'.repeat(43), "' OR ''='".padEnd(43, 'x'), 'п'.repeat(43)])(
  'a cookie that is none is refused (%#)',
  async (cookie) => {
    await expect(seen(cookie)).rejects.toMatchObject(ended);
  },
);

test('a wrong password opens none', async () => {
  await hub.operator('wrong');
  await expect(hub.identity.openSession('wrong', 'not-the-password', origin)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await sessionsOf('wrong')).toEqual([]);
});

test('an operator changed between password and session opens none', async () => {
  await hub.operator('hasty');
  const there = testHub(other, {
    line: {
      hash: () => Promise.reject(new Error('not asked')),
      verify: async () => ({ fits: true, outdated: false }),
    },
  });
  const twice = (password: string) => there.identity.openSession('hasty', password, origin);
  await twice(hub.password('hasty'));
  // The other hub hears nothing and its clock stands still: it remembers the old password.
  const password = await hub.identity.hashPassword('another-password');
  await hub.identity.change((tx) => setPassword(tx, ROOT, 'hasty', password));
  await expect(twice(hub.password('hasty'))).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await sessionsOf('hasty')).toEqual([]);
  await there.identity.stop();
});

test('a strange user agent does no harm', async () => {
  await hub.operator('agent');
  const userAgent = `\u0000<script>\ud800${'x'.repeat(10_000)}`;
  await hub.identity.openSession('agent', hub.password('agent'), { ...origin, userAgent });
  expect((await sessionsOf('agent'))[0]?.userAgent).toMatch(/^<script>.?x{200,300}$/u);
});

describe('its life', () => {
  test('slides: used within twelve hours it goes on, unused it ends', async () => {
    await hub.operator('sliding');
    const { cookie } = await open('sliding');
    for (let day = 0; day < 5; day += 1) {
      hub.clock.advance(11 * HOUR);
      expect(await seen(cookie)).toMatchObject({ login: 'sliding' });
    }
    hub.clock.advance(12 * HOUR);
    await expect(seen(cookie)).rejects.toMatchObject(ended);
  });

  test('is written once a minute at most', async () => {
    await hub.operator('minute');
    const { cookie } = await open('minute');
    const [before] = await sessionsOf('minute');
    hub.clock.advance(59_000);
    await seen(cookie);
    await hub.identity.stop();
    expect((await sessionsOf('minute'))[0]).toEqual(before);
    hub.clock.advance(1_000);
    await seen(cookie);
    await hub.identity.stop();
    expect((await sessionsOf('minute'))[0]?.seenAt.toString()).toBe(hub.clock.instant().toString());
  });

  test('is the same on all hubs: prolonged here, it goes on there', async () => {
    await hub.operator('both');
    const { cookie } = await open('both');
    const there = testHub(other, { clock: hub.clock });
    await seen(cookie, there.identity);
    hub.clock.advance(11 * HOUR);
    await seen(cookie);
    await hub.identity.stop();
    hub.clock.advance(2 * HOUR);
    expect(await seen(cookie, there.identity)).toMatchObject({ login: 'both' });
    await there.identity.stop();
  });

  test('over, the row is swept away, which nobody is told', async () => {
    await hub.operator('swept');
    await open('swept');
    hub.clock.advance(13 * HOUR);
    const version = async () => (await run<{ version: number }>(db.database.work, 'SELECT version FROM identity_version')).rows[0]?.version;
    // The sweep's clock is the hub's, the trigger's is the database's: move the row into the past of both.
    await run(db.database.work, `UPDATE session SET expires_at = now() - interval '1 hour'`);
    const before = await version();
    hub.identity.start();
    await hub.identity.stop();
    expect((await run(db.database.work, 'SELECT FROM session')).rows).toEqual([]);
    expect(await version()).toBe(before);
  });
});

describe('it ends', () => {
  test('by logging out, here at once and there by notification', async () => {
    await hub.operator('out');
    const { cookie } = await open('out');
    const there = testHub(other);
    there.identity.start();
    await vi.waitFor(() => expect(other.listener.listening).toBe(true), { timeout: 20_000 });
    await seen(cookie, there.identity);
    await hub.identity.change((tx) => endSession(tx, callerOf('out'), cookie));
    await expect(seen(cookie)).rejects.toMatchObject(ended);
    await vi.waitFor(() => expect(seen(cookie, there.identity)).rejects.toMatchObject(ended), { timeout: 20_000, interval: 5 });
    await hub.identity.change((tx) => endSession(tx, callerOf('out'), cookie));
    await hub.identity.change((tx) => endSession(tx, callerOf('out'), 'rubbish'));
    await there.identity.stop();
  });

  test('by its number, for its owner alone', async () => {
    await hub.operator('mine');
    await hub.operator('thief');
    const { cookie, principal } = await open('mine');
    const end = (login: string) => hub.identity.change((tx) => endOwnSession(tx, callerOf(login), principal.credentialId ?? 0));
    await expect(end('thief')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await seen(cookie)).toMatchObject({ login: 'mine' });
    await end('mine');
    await expect(seen(cookie)).rejects.toMatchObject(ended);
  });

  test('with all others of the operator, by the owner or a manager', async () => {
    await hub.operator('many');
    const cookies = [(await open('many')).cookie, (await open('many')).cookie];
    const end = (caller: typeof ROOT) => hub.identity.change((tx) => endAllSessions(tx, caller, 'many'));
    await expect(end(callerOf('stranger', 'identity.view'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await end(callerOf('boss', 'identity.manage'))).toBe(2);
    for (const cookie of cookies) await expect(seen(cookie)).rejects.toMatchObject(ended);
    expect(await end(callerOf('many'))).toBe(0);
  });

  test('when its operator is disabled or gets a new password', async () => {
    await hub.operator('stopped');
    const { cookie } = await open('stopped');
    const password = await hub.identity.hashPassword('another-password');
    await hub.identity.change((tx) => setPassword(tx, ROOT, 'stopped', password));
    await expect(seen(cookie)).rejects.toMatchObject(ended);
    const { cookie: second } = await hub.identity.openSession('stopped', 'another-password', origin);
    await hub.identity.change((tx) => changeOperator(tx, ROOT, 'stopped', { enabled: false }, KNOWN));
    await expect(seen(second)).rejects.toMatchObject(ended);
    await hub.identity.change((tx) => changeOperator(tx, ROOT, 'stopped', { enabled: true }, KNOWN));
    await expect(seen(second)).rejects.toMatchObject(ended);
  });

  test('after an own change of password, except the one that asked', async () => {
    await hub.operator('changer');
    const kept = await open('changer');
    const lost = await open('changer');
    await hub.identity.changeOwnPassword(callerOf('changer'), hub.password('changer'), 'another-password', kept.principal.credentialId);
    expect(await seen(kept.cookie)).toMatchObject({ login: 'changer' });
    await expect(seen(lost.cookie)).rejects.toMatchObject(ended);
  });

  test('when the operator opens more than fifty: the oldest go', async () => {
    await hub.operator('greedy');
    const cookies: string[] = [];
    for (let count = 0; count < 52; count += 1) cookies.push((await open('greedy')).cookie);
    expect(await sessionsOf('greedy')).toHaveLength(50);
    await expect(seen(cookies[1] ?? '')).rejects.toMatchObject(ended);
    expect(await seen(cookies[2] ?? '')).toMatchObject({ login: 'greedy' });
  });
});

test('rights changed while it runs count at once', async () => {
  await hub.operator('promoted', 'tickets.view');
  const { cookie } = await open('promoted');
  expect((await seen(cookie)).rights).toEqual(['tickets.view']);
  await hub.identity.change((tx) => changeOperator(tx, ROOT, 'promoted', { rights: ['tickets.*'] }, KNOWN));
  expect((await seen(cookie)).rights).toEqual(['tickets.*']);
});

test('a database that is away is an error of the database, not a refusal; afterwards all is as before', async () => {
  await hub.operator('steady');
  const { cookie } = await open('steady');
  await seen(cookie);
  const away = testHub({
    ...db.database,
    work: { query: () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })) },
  });
  await expect(seen(cookie, away.identity)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(away.identity.authenticateBasic('steady', hub.password('steady'), HERE)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await away.identity.stop();
});
