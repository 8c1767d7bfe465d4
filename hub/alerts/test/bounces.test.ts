import { expect, test, vi } from 'vitest';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// Mails come back after they had been accepted: each bounce is about the one attempt that it names.

const { bench, states, become } = steerRuns();

const FIRST = 'first@example.org';
const SECOND = 'second@example.org';
const CONFIRMED = { confirmation: { kind: 'key', wait: 60 } } as const;

const bounce = (reference: number | string) =>
  bench.mail.news.bounced({ reference: String(reference), result: 'permanent', code: '5.1.1', detail: 'no such user' });
const tried = () => bench.mail.orders.map(({ address }) => address);
const attempt = (place: number) => bench.mail.orders[place]?.attempt ?? 0;
/** Whoever is waited for is waited for no longer. */
const overdue = (task: number) =>
  bench.rows(
    `UPDATE alerts_target SET due_at = now() WHERE state IN ('w', 'l') AND run_id IN (SELECT run_id FROM alerts_run WHERE task_id = $1)`,
    task,
  );

async function begun(emails: readonly string[], settings = {}, more = {}): Promise<number> {
  const task = await bench.task(await bench.list([{ name: 'Mailed', emails }]), {
    type: 3,
    settings: { pause: 0, gap: 0, ...settings },
    ...more,
  });
  await bench.start(task);
  return task;
}

test('the bounce of an earlier address leaves what a later one has reached', async () => {
  const task = await begun([FIRST, SECOND], { rounds: 1 }, CONFIRMED);
  await become(task, ['w0']);
  await overdue(task);
  await vi.waitFor(() => expect(tried()).toEqual([FIRST, SECOND]), PATIENCE);
  await become(task, ['w0']);
  await overdue(task);
  await become(task, ['f13']);
  await bounce(attempt(0));
  expect(await states(task)).toEqual(['f13']);
  expect(
    await bench.rows('SELECT a.result FROM alerts_attempt a JOIN alerts_run USING (run_id) WHERE task_id = $1 ORDER BY attempt_id', task),
  ).toEqual([{ result: 6 }, { result: 13 }]);
  // With the other one nobody was told.
  await bounce(attempt(1));
  expect(await states(task)).toEqual(['f6']);
});

test('an address that bounced while another one was waited for is not tried again', async () => {
  const task = await begun([FIRST, SECOND], { rounds: 2 }, CONFIRMED);
  await become(task, ['w0']);
  await overdue(task);
  await vi.waitFor(() => expect(tried()).toEqual([FIRST, SECOND]), PATIENCE);
  await become(task, ['w0']);
  await bounce(attempt(0));
  expect(await states(task)).toEqual(['w0']);
  await overdue(task);
  await vi.waitFor(() => expect(tried()).toEqual([FIRST, SECOND, SECOND]), PATIENCE);
});

test('an address that bounced before its next round is passed over', async () => {
  const task = await begun([FIRST], { rounds: 2, pause: 3_600 }, CONFIRMED);
  await become(task, ['w0']);
  await overdue(task);
  await become(task, ['l0']);
  await bounce(attempt(0));
  expect(await states(task)).toEqual(['f6']);
  expect(tried()).toEqual([FIRST]);
});

test('the newest mail of its round is meant where a return path names run, target and round', async () => {
  const task = await begun([FIRST], { rounds: 2 }, CONFIRMED);
  await become(task, ['w0']);
  await overdue(task);
  await vi.waitFor(() => expect(tried()).toEqual([FIRST, FIRST]), PATIENCE);
  await become(task, ['w0']);
  await overdue(task);
  await become(task, ['f13']);
  await bounce(bench.mail.orders[0]?.reference ?? '');
  expect(await states(task)).toEqual(['f13']);
  await bounce(bench.mail.orders[1]?.reference ?? '');
  expect(await states(task)).toEqual(['f6']);
});

test('of a mail and its copy in doubt, the bounce of the copy is that of both', async () => {
  bench.mail.answer = () => outcome(bench.mail.orders.length === 1 ? 'unknown' : 'done');
  const task = await begun([FIRST], { rounds: 1 });
  await become(task, ['f2']);
  expect(tried()).toEqual([FIRST, FIRST]);
  await bounce(attempt(0));
  expect(await states(task)).toEqual(['f2']);
  await bounce(attempt(1));
  expect(await states(task)).toEqual(['f6']);
});

test('what is no reference, or belongs to nothing, is passed over', async () => {
  const task = await begun([FIRST]);
  await become(task, ['f2']);
  for (const nothing of [
    '',
    '0',
    '999999999999999',
    `${attempt(0)}.`,
    `${attempt(0)}x`,
    '1.2.3.4',
    '99999999999.1.1',
    `${'9'.repeat(400)}`,
  ])
    await bounce(nothing);
  expect(await states(task)).toEqual(['f2']);
});
