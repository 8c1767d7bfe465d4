import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { changeTask } from '../change-task.ts';
import { startMaintenance } from '../maintenance.ts';
import type { Schedule } from '../schedule.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

/**
 * Nights in which clocks are changed, and clocks that step, with the jobs of a hub at work (specification of alerts 4.6 and 8.1). A hub here is its maintenance,
 * by a clock that a test sets; that it has looked since, is known by a task that is due then and has started.
 */
const BERLIN = 'Europe/Berlin';
let bench: AlertsBench;
let clock: Temporal.Instant;
const hubs: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  bench = await alertsBench();
});
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
});
afterAll(async () => {
  await bench.end();
});

function hub(): { stop(): Promise<void> } {
  const { database } = bench.db;
  const { secretKey, settings } = bench.act;
  const made = startMaintenance({ database, secretKey, settings: () => settings, wake: () => undefined, clock: () => clock });
  hubs.push(made);
  return made;
}

/** A task that starts daily, as somebody saves it now. */
async function daily(time: string, late: number | null = null): Promise<number> {
  const task = await bench.task(await bench.list([{ name: 'A', phones: ['+79164440001'] }]));
  await save(task, time, late);
  return task;
}
async function save(task: number, time: string, late: number | null = null): Promise<void> {
  const schedule = { start: { kind: 'weekly' as const, days: [1, 2, 3, 4, 5, 6, 7], times: [time] }, windows: [], zone: BERLIN, late };
  await bench.db.database.transaction((tx) => changeTask(tx, { ...bench.act, now: clock }, { id: task, change: { schedule } }));
}

/** Sets the clock of all hubs, and waits until they have looked. */
async function become(now: string): Promise<void> {
  clock = Temporal.Instant.from(now);
  const due = await bench.task(await bench.list([{ name: 'Due', phones: ['+79164440002'] }]));
  const schedule: Schedule = { start: { kind: 'once', at: '2026-01-01T00:00:00' }, windows: [], zone: BERLIN, late: null };
  await bench.rows(
    `UPDATE alerts_task SET schedule = $3::jsonb, next_start_at = $2::timestamptz, next_local = '2026-01-01T00:00:00', status = 1 WHERE task_id = $1`,
    due,
    now,
    JSON.stringify(schedule),
  );
  await vi.waitFor(async () => expect(await starts(due)).toHaveLength(1), PATIENCE);
  // Another hub may be in the middle of a start, and holds the task meanwhile.
  await bench.rows('SELECT task_id FROM alerts_task FOR UPDATE');
}

/** Starts of a task and what came of them, by the wall times that its schedule names. */
const starts = (task: number) =>
  bench.rows<{ local: string; ran: boolean; skipped: string | null }>(
    'SELECT local_time AS local, run_id IS NOT NULL AS ran, skipped FROM alerts_occurrence WHERE task_id = $1 ORDER BY local_time',
    task,
  );
const ran = (local: string) => ({ local, ran: true, skipped: null });
const runs = async (task: number): Promise<number> =>
  (await bench.rows<{ n: number }>('SELECT count(*)::int AS n FROM alerts_run WHERE task_id = $1', task))[0]?.n ?? 0;
const nextOf = async (task: number): Promise<string | undefined> =>
  (await bench.rows<{ at: Temporal.Instant }>('SELECT next_start_at AS at FROM alerts_task WHERE task_id = $1', task))[0]?.at.toString();

test('spring: a time that the night leaves out starts at the first instant behind the gap, once', async () => {
  clock = Temporal.Instant.from('2027-03-27T12:00:00Z');
  const task = await daily('02:30');
  const [one] = [hub(), hub()];
  await become('2027-03-28T00:59:59Z');
  expect(await starts(task)).toEqual([]);
  await one.stop();
  hub();
  await become('2027-03-28T01:00:00Z');
  expect(await starts(task)).toEqual([ran('2027-03-28T02:30:00')]);
  await bench.stopTask(task);
  await become('2027-03-28T01:30:00Z');
  expect(await starts(task)).toEqual([ran('2027-03-28T02:30:00')]);
  expect(await nextOf(task)).toBe('2027-03-29T00:30:00Z');
});

test('autumn: a time that comes twice starts the first time only, also when the hub is started anew or the task saved between the two', async () => {
  clock = Temporal.Instant.from('2026-10-24T12:00:00Z');
  const [task, saved] = [await daily('02:30'), await daily('02:30')];
  const one = hub();
  await become('2026-10-25T00:29:59Z');
  expect([await starts(task), await starts(saved)]).toEqual([[], []]);
  await become('2026-10-25T00:30:00Z');
  for (const each of [task, saved]) {
    expect(await starts(each)).toEqual([ran('2026-10-25T02:30:00')]);
    await bench.stopTask(each);
  }
  await one.stop();
  // Between the two, a hub is started and somebody saves one of the tasks, and back again.
  clock = Temporal.Instant.from('2026-10-25T00:45:00Z');
  await save(saved, '02:31');
  await save(saved, '02:30');
  hub();
  hub();
  await become('2026-10-25T01:30:00Z');
  await become('2026-10-25T02:00:00Z');
  for (const each of [task, saved]) {
    expect(await starts(each)).toEqual([ran('2026-10-25T02:30:00')]);
    expect(await nextOf(each)).toBe('2026-10-26T01:30:00Z');
  }
});

test('a clock that steps an hour back, and comes to the same time again, starts nothing a second time', async () => {
  clock = Temporal.Instant.from('2026-11-23T12:00:00Z');
  const [task, saved] = [await daily('09:00'), await daily('09:00')];
  hub();
  await become('2026-11-24T08:00:00Z');
  expect([await runs(task), await runs(saved)]).toEqual([1, 1]);
  for (const each of [task, saved]) await bench.stopTask(each);
  await become('2026-11-24T07:05:00Z');
  // By the clock that was set back, its next start is the one that was made.
  await save(saved, '09:01');
  await save(saved, '09:00');
  expect(await nextOf(saved)).toBe('2026-11-24T08:00:00Z');
  hub();
  await become('2026-11-24T08:00:00Z');
  for (const each of [task, saved]) {
    expect(await starts(each)).toEqual([ran('2026-11-24T09:00:00')]);
    expect(await runs(each)).toBe(1);
    expect(await nextOf(each)).toBe('2026-11-25T08:00:00Z');
  }
});

test('a clock that steps an hour forth starts what may be so late and tells what it missed; when it is set right, nothing comes twice', async () => {
  clock = Temporal.Instant.from('2026-11-23T12:00:00Z');
  const [late, punctual] = [await daily('09:00', 120), await daily('09:00')];
  hub();
  await become('2026-11-24T07:30:00Z');
  await become('2026-11-24T08:30:00Z');
  expect(await starts(late)).toEqual([ran('2026-11-24T09:00:00')]);
  expect(await starts(punctual)).toEqual([{ local: '2026-11-24T09:00:00', ran: false, skipped: 'missed' }]);
  await bench.stopTask(late);
  await become('2026-11-24T07:31:00Z');
  await become('2026-11-24T08:00:00Z');
  expect([await runs(late), await runs(punctual)]).toEqual([1, 0]);
  for (const each of [late, punctual]) expect(await nextOf(each)).toBe('2026-11-25T08:00:00Z');
  await become('2026-11-25T08:00:00Z');
  expect([await runs(late), await runs(punctual)]).toEqual([2, 1]);
});
