import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Transaction } from '../../core/database/statement.ts';
import { createRunBook } from '../engine/run-book.ts';
import { takeReceipts } from '../engine/take-receipts.ts';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './support/alerts-bench.ts';

// Receipts of the parts of one message are stored by two hubs at the same moment.

let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
  await bench.hub();
  await vi.waitFor(() => expect(bench.sms.running).toBe(1), PATIENCE);
});
afterAll(() => bench.end());

const PARTS = ['one', 'two'];

test('whoever comes second waits for the first, and sees what it has stored', async () => {
  bench.sms.answer = () => outcome('submitted', { messageIds: PARTS });
  const task = await bench.task(await bench.list([{ name: 'Long', phones: ['+79168000001'] }]));
  await bench.start(task);
  await vi.waitFor(async () => expect((await bench.targets(task)).map(({ state }) => state)).toEqual(['w']), PATIENCE);
  const [sent] = await bench.rows<{ group: number; attempt: number }>('SELECT group_id AS "group", attempt_id AS attempt FROM alerts_part');
  const take = (tx: Transaction, messageId: string) =>
    takeReceipts(tx, createRunBook(), [
      {
        group: sent?.group ?? 0,
        spellings: [messageId],
        receipt: { messageId, result: 'delivered', code: 'DELIVRD', detail: messageId },
      },
    ]);
  const { database } = bench.db;
  const taken = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const first = database.queueTransaction(async (tx) => {
    await take(tx, 'one');
    taken.resolve();
    await end.promise;
  });
  await taken.promise;
  const second = database.queueTransaction((tx) => take(tx, 'two'));
  await vi.waitFor(
    async () =>
      expect(await bench.rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%alerts_part%'")).not.toEqual(
        [],
      ),
    PATIENCE,
  );
  expect(await Promise.race([second.then(() => 'stored'), pause(0, 'waits')])).toBe('waits');
  end.resolve();
  await first;
  expect(await second).toMatchObject({ known: [true] });
  expect(await bench.rows('SELECT result, parts FROM alerts_attempt WHERE attempt_id = $1', sent?.attempt ?? 0)).toEqual([
    { result: 2, parts: 0 },
  ]);
  expect((await bench.targets(task)).map(({ state, result }) => `${state}${result}`)).toEqual(['f2']);
});
