import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Act } from '../act.ts';
import { addMessage } from '../add-message.ts';
import { addTask } from '../add-task.ts';
import { changeTask } from '../change-task.ts';
import { deleteList } from '../delete-list.ts';
import { deleteTask } from '../delete-task.ts';
import { listTasks, showTask } from '../list-tasks.ts';
import { previewSchedule } from '../preview-schedule.ts';
import { saveFile } from '../save-file.ts';
import type { NewTaskInput } from '../task.ts';
import { ALICE, type DirectoryBench, openDirectoryBench } from './support/directory-bench.ts';
import { wav } from './support/wav.ts';

let bench: DirectoryBench;
let list: number;
let text: number;
let sound: number;
beforeAll(async () => {
  bench = await openDirectoryBench({ poolSize: 8 });
  list = await bench.list();
  text = (await bench.write((tx, act) => addMessage(tx, act, { type: 3, name: 'Текст', text: 'Сбор' }))).id;
  await bench.write((tx, act) => saveFile(tx, act, { name: 'a.wav', content: wav() }));
  sound = (await bench.write((tx, act) => addMessage(tx, act, { type: 0, name: 'Звук', file: 'a.wav' }))).id;
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.events();
});

const VIEWER: Partial<Act> = { caller: { ...ALICE, rights: ['alerts.view'] } };
/** Noon of a Sunday in Moscow. */
const NOON: Partial<Act> = { now: Temporal.Instant.from('2026-11-22T09:00:00Z') };
const input = (more: object = {}): NewTaskInput =>
  ({ type: 2, name: 'Сбор дежурных', list_id: list, message_id: text, ...more }) as NewTaskInput;
const add = (more: object = {}, as: Partial<Act> = {}) => bench.write((tx, act) => addTask(tx, act, input(more)), as);
const refused = (more: object, as: Partial<Act> = {}) => bench.refused((tx, act) => addTask(tx, act, input(more)), as);
const change = (id: number, to: object, version?: number, as: Partial<Act> = {}) =>
  bench.write((tx, act) => changeTask(tx, act, { id, change: to, version }), as);
const refusedChange = (id: number, to: object, version?: number) =>
  bench.refused((tx, act) => changeTask(tx, act, { id, change: to, version }));
const DAILY = { start: { kind: 'weekly', days: [1, 2, 3, 4, 5], times: ['09:00', '18:30'] } };

describe('the life of a task', () => {
  test('added, changed under its version, deleted; its list may go then', async () => {
    const own = await bench.list();
    const made = await add({ list_id: own });
    expect(made).toMatchObject({
      type: 2,
      name: 'Сбор дежурных',
      list_id: own,
      message_id: text,
      priority: 5,
      channels: '',
      schedule: { start: { kind: 'none' }, windows: [], zone: null, late: null },
      confirmation: { kind: 'none', wait: null, tries: null, key: null, heard: null },
      settings: [],
      key_start: null,
      pin_start: null,
      sms_start: null,
      enabled: true,
      status: 0,
      runs: 0,
      next_start_at: null,
      version: 1,
    });
    expect(await change(made.id, { priority: 1 }, 1)).toMatchObject({ priority: 1, version: 2 });
    expect(await refusedChange(made.id, { priority: 2 }, 1)).toMatchObject({ code: 'STALE_VERSION' });
    expect(await bench.refused((tx, act) => deleteTask(tx, act, made.id, 1))).toMatchObject({ code: 'STALE_VERSION' });
    expect(await bench.refused((tx, act) => deleteList(tx, act, own))).toMatchObject({ reason: 'list_in_use' });
    await bench.write((tx, act) => deleteTask(tx, act, made.id, 2));
    for (const id of [made.id, 0, 2 ** 31]) {
      expect(await bench.refused((tx, act) => deleteTask(tx, act, id))).toMatchObject({ reason: 'unknown_task' });
      expect(await refusedChange(id, {})).toMatchObject({ reason: 'unknown_task' });
      await expect(showTask(bench.database.work, bench.act(), id)).rejects.toMatchObject({ reason: 'unknown_task' });
    }
    expect((await listTasks(bench.database.work, bench.act(), { limit: 1_000 })).items.map(({ id }) => id)).not.toContain(made.id);
    await bench.write((tx, act) => deleteList(tx, act, own));
    expect((await bench.events()).map(({ type, data }) => [type, data.status ?? null])).toEqual([
      ['list.added', null],
      ['task.added', 0],
      ['task.changed', 0],
      ['task.deleted', null],
      ['list.deleted', null],
    ]);
  });

  test('what is saved again as it was read is no change, whatever its fields', async () => {
    const made = await add({
      schedule: { ...DAILY, windows: [{ from: '08:00', to: '20:00' }], zone: 'Asia/Omsk', late: 5 },
      confirmation: { kind: 'code', key: '1234' },
      settings: [
        { key: 'rounds', value: '2' },
        { key: 'unknown', value: 'a', raw: 'unknown=\\a' },
      ],
      key_start: { input: 'door', front: 'closing' },
      pin_start: { pin: '112233', callers: ['+7916*'] },
      sms_start: { keyword: 'ТРЕВОГА', senders: [] },
    });
    const { id, status: _s, runs: _r, next_start_at: _n, next_local: _l, version: _v, created_at: _c, changed_at: _h, ...same } = made;
    await bench.events();
    expect(await change(id, same)).toEqual(made);
    expect(await bench.events()).toEqual([]);
    await bench.write((tx, act) => deleteTask(tx, act, id));
  });

  test('a start PIN is seen by those who edit tasks, and is nowhere else but sealed', async () => {
    const made = await add({ pin_start: { pin: '98765432', callers: [] } });
    expect(made.pin_start).toEqual({ pin: '98765432', callers: [] });
    expect((await showTask(bench.database.work, bench.act(VIEWER), made.id)).pin_start).toEqual({ pin: '', callers: [] });
    await change(made.id, { pin_start: { pin: '87654321' } });
    // A change by whoever must not see it leaves it alone.
    await change(made.id, { name: 'Иначе' }, undefined, VIEWER);
    expect((await showTask(bench.database.work, bench.act(), made.id)).pin_start).toEqual({ pin: '87654321', callers: [] });
    const traces = await bench.rows<{ text: string }>(
      `SELECT row_to_json(a)::text AS text FROM audit a UNION ALL SELECT row_to_json(e)::text FROM event e
       UNION ALL SELECT row_to_json(l)::text FROM alerts_log l UNION ALL SELECT row_to_json(t)::text FROM alerts_task t`,
    );
    expect(traces.length).toBeGreaterThan(5);
    expect(traces.filter(({ text: trace }) => /98765432|87654321/.test(trace))).toEqual([]);
  });
});

