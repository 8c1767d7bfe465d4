import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIdentity, type Identity } from '../../core/identity/identity.ts';
import { saveOperator } from '../save-operator.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

/** Operators as programs of the original save them: with the MD5 of a password (spec billing 10.1, catalogue admin/UserUpdate). */
let bench: BillingBench;
let identity: Identity;
beforeAll(async () => {
  bench = await openBilling();
  identity = createIdentity({ database: bench.database, knownRights: {} });
});
afterAll(async () => {
  await identity.stop();
  await bench.stop();
});

const md5 = (password: string): string => createHash('md5').update(password).digest('hex').toUpperCase();
const save = (input: Parameters<typeof saveOperator>[2]) => bench.write((tx, act) => saveOperator(tx, act, input));
const refused = (input: Parameters<typeof saveOperator>[2], more = {}) => bench.refused((tx, act) => saveOperator(tx, act, input), more);
const login = (name: string, password: string) => identity.authenticateBasic(name, password, '192.0.2.1');
const hashOf = async (id: number): Promise<string> =>
  (await bench.rows<{ hash: string }>(`SELECT password_hash AS hash FROM operator WHERE operator_id = ${id}`))[0]?.hash ?? '';

test('a new one logs in with the password whose MD5 was sent, and has no right', async () => {
  const id = await save({ login: 'Kassa', name: 'Касса', description: 'окно 3', passwordMd5: md5('кассовый') });
  expect(await hashOf(id)).toMatch(/^\$argon2id-of-md5\$/);
  expect(await login('kassa', 'кассовый')).toMatchObject({ operatorId: id, displayName: 'Касса', rights: [] });
  await identity.stop();
  expect(await hashOf(id)).toMatch(/^\$argon2id\$/);
  expect(await bench.rows(`SELECT description, groups::int FROM billing_operator WHERE operator_id = ${id}`)).toEqual([
    { description: 'окно 3', groups: 0 },
  ]);
});

test('changing one: name, description and password by themselves; what is absent stays', async () => {
  const id = await save({ login: 'mira', name: 'Мира', passwordMd5: md5('first-one') });
  await save({ id, name: 'Мира Б.', login: 'MIRA', passwordMd5: '' });
  expect(await login('mira', 'first-one')).toMatchObject({ displayName: 'Мира Б.' });
  await save({ id, description: 'ушла в отпуск' });
  await save({ id, passwordMd5: md5('second-one') });
  const fresh = createIdentity({ database: bench.database, knownRights: {} });
  await expect(fresh.authenticateBasic('mira', 'first-one', '192.0.2.9')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await fresh.authenticateBasic('mira', 'second-one', '192.0.2.9')).toMatchObject({ displayName: 'Мира Б.' });
  await fresh.stop();
  const audited = await bench.rows<{ action: string; text: string }>(
    `SELECT action, audit::text AS text FROM audit WHERE object = 'mira' ORDER BY id`,
  );
  expect(audited.map(({ action }) => action)).toEqual(['identity.operator.add', 'identity.operator.change', 'identity.operator.password']);
  for (const { text } of audited) expect(text).not.toMatch(new RegExp(`${md5('first-one')}|${md5('second-one')}|argon2`));
});

describe('refused', () => {
  test.each([
    ['without a password', { login: 'nobody' }, 'user_pswd'],
    ['with the password itself', { login: 'nobody', passwordMd5: 'secret-password' }, 'user_pswd'],
    ['without a login', { passwordMd5: md5('x') }, 'login'],
    ['with a login that nobody can have', { login: 'касса', passwordMd5: md5('x') }, 'login'],
    ['with a name of two lines', { login: 'nobody', name: 'a\nb', passwordMd5: md5('x') }, 'name'],
  ])('a new one %s', async (_, input, reason) => {
    expect(await refused(input)).toMatchObject({ code: 'BAD_REQUEST', reason });
    expect(await bench.rows(`SELECT FROM operator WHERE login = 'nobody'`)).toEqual([]);
  });

  test('a login that is taken, another login for somebody, nobody, and whoever may not', async () => {
    const id = await save({ login: 'taken', passwordMd5: md5('x') });
    expect(await refused({ login: 'taken', passwordMd5: md5('y') })).toMatchObject({ code: 'CONFLICT', reason: 'login' });
    expect(await refused({ id, login: 'other' })).toMatchObject({ code: 'BAD_REQUEST', reason: 'login' });
    expect(await refused({ id: 99_999, name: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
    const clerk = { caller: { ...bench.act().caller, rights: ['billing.action.admin.*'] } };
    expect(await refused({ id, passwordMd5: md5('z') }, clerk)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refused({ login: 'another', passwordMd5: md5('z') }, clerk)).toMatchObject({ code: 'FORBIDDEN' });
  });
});
