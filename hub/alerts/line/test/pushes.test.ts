import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publish } from '../../../core/events/publish.ts';
import { SYSTEM } from '../../../core/identity/caller.ts';
import { addGroup } from '../../add-group.ts';
import { addPerson } from '../../add-person.ts';
import { RESULT } from '../../result.ts';
import { startRun } from '../../start-run.ts';
import { stopRun } from '../../stop-run.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData, workingChannel } from './support/standard-data.ts';

let bench: LineBench;
let admin: LineClient;
let other: LineClient;
let viewer: LineClient;
beforeAll(async () => {
  bench = await openLineBench();
  await standardData(bench);
  await workingChannel(bench, 4, 'Почта');
  await bench.operator('viewer', ['alerts.view']);
  await bench.operator('nobody', []);
  admin = await bench.client();
  other = await bench.client();
  viewer = await bench.client('viewer');
});
afterAll(() => bench.stop());

const initiator = { login: 'x', how: 'rest', from: '' } as const;

describe('the status of tasks', () => {
  test('who starts is answered once, everybody else with right 1 is told', async () => {
    const nobody = await bench.client('nobody');
    admin.say('STARTTASK 1 1', 'PING behind');
    expect(await admin.lines(2)).toEqual(['UPDATETASK OK 1 Сбор%20дежурных 3 2', 'PING OK behind']);
    for (const client of [other, viewer]) expect(await client.line()).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 2');
    admin.say('STOPTASK 1');
    expect(await admin.line()).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 3');
    for (const client of [other, viewer]) expect(await client.line()).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 3');
    expect(admin.heard()).toEqual([]);
    expect(nobody.heard()).toEqual([]);
  });

  test('what changes nothing is answered and told to nobody', async () => {
    expect(await admin.ask('STOPTASK 1')).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 3');
    await bench.write((tx, act) => startRun(tx, act, 1, { restart: true, initiator }));
    // The next that others hear is the start through REST, not the stop before it.
    for (const client of [admin, other, viewer]) expect(await client.line()).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 2');
    expect(await admin.ask('STARTTASK 1 0')).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 2');
    await bench.write((tx, act) => stopRun(tx, act, 1));
    for (const client of [admin, other, viewer]) expect(await client.line()).toBe('UPDATETASK OK 1 Сбор%20дежурных 3 3');
  });
});

