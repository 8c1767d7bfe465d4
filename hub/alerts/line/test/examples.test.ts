import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMessage } from '../../add-message.ts';
import { saveFile } from '../../save-file.ts';
import { wav } from '../../test/support/wav.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';

/** The example sessions of the specification (3.13) at the wire. Ids and times that the database gives are set to those of the examples. */
let bench: LineBench;
let client: LineClient;
beforeAll(async () => {
  bench = await openLineBench({
    alerts: { licence: { present: 'yes', boards: 1, gsmModems: 2, dynamicTts: 'yes', email: 'yes', e1: 'no' } },
    line: { blockSilence: 200 },
    reportOf: async function* () {
      yield Buffer.from('<!doctype html>\n');
    },
  });
  await bench.write(async (tx, act) => {
    await saveFile(tx, act, { name: 'fire.wav', content: wav() });
    await addMessage(tx, act, { type: 0, name: 'Пожар', file: 'fire.wav' });
    await addMessage(tx, act, { type: 3, name: 'Сбор', text: 'Сбор' });
  });
  await bench.rows('UPDATE alerts_message SET message_id = 12 WHERE type = 0');
  await bench.rows(`INSERT INTO alerts_list (list_id, name) OVERRIDING SYSTEM VALUE VALUES (3, 'Цех 2')`);
  await bench.rows(`INSERT INTO alerts_group (group_id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'Охрана')`);
  await bench.rows(`SELECT setval(pg_get_serial_sequence('alerts_person', 'person_id'), 14)`);
  client = await bench.connect();
});
afterAll(() => bench.stop());

test('login, tasks, one task, an unknown task', async () => {
  client.say(`LOGIN admin ${PASSWORD}`);
  expect(await client.lines(2)).toEqual(['LOGIN OK Здравствуйте,%20Анна.%20Vestnik%201.0', 'HASP 1 1 2 1 1 0']);
  expect(
    await client.ask('ADDTASK 0 0 Пожар%20корпус%202 3 12 1 1111000 0;w=00:00-24:00 1;fire2;1 1;4711 0 2;t=10;n=3 rounds=3;ring=25'),
  ).toBe('ADDTASK OK 1 Пожар%20корпус%202 0 0');
  await bench.rows(`SELECT setval(pg_get_serial_sequence('alerts_task', 'task_id'), 6)`);
  expect(await client.ask('ADDTASK 2 0 Сбор%20дежурных 3 2 5  1;2099-01-01T09:00:00 0 0 0 0·')).toBe('ADDTASK OK 7 Сбор%20дежурных 2 1');
  client.say('GETTASKS', 'GETTASK 1', 'GETTASK 42');
  expect(await client.lines(6)).toEqual([
    'GETTASKS BEGIN 2',
    'GETTASKS DATA 1 Пожар%20корпус%202 0 0',
    'GETTASKS DATA 7 Сбор%20дежурных 2 1',
    'GETTASKS END',
    'GETTASK OK 1 0 Пожар%20корпус%202 3 12 1 1111000 0;w=00:00-24:00 1;fire2;1 1;4711 0 2;t=10;n=3 rounds=3;ring=25',
    'GETTASK ERR_GETTASK Задание%20не%20найдено.',
  ]);
});

const DATA = '1 0 Иванов%20И.И. 10   4321  АО%20«Заря» Охрана  Инженер·';
const TIMES = '2026-03-02T09:15:00 2026-03-02T09:15:00';
/** Times of now as those of the example. */
const dated = (line: string): string => line.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, TIMES);

test('a subscriber from a client that sends no END, and from one that does', async () => {
  client.say('ADDABONENT BEGIN', `ADDABONENT DATA ${DATA}`, 'ADDABONENT PHONE 1 +79161234567 1', 'ADDABONENT EMAIL ivanov@example.org');
  expect((await client.lines(3)).map(dated)).toEqual([
    `ADDABONENT OK 15 1 0 Иванов%20И.И. 10   4321  ${TIMES} АО%20«Заря» Охрана  Инженер·`,
    'ADDABONENT PHONE 1 +79161234567 1',
    'ADDABONENT EMAIL ivanov@example.org',
  ]);
  client.say(
    'UPDATEABONENT BEGIN 15',
    'UPDATEABONENT DATA 1 0 Иванов%20И.И. 10 2026-07-01 2026-07-14 4321  АО%20«Заря» Охрана  Инженер отпуск',
    'UPDATEABONENT PHONE 1 +79161234567 1',
    'UPDATEABONENT END',
  );
  expect((await client.lines(3)).map(dated)).toEqual([
    `UPDATEABONENT OK 15 1 0 Иванов%20И.И. 10 2026-07-01 2026-07-14 4321  ${TIMES} АО%20«Заря» Охрана  Инженер отпуск`,
    'UPDATEABONENT PHONE 1 +79161234567 1',
    'UPDATEABONENT END',
  ]);
});

test('a start that a second session sees, a stop, the report, the other spelling, the end', async () => {
  const second = await bench.client();
  expect(await second.ask('MONITORING 1')).toBe('MONITORING OK 1');
  // Calls come later: the run of the example is written down as one of them would be.
  await bench.rows(
    `INSERT INTO alerts_run (run_id, task_id, number, type, status, priority, channels, frozen, initiator, total)
     OVERRIDING SYSTEM VALUE VALUES (900, 1, 5, 0, 2, 1, '', '{"task":"x"}', '{}', 120)`,
  );
  await bench.rows('UPDATE alerts_task SET status = 2, runs = 5 WHERE task_id = 1');
  expect(await client.ask('STARTTASK 1 0')).toBe('UPDATETASK OK 1 Пожар%20корпус%202 0 2');
  expect(await client.ask('STOPTASK 1')).toBe('UPDATETASK OK 1 Пожар%20корпус%202 0 3');
  expect(await second.line()).toBe('UPDATETASK OK 1 Пожар%20корпус%202 0 3');
  expect(await second.line()).toMatch(/^GETTASKINFO OK 1 5 3 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d 120 0 0 0 0 120$/);
  client.say('GETREPORT 1 HTML', 'UPDATLIST 3 Цех%202 ночная', 'QUIT');
  expect(await client.closed()).toEqual([
    'GETREPORT BEGIN HTML',
    'GETREPORT DATA 3C21646F63747970652068746D6C3E0A',
    'GETREPORT END',
    'UPDATLIST OK 3 Цех%202 ночная',
    'QUIT OK',
  ]);
});
