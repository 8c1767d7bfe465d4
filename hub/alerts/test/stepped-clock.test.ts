import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { changeTask } from '../change-task.ts';
import { startMaintenance } from '../maintenance.ts';
import type { Schedule } from '../schedule.ts';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// The clock of the hub is an hour off, as after a step: what decides is the clock of the database, which has the deadlines (specification of alerts 8.1).

const { bench, states, become } = steerRuns();

const HOUR = 3_600_000;
/** Seconds until a target's time comes, by the database. */
const left = async (task: number): Promise<number> =>
  (
    await bench.rows<{ seconds: number }>(
      'SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM alerts_target JOIN alerts_run USING (run_id) WHERE task_id = $1',
      task,
    )
  )[0]?.seconds ?? Number.NaN;
const runs = async (task: number): Promise<number> =>
  (await bench.rows<{ n: number }>('SELECT count(*)::int AS n FROM alerts_run WHERE task_id = $1', task))[0]?.n ?? 0;

describe.each([
  ['an hour ahead', HOUR, '7'],
  ['an hour behind', -HOUR, '8'],
])('%s', (_, step, mark) => {
  const real = { date: Date.now, instant: Temporal.Now.instant };
  beforeEach(() => {
    bench.sms.orders.length = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => real.date.call(Date) + step);
    vi.spyOn(Temporal.Now, 'instant').mockImplementation(() => real.instant.call(Temporal.Now).add({ milliseconds: step }));
  });
  afterEach(() => void vi.restoreAllMocks());

  test('a confirmation is waited for as long as it should be, and a reply in that time counts', async () => {
    const phone = `+791681000${mark}1`;
    bench.sms.answer = ({ address }) => outcome('submitted', { messageIds: [`clock-${address}`] });
    const task = await bench.task(await bench.list([{ name: 'Replies', phones: [phone] }]), { confirmation: { kind: 'key', wait: 30 } });
    await bench.start(task);
    await become(task, ['w0']);
    await bench.sms.news.receipt({ messageId: `clock-${phone}`, result: 'delivered', code: 'DELIVRD', detail: '' });
    await vi.waitFor(
      async () => expect(await bench.rows('SELECT result FROM alerts_attempt WHERE address = $1', phone)).toEqual([{ result: 2 }]),
      PATIENCE,
    );
    const [wait] = await bench.rows<{ minutes: number }>(
      `SELECT (frozen -> 'confirmation' ->> 'wait')::float8 / 60000 AS minutes FROM alerts_run WHERE task_id = $1`,
      task,
    );
    const expected = (wait?.minutes ?? 0) * 60;
    expect(await left(task)).toBeGreaterThan(expected - 30);
    expect(await left(task)).toBeLessThanOrEqual(expected);
    await bench.sms.news.incoming({ from: phone, to: '', text: 'да', id: undefined });
    await become(task, ['f3']);
  });

  test('what a receipt says to be tried later is tried after its pause', async () => {
    const phone = `+791681000${mark}2`;
    bench.sms.answer = ({ address }) => outcome('submitted', { messageIds: [`later-${address}`] });
    const task = await bench.task(await bench.list([{ name: 'Later', phones: [phone] }]), { settings: { rounds: 2, pause: 600 } });
    await bench.start(task);
    await become(task, ['w0']);
    await bench.sms.news.receipt({ messageId: `later-${phone}`, result: 'temporary', code: 'UNDELIV', detail: '' });
    await become(task, ['l0']);
    expect(await left(task)).toBeGreaterThan(570);
    expect(await left(task)).toBeLessThanOrEqual(600);
  });

  test('dialling windows open and close by it', async () => {
    bench.sms.answer = () => outcome('done');
    const [clock] = await bench.rows<{ now: Temporal.Instant }>('SELECT now()');
    const wall = (minutes: number) =>
      (clock?.now ?? Temporal.Instant.fromEpochMilliseconds(0))
        .add({ minutes })
        .toZonedDateTimeISO('UTC')
        .toPlainTime()
        .toString({ smallestUnit: 'minute' });
    const started = async (from: number, to: number, end: string): Promise<number> => {
      const schedule = { windows: [{ from: wall(from), to: wall(to) }], zone: 'UTC' };
      const task = await bench.task(await bench.list([{ name: 'Window', phones: [`+791681000${mark}${end}`] }]), { schedule });
      await bench.start(task);
      return task;
    };
    const open = await started(-20, 20, '3');
    const shut = await started(30, 90, '4');
    const past = await started(-90, -30, '5');
    await become(open, ['f2']);
    expect([await states(shut), await states(past)]).toEqual([['r0'], ['r0']]);
  });

  test('the next start of a task that is saved is the next one', async () => {
    const [clock] = await bench.rows<{ now: Temporal.Instant }>('SELECT now()');
    const now = clock?.now ?? Temporal.Instant.fromEpochMilliseconds(0);
    const task = await bench.task(await bench.list([{ name: 'Saved', phones: [`+791681000${mark}9`] }]));
    // One that is to come, and one that was; by this hub's clock it may be the other way round.
    const at = [30, -30].map((minutes) => now.add({ minutes }).round({ smallestUnit: 'minute' }));
    const times = at.map((instant) => instant.toZonedDateTimeISO('UTC').toPlainTime().toString({ smallestUnit: 'minute' }));
    const schedule = { start: { kind: 'weekly' as const, days: [1, 2, 3, 4, 5, 6, 7], times }, windows: [], zone: 'UTC', late: null };
    await bench.db.database.transaction((tx) => changeTask(tx, bench.act, { id: task, change: { schedule } }));
    const [row] = await bench.rows<{ next: Temporal.Instant }>('SELECT next_start_at AS next FROM alerts_task WHERE task_id = $1', task);
    expect(row?.next.toString()).toBe(at[0]?.toString());
  });

  test('a task starts when its time has come, and once', async () => {
    bench.sms.answer = () => outcome('done');
    const task = async (minutes: number, end: string): Promise<number> => {
      const schedule: Partial<Schedule> = { start: { kind: 'once', at: '2026-01-01T00:00:00' }, zone: 'UTC' };
      const made = await bench.task(await bench.list([{ name: 'Starts', phones: [`+791681000${mark}${end}`] }]), { schedule });
      await bench.rows(
        `UPDATE alerts_task SET next_start_at = now() + make_interval(mins => $2), next_local = $3, status = 1 WHERE task_id = $1`,
        made,
        minutes,
        `2026-01-01T00:00:0${end}`,
      );
      return made;
    };
    const [due, soon] = [await task(-1, '6'), await task(30, '7')];
    const { secretKey, settings } = bench.act;
    const jobs = [1, 2].map(() =>
      startMaintenance({ database: bench.db.database, secretKey, settings: () => settings, wake: () => undefined }),
    );
    try {
      await vi.waitFor(async () => expect(await runs(due)).toBe(1), PATIENCE);
      // That they have looked since is known by one that was due then.
      const after = await task(0, '8');
      await vi.waitFor(async () => expect(await runs(after)).toBe(1), PATIENCE);
      expect([await runs(due), await runs(soon)]).toEqual([1, 0]);
      // Before the next test has another far side.
      for (const told of [due, after]) await become(told, ['f2']);
    } finally {
      await Promise.all(jobs.map((job) => job.stop()));
    }
  });
});