describe('status and next start', () => {
  test('a task with a start to come waits, a disabled one does not, one without is idle', async () => {
    const made = await add({ schedule: DAILY }, NOON);
    expect(made).toMatchObject({ status: 1, next_local: '2026-11-23T09:00:00', next_start_at: '2026-11-23T06:00:00Z' });
    await bench.events();
    expect(await change(made.id, { enabled: false }, undefined, NOON)).toMatchObject({ status: 6, next_local: null, next_start_at: null });
    expect(await change(made.id, { enabled: true }, undefined, NOON)).toMatchObject({ status: 1, next_local: '2026-11-23T09:00:00' });
    expect(await change(made.id, { schedule: { start: { kind: 'none' } } }, undefined, NOON)).toMatchObject({ status: 0 });
    expect((await bench.events()).filter(({ type }) => type === 'task.status').map(({ data }) => data.status)).toEqual([6, 1, 0]);
    expect(await add({ schedule: { start: { kind: 'once', at: '2020-01-01T09:00:00' } } }, NOON)).toMatchObject({ status: 0 });
    expect(await add({ enabled: false, schedule: DAILY }, NOON)).toMatchObject({ status: 6, next_start_at: null });
  });

  test('while it runs type, list and message stay, priority and channels act at once, and it is not deleted', async () => {
    const made = await add();
    const other = await bench.list();
    await bench.rows(
      `INSERT INTO alerts_run (task_id, number, type, status, priority, channels, frozen, initiator) VALUES ($1, 1, 2, 2, 5, '', '{"task":"t"}', '{}')`,
      [made.id],
    );
    await bench.rows('UPDATE alerts_task SET status = 2, runs = 1 WHERE task_id = $1', [made.id]);
    for (const to of [{ type: 3 }, { list_id: other }, { message_id: sound, type: 0 }])
      expect(await refusedChange(made.id, to)).toMatchObject({ code: 'CONFLICT', reason: 'task_running' });
    expect(await bench.refused((tx, act) => deleteTask(tx, act, made.id))).toMatchObject({ reason: 'task_running' });
    expect(await change(made.id, { priority: 1, channels: '101', name: 'Срочно', enabled: false })).toMatchObject({ status: 2 });
    const runs = () => bench.rows('SELECT status, priority, channels FROM alerts_run WHERE task_id = $1', [made.id]);
    expect(await runs()).toEqual([{ status: 2, priority: 1, channels: '101' }]);
    await bench.rows('UPDATE alerts_task SET status = 3 WHERE task_id = $1', [made.id]);
    await bench.rows('UPDATE alerts_run SET status = 3 WHERE task_id = $1', [made.id]);
    expect(await change(made.id, { enabled: true, list_id: other })).toMatchObject({ status: 3, list_id: other });
    await bench.write((tx, act) => deleteTask(tx, act, made.id));
    expect(await runs()).toEqual([{ status: 4, priority: 1, channels: '101' }]);
  });
});

