import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Schedule } from '../schedule.ts';
import { startScheduled } from '../start-scheduled.ts';
import { type AlertsBench, alertsBench } from './support/alerts-bench.ts';

// Starts by the clock: once each, late or not at all.

let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
});
afterAll(() => bench.end());

const DAILY: Partial<Schedule> = { start: { kind: 'weekly', days: [1, 2, 3, 4, 5, 6, 7], times: ['09:00'] }, zone: 'Europe/Moscow' };

/** A task whose next start is at this instant. */
async function planned(next: string, schedule = DAILY): Promise<number> {
  const task = await bench.task(await bench.list([{ name: 'A', phones: ['+79162220001'] }]), { schedule });
  const local = Temporal.Instant.from(next).toZonedDateTimeISO('Europe/Moscow').toPlainDateTime().toString({ smallestUnit: 'second' });
  await bench.rows(
    'UPDATE alerts_task SET next_start_at = $2::timestamptz, next_local = $3, status = 1 WHERE task_id = $1',
    task,
    next,
    local,
  );
  return task;
}
const look = (now: string) => bench.db.database.transaction((tx) => startScheduled(tx, { ...bench.act, now: Temporal.Instant.from(now) }));
const occurrences = (task: number) =>
  bench.rows<{ local_time: string; ran: boolean; skipped: string | null }>(
    'SELECT local_time, run_id IS NOT NULL AS ran, skipped FROM alerts_occurrence WHERE task_id = $1 ORDER BY local_time',
    task,
  );
const nextOf = async (task: number) => {
  const [row] = await bench.rows<{ next_start_at: Temporal.Instant | null }>(
    'SELECT next_start_at FROM alerts_task WHERE task_id = $1',
    task,
  );
  return row?.next_start_at?.toString() ?? null;
};

test('a task starts at its time, and the next time is known', async () => {
  const task = await planned('2026-11-23T06:00:00Z');
  expect(await look('2026-11-23T05:59:59Z')).toBe(0);
  expect(await look('2026-11-23T06:00:01Z')).toBe(1);
  expect(await look('2026-11-23T06:00:02Z')).toBe(0);
  expect(await occurrences(task)).toEqual([{ local_time: '2026-11-23T09:00:00', ran: true, skipped: null }]);
  expect(await nextOf(task)).toBe('2026-11-24T06:00:00Z');
  expect(await bench.rows(`SELECT initiator ->> 'how' AS how FROM alerts_run WHERE task_id = $1`, task)).toEqual([{ how: 'schedule' }]);
});

test('the same time of the clock starts it once, whatever the clock does', async () => {
  const task = await planned('2026-11-23T06:00:00Z');
  await look('2026-11-23T06:00:01Z');
  // The clock was set back, and the next start with it.
  await bench.rows(
    `UPDATE alerts_task SET next_start_at = '2026-11-23T06:00:00Z', next_local = '2026-11-23T09:00:00' WHERE task_id = $1`,
    task,
  );
  await bench.stopTask(task);
  await look('2026-11-23T06:00:05Z');
  expect(await occurrences(task)).toHaveLength(1);
  expect(await bench.rows('SELECT count(*)::int AS runs FROM alerts_run WHERE task_id = $1', task)).toEqual([{ runs: 1 }]);
});

test('one that is too late is skipped and said; one that is a little late is made', async () => {
  const late = await planned('2026-11-23T06:00:00Z');
  const little = await planned('2026-11-23T06:10:00Z');
  await look('2026-11-23T06:16:00Z');
  expect(await occurrences(late)).toMatchObject([{ ran: false, skipped: 'missed' }]);
  expect(await occurrences(little)).toMatchObject([{ ran: true, skipped: null }]);
  const missed = await bench.rows<{ data: { task_id: number } }>(`SELECT data FROM event WHERE type = 'vestnik.alerts.start.missed'`);
  expect(missed.map(({ data }) => data.task_id)).toContain(late);
});

test('a run that is still under way is not disturbed', async () => {
  const task = await planned('2026-11-23T06:00:00Z');
  await bench.start(task);
  await look('2026-11-23T06:00:01Z');
  expect(await occurrences(task)).toMatchObject([{ ran: false, skipped: 'overlap' }]);
});

