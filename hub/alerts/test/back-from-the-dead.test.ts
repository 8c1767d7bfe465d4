import { expect, test, vi } from 'vitest';
import type { AttemptOutcome } from '../channels/driver.ts';
import { createRunBook } from '../engine/run-book.ts';
import { sweepAttempts } from '../engine/sweep-attempts.ts';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// A hub is taken for dead over an attempt, which is settled as unknown; then it tells what came of it after all.

const { bench, states, become } = steerRuns();

let person = 0;
/** A target whose only attempt was given up while it was under way. @returns what lets its far side answer */
async function givenUp(
  settings: Readonly<Record<string, number>>,
  answer: (attempt: number) => AttemptOutcome,
): Promise<{ task: number; attempt: number; answers(): void }> {
  const gate = Promise.withResolvers<void>();
  bench.sms.answer = async ({ attempt }) => {
    await gate.promise;
    return answer(attempt);
  };
  person += 1;
  const task = await bench.task(await bench.list([{ name: 'Back', phones: [`+7916500000${person}`] }]), { settings });
  await bench.start(task);
  await become(task, ['u0']);
  await vi.waitFor(() => expect(bench.sms.orders).toHaveLength(1), PATIENCE);
  await bench.rows('DELETE FROM delivery_due WHERE engine = 2');
  await bench.rows(`UPDATE alerts_attempt SET started_at = started_at - interval '2 minutes' WHERE ended_at IS NULL`);
  await bench.db.database.transaction((tx) => sweepAttempts(tx, createRunBook(), 60));
  return { task, attempt: bench.sms.orders[0]?.attempt ?? 0, answers: gate.resolve };
}
const receipt = (attempt: number, part: string) =>
  bench.sms.news.receipt({ messageId: `late-${attempt}-${part}`, result: 'delivered', code: 'DELIVRD', detail: '' });
const submitted = (attempt: number) => outcome('submitted', { messageIds: [`late-${attempt}-a`, `late-${attempt}-b`] });
const attempts = (task: number) =>
  bench.rows('SELECT a.result, a.parts FROM alerts_attempt a JOIN alerts_run USING (run_id) WHERE task_id = $1 ORDER BY attempt_id', task);

test('its receipts are waited for in place of a repetition, and count', async () => {
  const { task, attempt, answers } = await givenUp({ rounds: 2, pause: 3_600, dup: 0 }, submitted);
  expect(await states(task)).toEqual(['l0']);
  answers();
  await become(task, ['w0']);
  expect(await attempts(task)).toEqual([{ result: 14, parts: 2 }]);
  await receipt(attempt, 'a');
  expect(await states(task)).toEqual(['w0']);
  await receipt(attempt, 'b');
  await become(task, ['f2']);
  expect(await attempts(task)).toEqual([{ result: 2, parts: 0 }]);
  expect(bench.sms.orders).toHaveLength(1);
});

test('when no receipt comes, it goes on where it stood: the second round is made', async () => {
  const { task, answers } = await givenUp({ rounds: 2, pause: 0, receipt: 600, dup: 0 }, submitted);
  await bench.rows(`UPDATE alerts_target SET due_at = now() + interval '1 hour' WHERE state = 'l'`);
  answers();
  await become(task, ['w0']);
  bench.sms.answer = () => outcome('done');
  await bench.rows(`UPDATE alerts_target SET due_at = now() WHERE state = 'w'`);
  await become(task, ['f2']);
  expect(bench.sms.orders.map(({ reference }) => reference.split('.')[2])).toEqual(['1', '2']);
});

test('receipts improve a result that is final', async () => {
  const { task, attempt, answers } = await givenUp({ rounds: 1, dup: 0 }, submitted);
  expect(await states(task)).toEqual(['f14']);
  answers();
  await vi.waitFor(async () => expect(await attempts(task)).toEqual([{ result: 14, parts: 2 }]), PATIENCE);
  await Promise.all([receipt(attempt, 'a'), receipt(attempt, 'b')]);
  await become(task, ['f2']);
  expect(await bench.rows(`SELECT data ->> 'was' AS was FROM event WHERE type = 'vestnik.alerts.target.improved'`)).toEqual([
    { was: '14' },
  ]);
});

test('what the far side has for good is no longer in doubt', async () => {
  const { task, answers } = await givenUp({ rounds: 2, pause: 3_600, dup: 0 }, () => outcome('done'));
  answers();
  await become(task, ['f2']);
  expect(await attempts(task)).toEqual([{ result: 2, parts: 0 }]);
});

test('what failed stays in doubt: the fact may only improve it', async () => {
  const { task, answers } = await givenUp({ rounds: 1, dup: 0 }, () => outcome('permanent'));
  answers();
  // Of another task, stored after it.
  bench.sms.answer = () => outcome('done');
  const other = await bench.task(await bench.list([{ name: 'Other', phones: ['+79165000099'] }]));
  await bench.start(other);
  await become(other, ['f2']);
  expect(await states(task)).toEqual(['f14']);
  expect(await attempts(task)).toEqual([{ result: 14, parts: 0 }]);
});
