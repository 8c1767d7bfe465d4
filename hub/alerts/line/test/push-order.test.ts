import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../../core/database/statement.ts';
import { publish } from '../../../core/events/publish.ts';
import { addPerson } from '../../add-person.ts';
import { addTask } from '../../add-task.ts';
import { changeTask } from '../../change-task.ts';
import { deleteTask } from '../../delete-task.ts';
import { RESULT } from '../../result.ts';
import { startRun } from '../../start-run.ts';
import { stopRun } from '../../stop-run.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData, workingChannel } from './support/standard-data.ts';

/** In which order a session is told what came while it was being answered, or was done by itself. */
let bench: LineBench;
let busy: LineClient;
let idle: LineClient;
beforeAll(async () => {
  bench = await openLineBench();
  await standardData(bench);
  await workingChannel(bench, 4, 'Почта');
  await bench.write((tx, act) => addTask(tx, act, { type: 3, name: 'Другое', list_id: 1, message_id: 1 }));
  await bench.rows(
    `INSERT INTO alerts_run (run_id, task_id, number, type, status, priority, channels, frozen, initiator, total)
     OVERRIDING SYSTEM VALUE VALUES (7, 2, 1, 3, 4, 1, '', '{"task":"x"}', '{}', 1)`,
  );
  await bench.operator('viewer', ['alerts.view']);
});
beforeEach(async () => {
  for (const client of [busy, idle]) client?.end();
  busy = await bench.client();
  idle = await bench.client();
});
afterAll(() => bench.stop());

const initiator = { login: 'x', how: 'rest', from: '' } as const;
const told = (line: RegExp) => idle.until(line);

