import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson } from '../../add-person.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData } from './support/standard-data.ts';

/** Runs as the line protocol tells them, and what is refused while one is under way (specification of alerts 3.4, 3.5). */
let bench: LineBench;
let admin: LineClient;
beforeAll(async () => {
  bench = await openLineBench();
  await standardData(bench);
  for (const name of ['Антон', 'Борис', 'Вера'])
    await bench.write((tx, act) => addPerson(tx, act, { group_id: 1, name, emails: [{ address: `p${name.length}@example.org` }] }));
  admin = await bench.client();
});
afterAll(() => bench.stop());

/** A run of task 1 with the targets that are told by `<person> <state> <result> <attempts>`. */
async function run(number: number, status: number, targets: readonly string[]): Promise<number> {
  const [made] = await bench.rows<{ id: number }>(
    `INSERT INTO alerts_run (task_id, number, type, status, priority, channels, frozen, initiator, started_at, total)
     VALUES (1, $1, 3, $2, 5, '', '{"task":"x"}', '{}', '2026-03-02 09:15:00+03', $3) RETURNING run_id AS id`,
    number,
    status,
    targets.length,
  );
  const id = made?.id ?? 0;
  for (const [at, target] of targets.entries()) {
    const [person = 0, state = '', result = 0, attempts = 0] = target.split(' ');
    await bench.rows(
      `INSERT INTO alerts_target (run_id, no, person_id, name, organization, department, rank, position, description, addresses, state, result, attempts, last_at, address, channel)
       VALUES ($1, $2, $3, 'x', '', '', '', '', '', '{a@example.org}', $4, $5, $6::smallint, CASE WHEN $6::smallint > 0 THEN timestamptz '2026-03-02 09:16:00+03' END,
         CASE WHEN $6::smallint > 0 THEN 'a@example.org' ELSE '' END, CASE WHEN $6::smallint > 0 THEN 3 END)`,
      id,
      at + 1,
      Number(person),
      state,
      Number(result),
      Number(attempts),
    );
    if (state === 'f') await bench.rows('INSERT INTO alerts_run_count VALUES ($1, 0, $2, 1) ON CONFLICT DO NOTHING', id, Number(result));
  }
  await bench.rows('UPDATE alerts_task SET status = $1, runs = $2 WHERE task_id = 1', status, number);
  return id;
}

async function info(line: string): Promise<string[]> {
  admin.say(line);
  return admin.until(/^GETTASKINFO (END|ERR_.*)$/);
}

test('GETTASKINFO: a task that never ran, the last run, an earlier one, one that there is not', async () => {
  expect((await info('GETTASKINFO 1'))[0]).toMatch(/^GETTASKINFO ERR_TASKNOTRUNNING /);
  await run(1, 4, ['1 f 2 1', '2 f 6 2', '3 f 10 0']);
  await run(2, 2, ['1 f 3 1', '2 u 0 1', '3 r 0 0']);
  expect(await info('GETTASKINFO 1')).toEqual([
    'GETTASKINFO BEGIN 1 2 2 2026-03-02T09:15:00 3 1 0 1 0 2',
    'GETTASKINFO DATA 1 2 1 3 1 2026-03-02T09:16:00 a@example.org 3',
    'GETTASKINFO DATA 1 2 2 1 1 2026-03-02T09:16:00 a@example.org 3',
    'GETTASKINFO DATA 1 2 3 0 0  ·',
    'GETTASKINFO END',
  ]);
  expect(await info('GETTASKINFO 1 1')).toEqual([
    'GETTASKINFO BEGIN 1 1 4 2026-03-02T09:15:00 3 3 1 0 2 0',
    'GETTASKINFO DATA 1 1 1 2 1 2026-03-02T09:16:00 a@example.org 3',
    'GETTASKINFO DATA 1 1 2 6 2 2026-03-02T09:16:00 a@example.org 3',
    'GETTASKINFO DATA 1 1 3 10 0  ·',
    'GETTASKINFO END',
  ]);
  expect((await info('GETTASKINFO 1 3'))[0]).toMatch(/^GETTASKINFO ERR_GETTASK /);
  expect((await info('GETTASKINFO 9'))[0]).toMatch(/^GETTASKINFO ERR_GETTASK /);
  expect((await info('GETTASKINFO 1 x'))[0]).toMatch(/^GETTASKINFO ERR_BADSYNTAX /);
});

test('UPDATETASK of a task that runs: type, list and message stay, the rest is taken; priority and channels count for the run at once', async () => {
  await admin.ask('ADDLIST Другой x');
  await admin.ask('ADDMESSAGE 3 Другой   Текст');
  const values = '3 2 Сбор%20дежурных 1 1 5  0 0 0 0 0';
  for (const [place, value] of [
    [0, '2'],
    [3, '2'],
    [4, '2'],
  ] as const)
    expect(await admin.ask(`UPDATETASK 1 ${values.split(' ').with(place, value).join(' ')}·`), value).toMatch(
      /^UPDATETASK ERR_UPDATETASK /,
    );
  expect(await admin.ask('UPDATETASK 1 3 2 Иначе 1 1 2 0010 0;w=08:00-20:00 0 0 0 0 rounds=2')).toBe('UPDATETASK OK 1 Иначе 3 2');
  expect(await bench.rows('SELECT priority, channels FROM alerts_run ORDER BY number')).toEqual([
    { priority: 5, channels: '' },
    { priority: 2, channels: '0010' },
  ]);
  expect(await admin.ask('GETTASK 1')).toBe('GETTASK OK 1 3 Иначе 1 1 2 0010 0;w=08:00-20:00 0 0 0 0 rounds=2');
  expect(await admin.ask('DELTASK 1')).toMatch(/^DELTASK ERR_ADDTASK не%20удалось%20удалить%20задание\.$/);
});

test('DELABONENTS: refused for all while one of them is being called; what is queued for others ends as cancelled', async () => {
  await bench.rows(
    `INSERT INTO alerts_attempt (run_id, no, person_id, round, at, address, group_id, call)
     SELECT run_id, 2, 2, 1, 0, '+79160000000', 1, true FROM alerts_run WHERE number = 2`,
  );
  expect(await admin.ask('DELABONENTS 2,3')).toMatch(/^DELABONENTS ERR_DELABONENTS /);
  expect(await admin.ask('GETABONENT 3')).toBe('GETABONENT BEGIN');
  await admin.until(/^GETABONENT END$/);
  expect(await admin.ask('DELABONENTS 3,3')).toBe('DELABONENTS OK 3');
  expect(await admin.ask('GETABONENT 3')).toMatch(/^GETABONENT ERR_GETABONENT /);
  expect((await info('GETTASKINFO 1')).at(-2)).toMatch(/^GETTASKINFO DATA 1 2 3 12 0 \S{19} ·$/);
});

test('a task that was disabled while it ran is disabled once it is stopped: its status, said back, does not enable it', async () => {
  expect(await admin.ask('UPDATETASK 1 3 6 Иначе 1 1 2 0010 0;w=08:00-20:00 0 0 0 0 rounds=2')).toBe('UPDATETASK OK 1 Иначе 3 2');
  expect(await admin.ask('STOPTASK 1')).toBe('UPDATETASK OK 1 Иначе 3 6');
  expect((await info('GETTASKINFO 1'))[0]).toMatch(/^GETTASKINFO BEGIN 1 2 3 /);
});
