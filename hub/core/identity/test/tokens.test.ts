import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import type { Database } from '../../database/database.ts';
import { run } from '../../database/statement.ts';
import type { Caller } from '../caller.ts';
import { changeOperator } from '../change-operator.ts';
import { createToken, type NewToken } from '../create-token.ts';
import { listTokens } from '../list-tokens.ts';
import { revokeToken } from '../revoke-token.ts';
import { secretHash } from '../secret.ts';
import { anotherHub, callerOf, KNOWN, ROOT, type TestHub, testHub } from './support/hub.ts';

let db: TestDatabase;
let hub: TestHub;
let other: Database;
const HERE = '192.0.2.1';
const refused = { code: 'UNAUTHORIZED', message: 'the token is unknown, expired or revoked' };

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
  hub = testHub(db.database);
  return () => hub.identity.stop();
});

const make = (caller: Caller, wanted: Partial<NewToken> = {}) =>
  hub.identity.change((tx) => createToken(tx, caller, { name: 'robot', ...wanted }, hub.identity.rights, hub.clock.instant()));
const use = (token: string, identity = hub.identity) => identity.authenticateToken(token, HERE);

test('a token is vst_ and 256 bits, stored as its hash, and says who it is', async () => {
  await hub.operator('anna', 'tickets.view', 'alerts.*');
  const created = await make(callerOf('anna', 'tickets.view', 'alerts.*'), { rights: ['tickets.view'] });
  expect(created.token).toMatch(/^vst_[A-Za-z0-9_-]{43}$/);
  expect(await use(created.token)).toMatchObject({ login: 'anna', rights: ['tickets.view'], by: 'token', credentialId: created.tokenId });
  const { rows } = await run<{ secret_hash: Buffer }>(db.database.work, 'SELECT secret_hash FROM token');
  expect(rows).toEqual([{ secret_hash: secretHash(created.token) }]);
  expect(hub.work.count).toBe(0);
});

test.each(['', 'vst_', `vst_${'A'.repeat(43)}`, `vst_${'A'.repeat(1_000_000)}`, `vst_${'A'.repeat(42)}\u0000`, `VST_${'A'.repeat(43)}`])(
  'a token that is none is refused (%#)',
  async (token) => {
    await expect(use(token)).rejects.toMatchObject(refused);
  },
);