describe('MONITORING', () => {
  test('1: progress, results, and that the report is ready', async () => {
    expect(await viewer.ask('MONITORING 1')).toBe('MONITORING OK 1');
    const [run] = await bench.rows<{ run_id: number; number: number }>(
      'SELECT run_id, number FROM alerts_run WHERE task_id = 1 ORDER BY run_id DESC LIMIT 1',
    );
    const { run_id: runId = 0, number = 0 } = run ?? {};
    await bench.rows('UPDATE alerts_run SET total = 2 WHERE run_id = $1', runId);
    await bench.rows('INSERT INTO alerts_run_count VALUES ($1, 3, 3, 1), ($1, 4, 6, 1)', runId);
    await bench.db.database.transaction(async (tx) => {
      const data = { run: runId, target: 1, person: 15, result: RESULT.confirmed, attempts: 1, address: '+79161234567', channel: 3 };
      await publish(tx, { type: 'vestnik.alerts.target.result', subject: `${runId}.1`, data });
      await publish(tx, { type: 'vestnik.alerts.run.finished', subject: `run/${runId}`, data: { run: runId, task_id: 1, number } });
    });
    const lines = await viewer.lines(3);
    expect(lines[0]).toMatch(
      new RegExp(`^GETTASKINFO ABON 1 ${number} 15 3 1 \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d \\+79161234567 3$`),
    );
    expect(lines[1]).toBe(`REPORTREADY 1 ${number}`);
    expect(lines[2]).toMatch(new RegExp(`^GETTASKINFO OK 1 ${number} 3 \\S{19} 2 2 0 1 1 0$`));
    expect(await viewer.ask('MONITORING 0')).toBe('MONITORING OK 0');
  });

  test('2: a channel that changes', async () => {
    expect(await viewer.ask('MONITORING 2')).toBe('MONITORING OK 2');
    expect(await admin.ask('SETCHANINFO 1 1 Почта%202 window=7')).toBe('SETCHANINFO OK 1 1 Почта%202 host=127.0.0.1;window=7;secret=***');
    expect(await viewer.line()).toMatch(/^GETCHANINFO OK 1 4 Почта%202 1 1 {4}\S{19} 0 0 ·$/);
    await viewer.ask('MONITORING 0');
  });

  test('4: lines of the log from then on', async () => {
    expect(await admin.ask('MONITORING 4')).toBe('MONITORING OK 4');
    expect(await other.ask('MONITORING 8')).toBe('MONITORING OK 8');
    await bench.write((tx, act) => addGroup(tx, act, { name: 'Журнал' }));
    expect(await admin.line()).toMatch(/^GETLOG DATA \d\d:\d\d:\d\d info system Добавлена%20группа%20«Журнал»%20\(\d+\)$/);
    // The edit itself is told by another way; the next test must not hear of it.
    expect(await other.line()).toMatch(/^ADDGROUP OK \d+ Журнал·$/);
    for (const client of [admin, other]) await client.ask('MONITORING 0');
  });

  test('8: edits of others as their sessions were answered, PINs for those who may see them', async () => {
    expect(await other.ask('MONITORING 8')).toBe('MONITORING OK 8');
    expect(await viewer.ask('MONITORING 8')).toBe('MONITORING OK 8');
    expect(await admin.ask('MONITORING 8')).toBe('MONITORING OK 8');
    const told = async (request: readonly string[], expected: readonly string[]): Promise<void> => {
      admin.say(...request);
      const answered = await admin.lines(expected.length);
      const dated = (line: string) => line.replace(/\d{4}-\d\d-\d\dT\S+ \d{4}-\d\d-\d\dT\S+/, 'T T');
      expect(answered.map(dated)).toEqual(expected);
      expect((await other.lines(expected.length)).map(dated)).toEqual(expected);
      expect((await viewer.lines(expected.length)).map(dated)).toEqual(expected.map((line) => line.replace(' 4321 ', '  ')));
    };
    await told(['ADDGROUP Цех x'], ['ADDGROUP OK 3 Цех x']);
    await told(['UPDATEGROUP 3 Цех y'], ['UPDATEGROUP OK 3 Цех y']);
    await told(['ADDLIST Ночь x'], ['ADDLIST OK 2 Ночь x']);
    await told(
      ['ADDABONENT BEGIN', `ADDABONENT DATA 3 0 Петров    4321${' '.repeat(5)}·`, 'ADDABONENT PHONE 1 +79160000001 1', 'ADDABONENT END'],
      [`ADDABONENT OK 1 3 0 Петров 100   4321  T T${' '.repeat(4)}·`, 'ADDABONENT PHONE 1 +79160000001 1', 'ADDABONENT END'],
    );
    await told(['LISTADDABONENTS 2 1'], ['LISTADDABONENTS OK 2 1']);
    await told(['LISTADDGROUPS 2 3'], ['LISTADDGROUPS OK 2 3']);
    await told(['LISTDELABONENTS 2 1'], ['LISTDELABONENTS OK 2 1']);
    await told(['LISTCLEAR 2'], ['LISTCLEAR OK 2']);
    await told(['DELABONENTS 1'], ['DELABONENTS OK 1']);
    await told(['DELLIST 2'], ['DELLIST OK 2']);
    await told(['ADDMESSAGE 3 М   Текст'], ['ADDMESSAGE OK 2 3 М    Текст']);
    await told(['DELMESSAGE 2'], ['DELMESSAGE OK 2']);
    await told(['ADDTASK 3 0 Т 1 1 5  0 0 0 0 0·'], ['ADDTASK OK 2 Т 3 0']);
    await told(['DELTASK 2'], ['DELTASK OK 2']);
    // What nothing has changed was told to nobody: the next line is of the next edit.
    expect(await admin.ask('UPDATEGROUP 3 Цех y')).toBe('UPDATEGROUP OK 3 Цех y');
    const person = await bench.write((tx, act) => addPerson(tx, act, { group_id: 3, name: 'Из консоли', pin: '77' }));
    expect((await admin.lines(2))[0]).toMatch(new RegExp(`^ADDABONENT OK ${person.id} 3 0 Из%20консоли 100   77 `));
    expect((await viewer.lines(2))[0]).toMatch(new RegExp(`^ADDABONENT OK ${person.id} 3 0 Из%20консоли 100    `));
    for (const client of [admin, other, viewer]) client.say('MONITORING 0');
  });
});

test('pushes stand between complete answers, never inside a listing', async () => {
  const client = await bench.client();
  await client.ask('MONITORING 8');
  const groups = Array.from({ length: 40 }, (_, at) => `Отдел ${at}`);
  const adding = (async () => {
    for (const name of groups) await bench.db.database.transaction((tx) => addGroup(tx, { ...bench.act, caller: SYSTEM }, { name }));
  })();
  const listings = 60;
  client.say(...Array.from({ length: listings }, () => 'GETGROUPS'));
  await adding;
  client.say('PING last');
  const seen: string[] = [];
  while (
    seen.filter((line) => line.startsWith('ADDGROUP OK Отдел') || /^ADDGROUP OK \d+ Отдел/.test(line)).length < groups.length ||
    !seen.includes('PING OK last')
  )
    seen.push(await client.line());
  let inside = false;
  for (const line of seen) {
    if (line === 'GETGROUPS BEGIN') inside = true;
    else if (line === 'GETGROUPS END') inside = false;
    else if (inside) expect(line).toMatch(/^GETGROUPS DATA /);
    else expect(line).toMatch(/^(ADDGROUP OK |PING OK last)/);
  }
  expect(seen.filter((line) => line === 'GETGROUPS END')).toHaveLength(listings);
});
