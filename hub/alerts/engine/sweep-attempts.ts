import type { Transaction } from '../../core/database/statement.ts';
import { ENGINES } from '../../core/deliveries/enqueue.ts';
import { cancelTargets } from '../sql/runs.ts';
import { endedRunsLeftOpen, lostAttempts } from '../sql/sweep.ts';
import { type AttemptNews, applyTurns, type Step } from './apply-turns.ts';
import { lockAttempts } from './lock-attempts.ts';
import type { RunBook } from './run-book.ts';
import { settlement } from './settlement.ts';

/** Attempts that are ended in one transaction. */
const MOST = 500;
const LOST = { code: 'lost', detail: 'nobody has the attempt in hand any more' };

/**
 * Ends what nothing else would end: attempts whose delivery is gone, with what came of them, are `unknown`, as after a crash; otherwise their targets and addresses would
 * be taken for ever. And who was left open in a run that has ended is cancelled.
 * @param seconds age of an attempt from which it may be lost
 * @returns how many attempts and runs there were
 */
export async function sweepAttempts(tx: Transaction, book: RunBook, seconds: number): Promise<{ attempts: number; runs: number }> {
  const lost = await lostAttempts(tx, seconds, MOST, ENGINES.alerts);
  const standing = await lockAttempts(
    tx,
    lost.map(({ attempt }) => attempt),
  );
  const rows = standing.filter(({ ended }) => !ended);
  const runs = await book.of(
    tx,
    rows.map(({ runId }) => runId),
  );
  const ends: AttemptNews[] = [];
  const steps: Step[] = [];
  for (const row of rows) {
    const run = runs.get(row.runId);
    if (!run) continue;
    const { result, turn } = settlement(row, undefined, run.manner, row.now);
    ends.push({ attempt: row.attempt, ended: true, result, ...LOST, channel: null, parts: 0, confirmed: false });
    if (row.current && row.state === 'u')
      steps.push({ row, turn, channel: null, confirmedBy: null, detail: LOST.detail, avoidGroup: null });
  }
  await applyTurns(tx, steps, ends);
  const left = await endedRunsLeftOpen(tx);
  for (const { runId } of left) await cancelTargets(tx, runId);
  return { attempts: ends.length, runs: left.length };
}
