import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './support/alerts-bench.ts';

// A far side that asks for patience with an address (greylisting) has it, whatever was tried in between.

let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
  await bench.hub();
  await vi.waitFor(() => expect(bench.mail.running).toBe(1), PATIENCE);
});
afterAll(() => bench.end());

test('the next round waits for an address that was held before another one was tried', async () => {
  bench.mail.answer = ({ address }) =>
    address.startsWith('grey') ? outcome('temporary', { code: '450', notBefore: 300_000 }) : outcome('temporary', { code: '451' });
  const list = await bench.list([{ name: 'Grey', emails: ['grey@example.org', 'plain@example.org'] }]);
  const task = await bench.task(list, { type: 3, settings: { rounds: 3, pause: 0, gap: 0 } });
  await bench.start(task);
  const standing = () =>
    bench.rows<{ round: number; at: number; state: string; seconds: number }>(
      `SELECT round, at, state::text, extract(epoch FROM due_at - last_at)::float8 AS seconds FROM alerts_target t JOIN alerts_run r USING (run_id) WHERE r.task_id = $1`,
      task,
    );
  await vi.waitFor(async () => expect(await standing()).toMatchObject([{ round: 2, at: 0, state: 'l' }]), PATIENCE);
  const [row] = await standing();
  expect(row?.seconds).toBeGreaterThan(280);
  expect(bench.mail.orders.map(({ address }) => address)).toEqual(['grey@example.org', 'plain@example.org']);
  // When its time has come it is tried, and what was said of it then counts anew: the other address is not kept waiting by it.
  await bench.rows(`UPDATE alerts_target SET due_at = now(), not_before = NULL WHERE state = 'l'`);
  await vi.waitFor(() => expect(bench.mail.orders).toHaveLength(4), PATIENCE);
  expect(bench.mail.orders.slice(2).map(({ address }) => address)).toEqual(['grey@example.org', 'plain@example.org']);
});
