import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { type AlertsBench, alertsBench } from './support/alerts-bench.ts';
import { type AlertsRest, alertsRest } from './support/alerts-rest.ts';

let bench: AlertsBench;
let rest: AlertsRest;
beforeAll(async () => {
  bench = await alertsBench();
  rest = await alertsRest(bench);
});
afterAll(async () => {
  await rest.stop();
  await bench.end();
});
afterEach(() => {
  process.exitCode = undefined;
});

const check = async (task: number) => (await rest.send('GET', `/tasks/${task}/check`, { as: 'alerts.view' })).json;
const alerts = moduleCommands('alerts', addCommands, () => ({ database: bench.db.database, secretKey: bench.act.secretKey }));

test('whom a start would not reach: excluded, without an address, without a PIN; members of groups count once', async () => {
  const list = await bench.list([
    { name: 'Fine', phones: ['+79160000001'] },
    { name: 'No PIN', phones: ['+79160000002'] },
    { name: 'Mail only', emails: ['a@example.org'] },
    { name: 'Away', phones: ['+79160000003'] },
    { name: 'Back again' },
  ]);
  await bench.rows(`UPDATE alerts_person SET pin = 'x' WHERE name = 'Fine'`);
  await bench.rows(`UPDATE alerts_person SET excluded_from = now() - interval '1 day' WHERE name = 'Away'`);
  await bench.rows(`UPDATE alerts_person SET excluded_until = now() - interval '1 day' WHERE name = 'Back again'`);
  const [group] = await bench.rows<{ group_id: number }>(`INSERT INTO alerts_group (name) VALUES ('Linked') RETURNING group_id`);
  const id = group?.group_id ?? 0;
  await bench.rows(`INSERT INTO alerts_person (group_id, name, remote) VALUES ($1, 'Server', 1), ($1, 'Nothing', 0)`, id);
  await bench.rows(`UPDATE alerts_person SET group_id = $1 WHERE name = 'Fine'`, id);
  await bench.rows('INSERT INTO alerts_list_group VALUES ($1, $2)', list, id);
  const nobody = { refusal: null, running: false, people: 7, excluded: 1 };
  expect(await check(await bench.task(list))).toEqual({ ...nobody, without_address: 3, without_pin: 0, proof: false });
  const task = await bench.task(list, { confirmation: { kind: 'pin' } });
  expect(await check(task)).toMatchObject({ ...nobody, without_address: 3, without_pin: 1 });
  expect(await check(await bench.task(list, { type: 3 }))).toMatchObject({ ...nobody, without_address: 4 });
  // What it says is what the start says then.
  const started = await rest.send('POST', `/tasks/${task}/start`, { body: {} });
  expect(started.json.warnings).toEqual({ without_address: 3, without_pin: 1 });
  expect(await check(task)).toMatchObject({ running: true });
  expect(await alerts(['task', 'check', task])).toBe(
    `task ${task} runs already\npeople 7, excluded now 1, without an address that fits 3, without the PIN that is asked for 1\n`,
  );
});

test('why it would be refused, and whether the password is asked for; nothing is started', async () => {
  const task = await bench.task(await bench.list([]), { channels: '0' });
  expect(await check(task)).toMatchObject({ refusal: { reason: 'no_channel', russian: expect.stringMatching(/канала/) }, people: 0 });
  expect(process.exitCode).toBeUndefined();
  expect(await alerts(['task', 'check', task], 'ru')).toMatch(/^задание \d+ нельзя запустить: нет работающего канала/);
  expect(process.exitCode).toBe(1);
  process.exitCode = undefined;
  const fine = await bench.task(await bench.list([]));
  await rest.send('PUT', '/settings/confirmStart', { body: { value: 'yes' } });
  expect(await check(fine)).toMatchObject({ refusal: null, proof: true });
  expect(await alerts(['task', 'check', fine])).toMatch(/can be started\n.*\nthe password is asked for: --operator LOGIN\n$/);
  expect(JSON.parse(await alerts(['task', 'check', fine, '--json']))).toMatchObject({ refusal: null, proof: true });
  expect(process.exitCode).toBeUndefined();
  await rest.send('PUT', '/settings/confirmStart', { body: { value: 'no' } });
  expect(await bench.rows('SELECT run_id FROM alerts_run WHERE task_id IN ($1, $2)', task, fine)).toEqual([]);
  expect(await check(999_999)).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_task', lineCode: 'ERR_GETTASK' });
});
