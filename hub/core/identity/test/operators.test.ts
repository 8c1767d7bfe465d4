import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../database/statement.ts';
import { addOperator } from '../add-operator.ts';
import { changeOperator, type OperatorChange } from '../change-operator.ts';
import { createIdentity } from '../identity.ts';
import { findOperator, listOperators } from '../list-operators.ts';
import { removeOperator } from '../remove-operator.ts';
import { searchAudit } from '../search-audit.ts';
import { setPassword } from '../set-password.ts';
import { anotherHub, callerOf, KNOWN, ROOT, type TestHub, testHub } from './support/hub.ts';

let db: TestDatabase;
let hub: TestHub;
beforeAll(async () => {
  db = await createTestDatabase();
  hub = testHub(db.database);
});
afterAll(() => db.drop());

const add = async (login: string, rights: string[], more: Record<string, string> = {}, caller = ROOT) => {
  const password = await hub.identity.hashPassword('long-enough');
  return hub.identity.change((tx) => addOperator(tx, caller, { login, rights, password, ...more }, hub.identity.rights));
};
const change = (caller: typeof ROOT, login: string, wanted: OperatorChange) =>
  hub.identity.change((tx) => changeOperator(tx, caller, login, wanted, hub.identity.rights));
const remove = (caller: typeof ROOT, login: string) => hub.identity.change((tx) => removeOperator(tx, caller, login));
const eventsAbout = async (login: string) =>
  (
    await run<{ type: string; data: Record<string, unknown> }>(
      db.database.work,
      'SELECT type, data FROM event WHERE subject = $1 ORDER BY id',
      [login],
    )
  ).rows;

// The administrator of this file; the rules about the last one build on it.
beforeAll(() => hub.operator('root', '*'));