/** Keeps a session at its request while something is done and told to the other one. @returns what the first is answered and told then */
async function meanwhile(
  body: () => Promise<unknown>,
  last: RegExp,
  { behind = [] as readonly string[], end = last } = {},
): Promise<string[]> {
  await bench.db.database.transaction(async (tx) => {
    // This lock needs no number of a transaction, so events are read meanwhile.
    await run(tx, 'LOCK TABLE identity_version IN EXCLUSIVE MODE');
    busy.say('USERDEL none', ...behind);
    const waits = `SELECT count(*)::int AS waits FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(() => bench.rows<{ waits: number }>(waits)).toEqual([{ waits: 1 }]);
    await body();
    await told(last);
  });
  return busy.until(end);
}

describe('what came while a session was being answered', () => {
  test('leaves in its order; of a status only the last, where it came', async () => {
    for (const client of [busy, idle]) await client.ask('MONITORING 1');
    const status = (number: number) => ({
      type: 'vestnik.alerts.task.status',
      subject: 'task/2',
      data: { task_id: 2, name: 'Т', type: 3, status: number, runs: 1, request_id: null },
    });
    const data = { run: 7, target: 1, person: 15, result: RESULT.confirmed, attempts: 1, address: 'a@example.org', channel: 1 };
    const lines = await meanwhile(
      () =>
        bench.db.database.transaction(async (tx) => {
          await publish(tx, status(2));
          await publish(tx, { type: 'vestnik.alerts.target.result', subject: '7.1', data });
          await publish(tx, status(4));
          await publish(tx, { type: 'vestnik.alerts.run.finished', subject: 'run/7', data: { run: 7, task_id: 2, number: 1 } });
        }),
      /^REPORTREADY/,
    );
    const kinds = lines.filter((line) => !line.startsWith('GETTASKINFO OK ')).map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(kinds).toEqual(['USERDEL ERR_USERDEL', 'GETTASKINFO ABON', 'UPDATETASK OK', 'REPORTREADY 2']);
    expect(lines.find((line) => line.startsWith('UPDATETASK'))).toBe('UPDATETASK OK 2 Т 3 4');
  });

  test('that a task came and went is told, however often it was changed between', async () => {
    for (const client of [busy, idle]) await client.ask('MONITORING 8');
    let id = 0;
    const lines = await meanwhile(async () => {
      ({ id } = await bench.write((tx, act) => addTask(tx, act, { type: 3, name: 'Новое', list_id: 1, message_id: 1 })));
      await told(/^ADDTASK/);
      await bench.write((tx, act) => changeTask(tx, act, { id, change: { name: 'Раз' } }));
      await told(/^UPDATETASK OK \d+ Раз /);
      await bench.write((tx, act) => changeTask(tx, act, { id, change: { name: 'Два' } }));
      await told(/^UPDATETASK OK \d+ Два /);
      await bench.write((tx, act) => deleteTask(tx, act, id));
    }, /^DELTASK/);
    expect(lines.slice(1)).toEqual([`ADDTASK OK ${id} Новое 3 0`, `UPDATETASK OK ${id} Два 3 0`, `DELTASK OK ${id}`]);
  });

  test('leaves between two requests, however many wait', async () => {
    const behind = Array.from({ length: 40 }, (_, at) => `PING ${at}`);
    const disable = () => bench.write((tx, act) => changeTask(tx, act, { id: 2, change: { enabled: false } }));
    const lines = await meanwhile(disable, /^UPDATETASK/, { behind, end: /^PING OK 39$/ });
    expect(lines[0]).toMatch(/^USERDEL ERR_USERDEL /);
    expect(lines[1]).toBe('UPDATETASK OK 2 Другое 3 6');
    expect(lines).toHaveLength(42);
  });

  test('is nothing for whoever logs in behind it', async () => {
    for (const client of [busy, idle]) await client.ask('MONITORING 8');
    const add = () => bench.write((tx, act) => addPerson(tx, act, { group_id: 1, name: 'Тайный', pin: '4321' }));
    const lines = await meanwhile(add, /^ADDABONENT END/, { behind: [`LOGIN viewer ${PASSWORD}`], end: /^HASP / });
    // It is told to the one who was there when it happened.
    expect(lines.map((line) => line.split(' ', 2).join(' '))).toEqual([
      'USERDEL ERR_USERDEL',
      'ADDABONENT OK',
      'ADDABONENT END',
      'LOGIN OK',
      'HASP 1',
    ]);
    await add();
    await told(/^ADDABONENT END/);
    expect(await busy.ask('PING end')).toBe('PING OK end');
  });
});

describe('what others did to a task before', () => {
  test('a stop before the own start is not told behind its answer', async () => {
    await bench.write((tx, act) => startRun(tx, act, 1, { restart: true, initiator }));
    await told(/^UPDATETASK OK 1 \S+ 3 2$/);
    await bench.write((tx, act) => stopRun(tx, act, 1));
    busy.heard();
    expect(await busy.ask('STARTTASK 1 1')).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 2');
    const all = await told(/^UPDATETASK OK 1 \S+ 3 2$/);
    expect(all).toEqual(['UPDATETASK OK 1 Сбор%20дежурных 3 3', 'UPDATETASK OK 1 Сбор%20дежурных 3 2']);
    await bench.write((tx, act) => stopRun(tx, act, 1));
    expect(await busy.line()).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 3');
  });

  test('nobody is told of a task behind the answer that it is deleted', async () => {
    const { id } = await bench.write((tx, act) => addTask(tx, act, { type: 3, name: 'Лишнее', list_id: 1, message_id: 1 }));
    await bench.write((tx, act) => startRun(tx, act, id, { restart: true, initiator }));
    await bench.write((tx, act) => stopRun(tx, act, id));
    expect(await busy.ask(`DELTASK ${id}`)).toBe(`DELTASK OK ${id}`);
    await bench.write((tx, act) => startRun(tx, act, 1, { restart: true, initiator }));
    expect(await busy.line()).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 2');
    await bench.write((tx, act) => stopRun(tx, act, 1));
    // So that nothing of it is left for the next test.
    expect(await busy.line()).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 3');
  });
});

describe('rights that are gone', () => {
  test('count at once for pushes, although the session says nothing', async () => {
    await bench.operator('watcher', ['alerts.view', 'alerts.directory']);
    const watcher = await bench.client('watcher');
    await watcher.ask('MONITORING 8');
    expect(await idle.ask('MONITORING 8')).toBe('MONITORING OK 8');
    const add = (name: string) => bench.write((tx, act) => addPerson(tx, act, { group_id: 1, name, pin: '4321' }));
    await add('Раз');
    expect((await watcher.until(/^ADDABONENT END/)).join('\n')).toContain(' 4321 ');
    await told(/^ADDABONENT END/);
    expect(await idle.ask('USERCHG watcher  W 3 0')).toBe('USERCHG OK watcher W 3 0');
    await add('Два');
    await told(/^ADDABONENT END/);
    expect(await watcher.ask('PING still')).toBe('PING OK still');
    expect(await watcher.ask('GETGROUPS')).toMatch(/^GETGROUPS ERR_NOACCESS /);
  });
});
