import { expect, test, vi } from 'vitest';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// What a stop leaves to go on, what a continuation takes up, what a new start ends (specification of alerts 4.7), and that nothing leaves unwritten (4.9.1).

const { bench, states, become } = steerRuns();

let numbers = 0;
const people = (count: number) =>
  bench.list(
    Array.from({ length: count }, (_, at) => ({
      name: `P${String(at).padStart(3, '0')}`,
      phones: [`+7918${String(++numbers).padStart(7, '0')}`],
    })),
  );
const statusOf = async (task: number) =>
  (await bench.rows<{ status: number }>('SELECT status FROM alerts_task WHERE task_id = $1', task))[0]?.status;
const receipt = (messageId: string) => bench.sms.news.receipt({ messageId, result: 'delivered', code: 'DELIVRD', detail: '' });
const events = async (run: number | undefined) =>
  (
    await bench.rows<{ type: string; data: { target: number; result: number } }>(
      `SELECT type, data FROM event WHERE type LIKE 'vestnik.alerts.target.%' AND (data ->> 'run')::int = $1 ORDER BY id`,
      run ?? 0,
    )
  ).map(({ type, data }) => `${type.split('.').at(-1)} ${data.target} ${data.result}`);

test('an attempt stands in the database before its first byte leaves', async () => {
  const seen: unknown[] = [];
  bench.sms.answer = async ({ attempt, address }) => {
    seen.push(...(await bench.rows('SELECT address, ended_at, result FROM alerts_attempt WHERE attempt_id = $1', attempt)));
    expect(seen.at(-1)).toEqual({ address, ended_at: null, result: null });
    return outcome('done');
  };
  const task = await bench.task(await people(5));
  const { run } = await bench.start(task);
  await become(task, Array(5).fill('f2'));
  expect(seen).toHaveLength(5);
  expect((await events(run?.id)).sort()).toEqual([1, 2, 3, 4, 5].map((no) => `result ${no} 2`));
});

test('what was written down and has not begun is taken back by a stop, costs nothing, and is made when the run goes on', async () => {
  const gate = Promise.withResolvers<void>();
  const quick = 20;
  bench.sms.capacity = 1;
  // Quick for a while, so that more is written down ahead; then the far side takes its time.
  bench.sms.answer = async () => {
    if (bench.sms.orders.length > quick) await gate.promise;
    return outcome('done');
  };
  const task = await bench.task(await people(80), { settings: { rounds: 1 } });
  await bench.start(task);
  const underWay = async () => (await states(task)).filter((state) => state === 'u0').length;
  await vi.waitFor(async () => {
    expect(bench.sms.orders).toHaveLength(quick + 1);
    expect(await underWay()).toBeGreaterThan(1);
  }, PATIENCE);
  await bench.stopTask(task);
  await vi.waitFor(() => expect(bench.heard).toContain('vestnik.alerts.run.stopped'), PATIENCE);
  gate.resolve();
  await vi.waitFor(async () => expect(await underWay()).toBe(0), PATIENCE);
  const begun = bench.sms.orders.length;
  expect(begun).toBe(quick + 1);
  const stood = await bench.targets(task);
  expect(stood.filter(({ result }) => result === 2)).toHaveLength(begun);
  expect(stood.filter(({ result }) => result !== 2).every(({ attempts }) => attempts === 0)).toBe(true);
  const [taken] = await bench.rows<{ count: number }>(
    'SELECT count(*)::int AS count FROM alerts_attempt JOIN alerts_run USING (run_id) WHERE task_id = $1 AND alerts_attempt.result = 12',
    task,
  );
  expect(taken?.count).toBeGreaterThan(0);
  await bench.start(task, false);
  await become(task, Array(80).fill('f2'));
  expect(new Set(bench.sms.orders.map(({ address }) => address)).size).toBe(80);
  expect(bench.sms.orders).toHaveLength(80);
});

test('receipts and replies of a stopped run count; a continuation tells only who is left, with the rounds that are left', async () => {
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`stop-${attempt}`] });
  const task = await bench.task(await people(3), { settings: { rounds: 2, pause: 0 } });
  const { run } = await bench.start(task);
  await become(task, ['w0', 'w0', 'w0']);
  await bench.stopTask(task);
  const first = [...bench.sms.orders].sort((a, b) => a.address.localeCompare(b.address));
  await receipt(`stop-${first[0]?.attempt}`);
  expect(await states(task)).toEqual(['f2', 'w0', 'w0']);
  await bench.sms.news.receipt({ messageId: `stop-${first[1]?.attempt}`, result: 'temporary', code: 'UNDELIV', detail: '' });
  await vi.waitFor(async () => expect((await states(task))[1]).toBe('r0'), PATIENCE);
  expect(bench.sms.orders).toHaveLength(3);
  bench.sms.answer = () => outcome('temporary');
  expect(await bench.start(task, false)).toMatchObject({ run: { id: run?.id, number: 1 }, changed: true });
  // The second round of two: there is no third.
  await become(task, ['f2', 'f4', 'w0']);
  expect(bench.sms.orders.map(({ address }) => address).slice(3)).toEqual([first[1]?.address]);
  await receipt(`stop-${first[2]?.attempt}`);
  await become(task, ['f2', 'f4', 'f2']);
  await vi.waitFor(async () => expect(await statusOf(task)).toBe(4), PATIENCE);
});

test('a stopped run of which nothing is left stays stopped, and a continuation ends it', async () => {
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`last-${attempt}`] });
  const task = await bench.task(await people(1));
  await bench.start(task);
  await become(task, ['w0']);
  await bench.stopTask(task);
  await receipt(`last-${bench.sms.orders[0]?.attempt}`);
  await become(task, ['f2']);
  expect(await statusOf(task)).toBe(3);
  await bench.start(task, false);
  await vi.waitFor(async () => expect(await statusOf(task)).toBe(4), PATIENCE);
  expect(bench.sms.orders).toHaveLength(1);
});

test('a start without restart after the end is a new run', async () => {
  const task = await bench.task(await people(1));
  await bench.start(task, false);
  await become(task, ['f2']);
  await vi.waitFor(async () => expect(await statusOf(task)).toBe(4), PATIENCE);
  expect(await bench.start(task, false)).toMatchObject({ run: { number: 2 }, changed: true });
  await become(task, ['f2']);
  expect(bench.sms.orders).toHaveLength(2);
});

test('a new start ends the run before it: who was not told is cancelled, what was handed over is heard of to its end', async () => {
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`old-${attempt}`] });
  const task = await bench.task(await people(2), { settings: { rounds: 3, pause: 0 } });
  const { run: old } = await bench.start(task);
  await become(task, ['w0', 'w0']);
  const [heard] = bench.sms.orders;
  bench.sms.answer = () => outcome('done');
  await bench.start(task);
  await become(task, ['f2', 'f2']);
  await receipt(`old-${heard?.attempt}`);
  await bench.rows(`UPDATE alerts_target SET due_at = now() WHERE run_id = $1 AND state = 'w'`, old?.id ?? 0);
  await vi.waitFor(async () => {
    const results = await bench.rows('SELECT state::text, result FROM alerts_target WHERE run_id = $1 ORDER BY result', old?.id ?? 0);
    expect(results).toEqual([
      { state: 'f', result: 2 },
      { state: 'f', result: 12 },
    ]);
  }, PATIENCE);
  expect(await bench.rows('SELECT status FROM alerts_run WHERE run_id = $1', old?.id ?? 0)).toEqual([{ status: 4 }]);
  // Nobody of the old run was told again.
  expect(bench.sms.orders).toHaveLength(4);
});