describe('adding', () => {
  test('stores, audits and tells; the login becomes small', async () => {
    const operator = await add('Ivanova.A@Agency-17', ['tickets.view', 'alerts.*', 'tickets.view'], {
      displayName: ' Иванова Анна ',
      email: 'a@example.org',
      locale: 'en',
    });
    expect(operator).toMatchObject({
      login: 'ivanova.a@agency-17',
      displayName: 'Иванова Анна',
      email: 'a@example.org',
      locale: 'en',
      rights: ['alerts.*', 'tickets.view'],
      enabled: true,
      version: 1,
      lastLoginAt: undefined,
    });
    const { items } = await searchAudit(db.database.work, { object: 'ivanova.a@agency-17' });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      action: 'identity.operator.add',
      login: 'cli:root',
      face: 'cli',
      after: { rights: ['alerts.*', 'tickets.view'] },
    });
    expect(await eventsAbout('ivanova.a@agency-17')).toEqual([
      {
        type: 'vestnik.identity.operator.added',
        data: { login: 'ivanova.a@agency-17', displayName: 'Иванова Анна', locale: 'en', rights: ['alerts.*', 'tickets.view'] },
      },
    ]);
  });

  test.each(['', '.a', '-a', 'a b', 'a'.repeat(65), 'иван', 'a\u0000', 'a\n', '\u212Aelvin', 'a/b', "a'--"])(
    'the login %j is refused',
    async (login) => {
      await expect(add(login, [])).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path: '/login' }] });
    },
  );

  test.each([
    [{ displayName: '' }, '/displayName'],
    [{ displayName: 'x'.repeat(101) }, '/displayName'],
    [{ displayName: 'a\nb' }, '/displayName'],
    [{ displayName: 'a\u0000b' }, '/displayName'],
    [{ displayName: 'a\ud800' }, '/displayName'],
    [{ email: 'nobody' }, '/email'],
    [{ email: 'a@b@c' }, '/email'],
    [{ email: 'a b@example.org' }, '/email'],
    [{ email: `${'a'.repeat(300)}@example.org` }, '/email'],
    [{ locale: 'de' }, '/locale'],
  ])('the fields %j are refused', async (more, path) => {
    await expect(add('fields', [], more as Record<string, string>)).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path }] });
  });

  test('unknown rights are all named', async () => {
    await expect(add('rights', ['tickets.view', 'tickets.fly', 'nothing.*', '*', 'constructor'])).rejects.toMatchObject({
      code: 'VALIDATION',
      details: [{ path: '/rights/1' }, { path: '/rights/2' }, { path: '/rights/4' }],
    });
  });

  test('a login is taken once, whatever its letters; of two at once one wins', async () => {
    await add('taken', []);
    await expect(add('TAKEN', [])).rejects.toMatchObject({ code: 'CONFLICT' });
    const both = await Promise.allSettled([add('race', []), add('race', [])]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('needs the right, and gives nobody more than the giver has', async () => {
    await expect(add('x1', [], {}, callerOf('someone', 'identity.view'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const manager = callerOf('manager', 'identity.manage', 'tickets.view');
    await expect(add('x1', ['tickets.*'], {}, manager)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('tickets.*'),
    });
    await expect(add('x1', ['*'], {}, manager)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await add('x1', ['tickets.view'], {}, manager)).rights).toEqual(['tickets.view']);
  });

  test('a transaction that fails leaves neither operator, nor audit, nor event', async () => {
    const password = await hub.identity.hashPassword('long-enough');
    const failing = hub.identity.change(async (tx) => {
      await addOperator(tx, ROOT, { login: 'ghost', rights: [], password }, KNOWN);
      throw new Error('after all');
    });
    await expect(failing).rejects.toThrow('after all');
    await expect(findOperator(db.database.work, 'ghost')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await searchAudit(db.database.work, { object: 'ghost' })).items).toEqual([]);
    expect(await eventsAbout('ghost')).toEqual([]);
  });
});

describe('changing', () => {
  test('says what was and what is, of the changed fields only', async () => {
    await add('petrov', ['tickets.view'], { email: 'p@example.org' });
    const changed = await change(ROOT, 'petrov', { displayName: 'Пётр', email: '', rights: ['tickets.manage'], locale: 'ru' });
    expect(changed).toMatchObject({ displayName: 'Пётр', email: undefined, rights: ['tickets.manage'], version: 2 });
    const { items } = await searchAudit(db.database.work, { object: 'petrov', action: 'identity.operator.change' });
    expect(items[0]).toMatchObject({
      before: { displayName: 'petrov', email: 'p@example.org', rights: ['tickets.view'] },
      after: { displayName: 'Пётр', email: null, rights: ['tickets.manage'] },
    });
    expect((await eventsAbout('petrov')).at(-1)?.data).toEqual({ login: 'petrov', fields: ['displayName', 'email', 'rights'] });
  });

  test('of nothing is no change', async () => {
    await add('same', ['tickets.view']);
    expect((await change(ROOT, 'same', { rights: ['tickets.view'], enabled: true, displayName: 'same' })).version).toBe(1);
    expect((await searchAudit(db.database.work, { object: 'same' })).items).toHaveLength(1);
  });

  test('from an old version is refused; of two changes from one version one wins', async () => {
    await add('versions', []);
    await change(ROOT, 'versions', { displayName: 'one', version: 1 });
    await expect(change(ROOT, 'versions', { displayName: 'two', version: 1 })).rejects.toMatchObject({
      code: 'STALE_VERSION',
      message: expect.stringContaining('version 2'),
    });
    const both = await Promise.allSettled(['three', 'four'].map((displayName) => change(ROOT, 'versions', { displayName, version: 2 })));
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await findOperator(db.database.work, 'versions')).version).toBe(3);
  });

  test('nobody changes their own rights or disables or removes themselves; their own name they may', async () => {
    await hub.operator('selfish', 'identity.manage', 'tickets.view');
    const selfish = callerOf('selfish', 'identity.manage', 'tickets.view');
    await expect(change(selfish, 'selfish', { rights: ['identity.manage'] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('own rights'),
    });
    await expect(change(selfish, 'SELFISH', { enabled: false })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(remove(selfish, 'selfish')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await change(selfish, 'selfish', { displayName: 'Me' })).displayName).toBe('Me');
  });

  test('who may do more is out of reach for who may do less: name, password, disabling, removing', async () => {
    await hub.operator('chief', 'tickets.*');
    const clerk = callerOf('clerk', 'identity.manage', 'tickets.view');
    const password = await hub.identity.hashPassword('taken-over');
    for (const attempt of [
      () => change(clerk, 'chief', { enabled: false }),
      () => change(clerk, 'chief', { displayName: 'x' }),
      () => remove(clerk, 'chief'),
      () => hub.identity.change((tx) => setPassword(tx, clerk, 'chief', password)),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  test('who is not there cannot be changed', async () => {
    await expect(change(ROOT, 'nobody', {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(remove(ROOT, 'nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(change(ROOT, 'no body', {})).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});

describe('the last administrator', () => {
  test('stays: not disabled, not stripped of *, not removed; a disabled second one does not count', async () => {
    await hub.operator('second', '*');
    await change(ROOT, 'second', { enabled: false });
    for (const attempt of [
      () => change(ROOT, 'root', { enabled: false }),
      () => change(ROOT, 'root', { rights: ['tickets.*'] }),
      () => remove(ROOT, 'root'),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('last administrator') });
    }
    await change(ROOT, 'second', { enabled: true });
    expect((await change(ROOT, 'root', { enabled: false })).enabled).toBe(false);
    await expect(remove(ROOT, 'second')).rejects.toMatchObject({ code: 'CONFLICT' });
    await change(ROOT, 'root', { enabled: true });
    await remove(ROOT, 'second');
  });

  test('stays also when two administrators disable each other on two hubs at once, twenty times', async () => {
    const other = anotherHub(db.url);
    const elsewhere = createIdentity({ database: other, knownRights: KNOWN });
    try {
      await hub.operator('twin', '*');
      for (let round = 0; round < 20; round += 1) {
        const both = await Promise.allSettled([
          change(callerOf('twin', '*'), 'root', { enabled: false }),
          elsewhere.change((tx) => changeOperator(tx, callerOf('root', '*'), 'twin', { enabled: false }, elsewhere.rights)),
        ]);
        expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        await change(ROOT, 'root', { enabled: true });
        await change(ROOT, 'twin', { enabled: true });
      }
      await remove(ROOT, 'twin');
    } finally {
      await other.close();
    }
  });
});

describe('listing', () => {
  test('is paged by login and searched by part of login or name', async () => {
    for (const login of ['page-a', 'page-b', 'page-c']) await add(login, [], { displayName: `Список ${login}` });
    const first = await listOperators(db.database.work, { q: 'page-', limit: 2 });
    expect(first.items.map(({ login }) => login)).toEqual(['page-a', 'page-b']);
    const second = await listOperators(db.database.work, { q: 'page-', limit: 2, after: first.next });
    expect(second.items.map(({ login }) => login)).toEqual(['page-c']);
    expect(second.next).toBeUndefined();
    expect((await listOperators(db.database.work, { q: 'СПИСОК PAGE-B' })).items.map(({ login }) => login)).toEqual(['page-b']);
    expect((await listOperators(db.database.work, { q: '%' })).items).toEqual([]);
    expect(Object.keys(first.items[0] ?? {})).not.toContain('passwordHash');
  });
});
