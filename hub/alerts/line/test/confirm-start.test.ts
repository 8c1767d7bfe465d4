import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentity } from '../../../core/identity/identity.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';
import { standardData, workingChannel } from './support/standard-data.ts';

let bench: LineBench;
beforeAll(async () => {
  bench = await openLineBench({ alerts: { confirmStart: 'yes' } });
  await standardData(bench);
  await workingChannel(bench, 4, 'Mail');
  // Without the right to view nothing is pushed between the answers.
  await bench.operator('anna', ['alerts.start', 'alerts.channels']);
  await bench.operator('boris', ['alerts.start']);
});
afterAll(() => bench.stop());

const REFUSED = 'STARTTASK ERR_NOACCESS У%20вас%20нет%20прав%20для%20данной%20операции.';

test('a start needs a CHECKPASSW of the own password in the session', async () => {
  const anna = await bench.client('anna');
  expect(await anna.ask('STARTTASK 1 1')).toBe(REFUSED);
  expect(await anna.ask('CHECKPASSW anna wrong')).toMatch(/^CHECKPASSW ERR_CHECKPASSW /);
  expect(await anna.ask('STARTTASK 1 1')).toBe(REFUSED);
  expect(await anna.ask(`CHECKPASSW boris ${PASSWORD}`)).toBe('CHECKPASSW OK boris');
  expect(await anna.ask('STARTTASK 1 1')).toBe(REFUSED);
  expect(await bench.rows('SELECT run_id FROM alerts_run')).toEqual([]);
  expect(await anna.ask(`CHECKPASSW ANNA ${PASSWORD}`)).toBe('CHECKPASSW OK ANNA');
  expect(await anna.ask('STARTTASK 1 1')).toMatch(/^UPDATETASK OK 1 /);
  // The proof is that of the session, and of its user.
  const other = await bench.client('anna');
  expect(await other.ask('STARTTASK 1 0')).toBe(REFUSED);
  anna.say(`LOGIN boris ${PASSWORD}`);
  await anna.lines(2);
  expect(await anna.ask('STARTTASK 1 1')).toBe(REFUSED);
  expect(await other.ask('STOPTASK 1')).toMatch(/^UPDATETASK OK 1 /);
});

test('the setting counts at once, and what is on the line without it stays as it was', async () => {
  const anna = await bench.client('anna');
  expect(await anna.ask('SETCONFIG confirmStart no')).toBe('SETCONFIG OK confirmStart no');
  expect(await anna.ask('STARTTASK 1 1')).toMatch(/^UPDATETASK OK 1 /);
  expect(await anna.ask('SETCONFIG confirmStart yes')).toBe('SETCONFIG OK confirmStart yes');
  expect(await anna.ask('STARTTASK 1 1')).toBe(REFUSED);
});

test('CHECKPASSW counts in the budget of LOGIN', async () => {
  const client = await bench.client('boris');
  for (let tries = 0; tries < 10; tries += 1) expect(await client.ask('CHECKPASSW nobody wrong')).toMatch(/ERR_CHECKPASSW/);
  // The tenth failure within a minute closes the address for logins that nobody has proved from there.
  const second = await bench.connect();
  await bench.operator('clara', ['alerts.view']);
  expect(await second.ask(`LOGIN clara ${PASSWORD}`)).toMatch(/^LOGIN ERR_BADLOGIN /);
  const fresh = createIdentity({ database: bench.db.database, knownRights: {}, sleep: async () => undefined });
  await expect(fresh.authenticateBasic('clara', PASSWORD, '127.0.0.1')).resolves.toMatchObject({ login: 'clara' });
  await fresh.stop();
});