describe('its rights', () => {
  test('are at most the owner’s, and at most the caller’s', async () => {
    await hub.operator('boris', 'tickets.view', 'tickets.manage');
    const boris = callerOf('boris', 'tickets.view', 'tickets.manage');
    await expect(make(boris, { rights: ['alerts.start'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(make(boris, { rights: ['tickets.*'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(make(boris, { rights: ['*'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(make(boris, { rights: ['tickets.fly'] })).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(make(callerOf('boris', 'tickets.view'), { rights: ['tickets.manage'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await make(boris)).rights).toEqual(['tickets.manage', 'tickets.view']);
    expect((await make(callerOf('boris', 'tickets.view'))).rights).toEqual(['tickets.view']);
    expect((await make(boris, { rights: [] })).rights).toEqual([]);
  });

  test('shrink with the owner’s at once, and come back with them', async () => {
    await hub.operator('chris', 'tickets.*');
    const { token } = await make(callerOf('chris', 'tickets.*'), { rights: ['tickets.*'] });
    expect((await use(token)).rights).toEqual(['tickets.*']);
    const set = (...rights: string[]) => hub.identity.change((tx) => changeOperator(tx, ROOT, 'chris', { rights }, KNOWN));
    await set('tickets.view', 'alerts.start');
    expect((await use(token)).rights).toEqual(['tickets.view']);
    await set('alerts.start');
    expect((await use(token)).rights).toEqual([]);
    await set('*');
    expect((await use(token)).rights).toEqual(['tickets.*']);
  });
});

describe('it ends', () => {
  test('by its expiry, to the millisecond', async () => {
    await hub.operator('expiry');
    const expiresAt = hub.clock.instant().add({ hours: 1 });
    const { token } = await make(callerOf('expiry'), { expiresAt });
    hub.clock.advance(3_599_999);
    await use(token);
    hub.clock.advance(1);
    await expect(use(token)).rejects.toMatchObject(refused);
    await expect(make(callerOf('expiry'), { expiresAt })).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path: '/expiresAt' }] });
  });

  test('by revoking: here at once, there by notification, on a deaf hub within a second', async () => {
    await hub.operator('revoker');
    const { token, tokenId } = await make(callerOf('revoker'));
    const hearing = testHub(other);
    const deaf = testHub(other);
    hearing.identity.start();
    await vi.waitFor(() => expect(other.listener.listening).toBe(true), { timeout: 20_000 });
    for (const there of [hub, hearing, deaf]) await use(token, there.identity);
    await hub.identity.change((tx) => revokeToken(tx, callerOf('revoker'), tokenId));
    await expect(use(token)).rejects.toMatchObject(refused);
    await vi.waitFor(() => expect(use(token, hearing.identity)).rejects.toMatchObject(refused), { timeout: 20_000, interval: 5 });
    deaf.clock.advance(1_000);
    await expect(use(token, deaf.identity)).rejects.toMatchObject(refused);
    await hub.identity.change((tx) => revokeToken(tx, callerOf('revoker'), tokenId));
    await hearing.identity.stop();
    await deaf.identity.stop();
  });

  test('with its owner: disabled', async () => {
    await hub.operator('gone');
    const { token } = await make(callerOf('gone'));
    await use(token);
    await hub.identity.change((tx) => changeOperator(tx, ROOT, 'gone', { enabled: false }, KNOWN));
    await expect(use(token)).rejects.toMatchObject(refused);
  });
});

describe('managing', () => {
  test('others’ tokens need the right, and are else not there', async () => {
    await hub.operator('owner', 'tickets.view');
    const { tokenId, token } = await make(callerOf('owner', 'tickets.view'));
    const revoke = (caller: Caller) => hub.identity.change((tx) => revokeToken(tx, caller, tokenId));
    await expect(revoke(callerOf('thief', 'identity.view'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(revoke({ ...ROOT, rights: [] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await use(token);
    await revoke(callerOf('boss', 'identity.manage'));
    await expect(use(token)).rejects.toMatchObject(refused);
    await expect(make(callerOf('thief'), { owner: 'owner' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(make(ROOT)).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(make(ROOT, { owner: 'owner', rights: ['tickets.manage'] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('owner does not have'),
    });
    expect((await make(ROOT, { owner: 'owner' })).rights).toEqual(['tickets.view']);
  });

  test('the list shows all but the secret, page by page, with the last use', async () => {
    await hub.operator('lister');
    const caller = callerOf('lister');
    const made = [await make(caller, { name: 'one' }), await make(caller, { name: 'two' }), await make(caller, { name: 'three' })];
    await use(made[0]?.token ?? '');
    await hub.identity.change((tx) => revokeToken(tx, caller, made[1]?.tokenId ?? 0));
    await hub.identity.stop();
    const first = await listTokens(db.database.work, caller, { limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['three', 'two']);
    expect(first.items[1]?.revokedAt).toBeInstanceOf(Temporal.Instant);
    const second = await listTokens(db.database.work, caller, { limit: 2, before: first.next });
    expect(second.items[0]).toMatchObject({ name: 'one', revokedAt: undefined });
    expect(second.items[0]?.lastUsedAt?.toString()).toBe(hub.clock.instant().toString());
    expect(second.next).toBeUndefined();
    expect(JSON.stringify([first, second])).not.toMatch(/vst_|secret/);
    await expect(listTokens(db.database.work, callerOf('thief'), { owner: 'lister' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(listTokens(db.database.work, callerOf('thief'), { owner: '*' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(
      (await listTokens(db.database.work, callerOf('boss', 'identity.view'), { owner: '*', limit: 1_000 })).items.length,
    ).toBeGreaterThan(3);
  });

  test('the last use is written once a minute at most', async () => {
    await hub.operator('minute');
    const { token } = await make(callerOf('minute'));
    const last = async () => (await listTokens(db.database.work, callerOf('minute'))).items[0]?.lastUsedAt?.toString();
    await use(token);
    await hub.identity.stop();
    const first = await last();
    hub.clock.advance(59_000);
    await use(token);
    await hub.identity.stop();
    expect(await last()).toBe(first);
    hub.clock.advance(1_000);
    await use(token);
    await hub.identity.stop();
    expect(await last()).toBe(hub.clock.instant().toString());
  });

  test.each(['', '   ', 'x'.repeat(101), 'a\nb', 'a\u0000b', 'a\ud800'])('the name %j is refused', async (name) => {
    await expect(make(callerOf('root', '*'), { name })).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path: '/name' }] });
  });

  test('an operator has a hundred in force at most', async () => {
    await hub.operator('hoarder');
    const caller = callerOf('hoarder');
    for (let count = 0; count < 100; count += 1) await make(caller);
    await expect(make(caller)).rejects.toMatchObject({ code: 'CONFLICT' });
    const [newest] = (await listTokens(db.database.work, caller)).items;
    await hub.identity.change((tx) => revokeToken(tx, caller, newest?.tokenId ?? 0));
    expect((await make(caller)).name).toBe('robot');
  });
});