test('a start that is refused is said, and the others of the same moment are made', async () => {
  const refused = await planned('2026-11-23T06:00:00Z');
  const other = await planned('2026-11-23T06:00:00Z');
  await bench.rows(`UPDATE alerts_task SET channels = '0' WHERE task_id = $1`, refused);
  await look('2026-11-23T06:00:01Z');
  expect(await occurrences(refused)).toMatchObject([{ ran: false, skipped: 'refused' }]);
  expect(await occurrences(other)).toMatchObject([{ ran: true }]);
});

test('one that fails takes no others with it, and is made when it can be', async () => {
  const before = await planned('2026-11-23T06:00:00Z');
  const unreadable = await planned('2026-11-23T06:00:00Z');
  await bench.rows(`UPDATE alerts_task SET schedule = '{"start": {"kind": "weekly"}}' WHERE task_id = $1`, unreadable);
  const unwritable = await planned('2026-11-23T06:00:00Z');
  await bench.rows(`ALTER TABLE alerts_run ADD CONSTRAINT refused CHECK (task_id <> ${unwritable})`);
  const behind = await planned('2026-11-23T06:00:00Z');
  const failed = new Map<number, unknown>();
  const lookAgain = () =>
    bench.db.database.transaction((tx) => startScheduled(tx, { ...bench.act, now: Temporal.Instant.from('2026-11-23T06:00:01Z') }, failed));
  expect(await lookAgain()).toBe(4);
  expect([...failed.keys()].sort((a, b) => a - b)).toEqual([unreadable, unwritable]);
  expect(failed.get(unwritable)).toMatchObject({ constraint: 'refused' });
  for (const task of [before, behind]) expect(await occurrences(task)).toMatchObject([{ ran: true }]);
  for (const task of [unreadable, unwritable]) expect(await occurrences(task)).toEqual([]);
  // Whoever failed is passed over for the rest of this look, and has his turn in the next one.
  expect(await lookAgain()).toBe(0);
  await bench.rows('ALTER TABLE alerts_run DROP CONSTRAINT refused');
  await look('2026-11-23T06:00:02Z');
  expect(await occurrences(unwritable)).toMatchObject([{ ran: true }]);
  await bench.rows('UPDATE alerts_task SET next_start_at = NULL WHERE task_id = $1', unreadable);
});

test('two hubs that look at once start it once', async () => {
  const task = await planned('2026-11-23T06:00:00Z');
  await Promise.all(Array.from({ length: 4 }, () => look('2026-11-23T06:00:01Z')));
  expect(await bench.rows('SELECT count(*)::int AS runs FROM alerts_run WHERE task_id = $1', task)).toEqual([{ runs: 1 }]);
});

test('a disabled task waits for nothing', async () => {
  const task = await planned('2026-11-23T06:00:00Z');
  await bench.rows('UPDATE alerts_task SET enabled = false WHERE task_id = $1', task);
  expect(await look('2026-11-23T06:00:01Z')).toBe(0);
  expect(await occurrences(task)).toEqual([]);
});

test('after a long outage it goes on in the present, and says once how much was missed', async () => {
  const task = await planned('2025-11-23T06:00:00Z');
  expect(await look('2026-11-22T12:00:00Z')).toBe(1);
  expect(await occurrences(task)).toEqual([{ local_time: '2025-11-23T09:00:00', ran: false, skipped: 'missed' }]);
  expect(await nextOf(task)).toBe('2026-11-23T06:00:00Z');
  const [told] = await bench.rows<{ data: Record<string, unknown> }>(
    `SELECT data FROM event WHERE type = 'vestnik.alerts.start.missed' AND (data ->> 'task_id')::int = $1`,
    task,
  );
  expect(told?.data).toMatchObject({ starts: 365 });
});

test('a refused start fails the task, and one that was missed and never comes again waits for nothing', async () => {
  const refused = await planned('2026-11-23T06:00:00Z');
  await bench.rows(`UPDATE alerts_task SET channels = '0' WHERE task_id = $1`, refused);
  const once = await planned('2026-11-23T05:00:00Z', { ...DAILY, start: { kind: 'once', at: '2026-11-23T08:00:00' } });
  await look('2026-11-23T06:00:01Z');
  const statusOf = (task: number) => bench.rows('SELECT status FROM alerts_task WHERE task_id = $1', task);
  expect(await statusOf(refused)).toEqual([{ status: 5 }]);
  expect(await statusOf(once)).toEqual([{ status: 0 }]);
});
