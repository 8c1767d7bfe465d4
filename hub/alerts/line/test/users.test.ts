import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../core/database/statement.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { openLineClient } from './support/line-client.ts';

let bench: LineBench;
let admin: LineClient;
beforeAll(async () => {
  bench = await openLineBench({ line: { sessionsPerLogin: 2 } });
  admin = await bench.client();
});
afterAll(() => bench.stop());

test('a user is added, listed, logs in, and is deleted', async () => {
  expect(await admin.ask(`USERADD Boris ${PASSWORD} Борис%20Ю. 5`)).toBe('USERADD OK boris Борис%20Ю. 5');
  expect(await admin.ask(`USERADD boris ${PASSWORD} B 5`)).toMatch(/^USERADD ERR_USERALREADY /);
  admin.say('USERS');
  const listed = await admin.until(/^USERS END$/);
  expect(listed[0]).toBe('USERS BEGIN 2');
  expect(listed[1]).toMatch(/^USERS DATA admin Анна 127 1 \d{4}-/);
  expect(listed[2]).toBe('USERS DATA boris Борис%20Ю. 5 1·');
  const boris = await bench.client('boris');
  expect(await boris.ask('GETTASK 7')).toMatch(/^GETTASK ERR_GETTASK /);
  expect(await admin.ask('USERDEL boris')).toBe('USERDEL OK boris');
  expect(await boris.ask('GETTASK 7')).toMatch(/^GETTASK ERR_NOACCESS /);
  expect(await admin.ask('USERDEL boris')).toMatch(/^USERDEL ERR_USERDEL /);
});

test.each([
  ['a short password', 'USERADD eve short E 1'],
  ['a login that none can be', `USERADD e%20v ${PASSWORD} E 1`],
  ['a login of Cyrillic letters, which the directory of operators does not have', `USERADD борис ${PASSWORD} E 1`],
  ['a login of 65 characters', `USERADD ${'e'.repeat(65)} ${PASSWORD} E 1`],
  ['an empty name', `USERADD eve ${PASSWORD}  1`],
  ['rights above 127', `USERADD eve ${PASSWORD} E 128`],
])('%s is refused', async (_, line) => {
  expect(await admin.ask(line)).toMatch(/^USERADD ERR_USERADD /);
});

test('rights that are no number are no rights', async () => {
  expect(await admin.ask(`USERADD eve ${PASSWORD} E abc`)).toMatch(/^USERADD ERR_BADSYNTAX /);
  expect(await admin.ask(`USERCHG admin  Анна -1`)).toMatch(/^USERCHG ERR_BADSYNTAX /);
});

test('changed rights count at the next command of an open session', async () => {
  await bench.operator('galya', ['alerts.view']);
  const galya = await bench.client('galya');
  expect(await galya.ask('ADDGROUP A x')).toMatch(/^ADDGROUP ERR_NOACCESS /);
  expect(await admin.ask('USERCHG galya  Галя 3')).toBe('USERCHG OK galya Галя 3 1');
  expect(await galya.ask('ADDGROUP A x')).toMatch(/^ADDGROUP OK /);
  expect(await admin.ask('USERCHG galya  Галя 3 0')).toBe('USERCHG OK galya Галя 3 0');
  expect(await galya.ask('GETGROUPS')).toMatch(/^GETGROUPS ERR_NOACCESS /);
  expect(await galya.ask(`LOGIN galya ${PASSWORD}`)).toMatch(/^LOGIN ERR_BADLOGIN /);
});

test('the own name and password without right 32, the own rights never', async () => {
  await bench.operator('dima', ['alerts.view']);
  const dima = await bench.client('dima');
  expect(await dima.ask('USERCHG dima Another-123 Дима 1')).toBe('USERCHG OK dima Дима 1 1');
  expect(await dima.ask('USERCHG dima  Дима 127')).toMatch(/^USERCHG ERR_NOACCESS /);
  expect(await dima.ask('USERCHG admin  Дима 1')).toMatch(/^USERCHG ERR_NOACCESS /);
  expect(await dima.ask('CHECKPASSW dima Another-123')).toBe('CHECKPASSW OK dima');
  expect(await admin.ask('USERCHG admin  Анна 1')).toMatch(/^USERCHG ERR_USERCHG /);
  expect(await admin.ask('USERCHG admin  Анна 127 0')).toMatch(/^USERCHG ERR_USERCHG /);
  expect(await admin.ask('USERCHG admin  Анна 127')).toBe('USERCHG OK admin Анна 127 1');
});

test('nobody gives or takes what they do not have', async () => {
  await bench.operator('manager', ['alerts.users', 'alerts.view']);
  const manager = await bench.client('manager');
  expect(await manager.ask(`USERADD weak ${PASSWORD} W 1`)).toBe('USERADD OK weak W 1');
  expect(await manager.ask(`USERADD strong ${PASSWORD} S 8`)).toMatch(/^USERADD ERR_NOACCESS /);
  expect(await manager.ask('USERDEL admin')).toMatch(/^USERDEL ERR_NOACCESS /);
  expect(await manager.ask('USERCHG admin Stolen-123 Анна 127')).toMatch(/^USERCHG ERR_NOACCESS /);
});

test('rights outside the alerts are not lost by a change of bits', async () => {
  await bench.operator('mixed', ['alerts.*', 'identity.view']);
  expect(await admin.ask('USERCHG mixed  M 127')).toBe('USERCHG OK mixed M 127 1');
  expect(await bench.rows("SELECT rights FROM operator WHERE login = 'mixed'")).toEqual([{ rights: ['alerts.*', 'identity.view'] }]);
  expect(await admin.ask('USERCHG mixed  M 1')).toBe('USERCHG OK mixed M 1 1');
  expect(await bench.rows("SELECT rights FROM operator WHERE login = 'mixed'")).toEqual([{ rights: ['alerts.view', 'identity.view'] }]);
});

test('a right that somebody else takes away meanwhile is not given back', async () => {
  await bench.operator('twice', ['alerts.view', 'identity.view']);
  const answer = await bench.db.database.transaction(async (tx) => {
    await run(tx, 'LOCK TABLE identity_version IN EXCLUSIVE MODE');
    // It has read the rights, and waits for its turn in the directory.
    admin.say('USERCHG twice  Т 3');
    const waits = `SELECT count(*)::int AS waits FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(() => bench.rows<{ waits: number }>(waits)).toEqual([{ waits: 1 }]);
    await run(tx, `UPDATE operator SET rights = '{alerts.view}', version = version + 1 WHERE login = 'twice'`);
    return () => admin.line();
  });
  expect(await answer()).toBe('USERCHG OK twice Т 3 1');
  expect(await bench.rows("SELECT rights FROM operator WHERE login = 'twice'")).toEqual([{ rights: ['alerts.directory', 'alerts.view'] }]);
});

test('sessions of a login are bounded', async () => {
  await bench.operator('many', ['alerts.view']);
  const sessions = [await bench.client('many'), await bench.client('many')];
  const third = await openLineClient(bench.server.address);
  expect(await third.ask(`LOGIN many ${PASSWORD}`)).toMatch(/^LOGIN ERR_NOACCESS /);
  sessions[0]?.end();
  await expect.poll(() => third.ask(`LOGIN many ${PASSWORD}`)).toMatch(/^LOGIN OK /);
  third.end();
});
