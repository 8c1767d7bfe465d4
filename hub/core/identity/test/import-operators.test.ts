import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type ImportedOperator, importOperators } from '../import-operators.ts';
import { findOperator } from '../list-operators.ts';
import { callerOf, ROOT, type TestHub, testHub } from './support/hub.ts';

/** Directories of other systems, whose passwords are known by their MD5 alone (spec billing 10.1). */
let db: TestDatabase;
let hub: TestHub;
beforeAll(async () => {
  db = await createTestDatabase();
  hub = testHub(db.database);
  await hub.operator('root', '*');
});
afterAll(async () => {
  await hub.identity.stop();
  await db.drop();
});

const md5 = (password: string): string => createHash('md5').update(password).digest('hex').toUpperCase();
const one = (login: string, more: Partial<ImportedOperator> = {}): ImportedOperator => ({
  line: 1,
  login,
  rights: ['tickets.view'],
  passwordMd5: md5(`${login}-old`),
  ...more,
});
const bring = (operators: ImportedOperator[], apply = true, caller = ROOT) =>
  importOperators({ database: db.database, identity: hub.identity }, caller, operators, apply);

test('operators come with name, rights and password; a trial changes nothing and a repeat finds them there', async () => {
  const all = [one('kassa1', { displayName: 'Касса 1', email: 'k1@example.com' }), one('Kassa2', { line: 2 })];
  expect(await bring(all, false)).toEqual([
    { line: 1, login: 'kassa1', outcome: 'added' },
    { line: 2, login: 'Kassa2', outcome: 'added' },
  ]);
  await expect(findOperator(db.database.work, 'kassa1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await bring(all)).map(({ outcome }) => outcome)).toEqual(['added', 'added']);
  expect(await findOperator(db.database.work, 'kassa1')).toMatchObject({
    displayName: 'Касса 1',
    email: 'k1@example.com',
    rights: ['tickets.view'],
  });
  expect(await hub.identity.authenticateBasic('kassa2', 'Kassa2-old', '192.0.2.1')).toMatchObject({ login: 'kassa2' });
  expect((await bring(all.map((operator) => ({ ...operator, passwordMd5: md5('another') })))).map(({ outcome }) => outcome)).toEqual([
    'present',
    'present',
  ]);
  expect(await hub.identity.authenticateBasic('kassa1', 'kassa1-old', '192.0.2.1')).toMatchObject({ login: 'kassa1' });
});

test('what is wrong with one stands in its line, and the others come', async () => {
  const lines = await bring([
    one('касса'),
    one('no-hash', { line: 2, passwordMd5: 'secret' }),
    one('rights', { line: 3, rights: ['nothing.known'] }),
    one('good', { line: 4 }),
    one('GOOD', { line: 5 }),
    one('mail', { line: 6, email: 'nowhere' }),
  ]);
  expect(lines.map(({ line, outcome }) => [line, outcome])).toEqual([
    [1, 'failed'],
    [2, 'failed'],
    [3, 'failed'],
    [4, 'added'],
    [5, 'failed'],
    [6, 'failed'],
  ]);
  expect(lines[1]?.why).toMatch(/32 hexadecimal digits/);
  expect(lines[1]?.why).not.toContain('secret');
  expect(lines[4]?.why).toBe('the login good stands in an earlier line, too');
});

test('nobody brings in somebody who may do more than they', async () => {
  const clerk = callerOf('root', 'identity.manage', 'tickets.view');
  expect(await bring([one('boss', { rights: ['*'] })], true, clerk)).toMatchObject([{ outcome: 'failed' }]);
  await expect(bring([one('x')], true, callerOf('root', 'tickets.view'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