describe('what is refused', () => {
  test.each([
    [{ name: '' }, undefined],
    [{ type: 4 }, undefined],
    [{ priority: 0 }, undefined],
    [{ priority: 10 }, undefined],
    [{ list_id: 2 ** 31 }, undefined],
    [{ colour: 1 }, undefined],
    [{ list_id: 999_999 }, 'unknown_list'],
    [{ message_id: 999_999 }, 'unknown_message'],
    [{ channels: '012' }, 'bad_value'],
    [{ schedule: { start: { kind: 'monthly', day: 32, time: '09:00' } } }, 'bad_value'],
    [{ schedule: { start: { kind: 'weekly', days: [], times: ['09:00'] } } }, 'bad_value'],
    [{ schedule: { start: { kind: 'none' }, zone: 'Mars/Phobos' } }, 'bad_value'],
    [{ confirmation: { kind: 'key', key: '12' } }, 'bad_value'],
    [{ confirmation: { kind: 'none', tries: 0 } }, 'bad_value'],
    [{ settings: [{ key: 'rounds', value: '21' }] }, 'bad_value'],
    [{ settings: [{ key: 'subject', value: '{nmae}' }] }, 'bad_placeholder'],
    [{ key_start: { input: '', front: 'closing' } }, 'bad_value'],
    [{ pin_start: { pin: '123' } }, 'bad_value'],
    [{ sms_start: { keyword: 'short' } }, 'bad_value'],
    [{ type: 3, confirmation: { kind: 'key' } }, 'bad_value'],
  ])('%j', async (more, reason) => {
    expect(await refused(more)).toMatchObject({ reason });
  });

  test('a type of task tells only its types of message', async () => {
    for (const [type, message, fits] of [
      [0, sound, true],
      [1, sound, true],
      [2, sound, false],
      [3, sound, false],
      [0, text, false],
      [1, text, false],
      [2, text, true],
      [3, text, true],
    ] as const) {
      if (fits) expect(await add({ type, message_id: message })).toMatchObject({ type });
      else expect(await refused({ type, message_id: message })).toMatchObject({ reason: 'type_mismatch' });
    }
    expect(await refused({ type: 1, message_id: sound, confirmation: { kind: 'key' } })).toMatchObject({ reason: 'bad_value' });
  });

  test('a confirmation by mail needs an address of this hub', async () => {
    const { settings } = bench.act();
    const made = await add({ type: 3, confirmation: { kind: 'key' } }, { settings: { ...settings, publicUrl: 'https://hub.example' } });
    expect(made).toMatchObject({ confirmation: { kind: 'key' } });
  });

  test('PINs and keywords of starts are unique among tasks that are there', async () => {
    const made = await add({ pin_start: { pin: '4711' }, sms_start: { keyword: 'СБОР-1' } });
    expect(await refused({ pin_start: { pin: '4711', callers: ['+7*'] } })).toMatchObject({ code: 'CONFLICT', reason: 'pin_taken' });
    expect(await refused({ sms_start: { keyword: 'сбор-1' } })).toMatchObject({ code: 'CONFLICT', reason: 'keyword_taken' });
    const other = await add({ pin_start: { pin: '4712' } });
    expect(await refusedChange(other.id, { pin_start: { pin: '4711' } })).toMatchObject({ reason: 'pin_taken' });
    expect(await change(made.id, { pin_start: { pin: '4711', callers: ['+7916*'] } })).toMatchObject({ version: 2 });
    await bench.write((tx, act) => deleteTask(tx, act, made.id));
    await add({ pin_start: { pin: '4711' }, sms_start: { keyword: 'СБОР-1' } });
    const both = (field: object) => Promise.allSettled([1, 2].map(() => add(field)));
    for (const [field, reason] of [
      [{ pin_start: { pin: '555555' } }, 'pin_taken'],
      [{ sms_start: { keyword: 'вместе' } }, 'keyword_taken'],
    ] as const) {
      const ends = await both(field);
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect((ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ reason });
    }
  });

  test('texts of a client that nobody can read are kept as they came and mean nothing', async () => {
    const kept = { schedule: 'каждый день', confirmation: 'любая', settings: 'a b c', key_start: 'x', pin_start: '1;2', sms_start: 'y' };
    const made = await add(kept);
    expect(made).toMatchObject({ ...kept, status: 0, next_start_at: null });
    expect((await showTask(bench.database.work, bench.act(VIEWER), made.id)).pin_start).toBe('');
  });
});

describe('the preview of a schedule', () => {
  test('tells the next starts, also over the change of the clocks, and whether its hours are open', () => {
    const act = bench.act({ now: Temporal.Instant.from('2026-03-28T12:00:00Z') });
    const preview = previewSchedule(
      act,
      {
        start: { kind: 'weekly', days: [1, 2, 3, 4, 5, 6, 7], times: ['02:30'] },
        zone: 'Europe/Berlin',
        windows: [{ from: '08:00', to: '20:00' }],
      },
      2,
    );
    expect(preview).toEqual({
      zone: 'Europe/Berlin',
      starts: [
        { local: '2026-03-29T02:30:00', at: '2026-03-29T01:00:00Z' },
        { local: '2026-03-30T02:30:00', at: '2026-03-30T00:30:00Z' },
      ],
      window: { open: true, changes_at: '2026-03-28T19:00:00Z' },
    });
    expect(previewSchedule(act, { start: { kind: 'none' } }, 5)).toEqual({
      zone: 'Europe/Moscow',
      starts: [],
      window: { open: true, changes_at: null },
    });
    expect(() => previewSchedule(act, { start: { kind: 'once', at: 'morgen' } }, 5)).toThrow(/morgen/);
  });
});
