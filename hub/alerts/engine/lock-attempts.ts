import type { Transaction } from '../../core/database/statement.ts';
import { lockStanding } from '../sql/settle.ts';
import type { Standing } from './standing.ts';

/** Attempts and those that share them, with their targets, as they stand under the lock. */
export const lockAttempts = async (tx: Transaction, attempts: readonly number[]): Promise<readonly Standing[]> =>
  withSharers(tx, await lockStanding(tx, attempts));

/**
 * Adds who came to share an attempt while its lock was waited for: the statement that locked it did not see him yet. The lock keeps out others from now on, so once is enough.
 * @param rows locked, with those who shared them when the statement began
 */
export async function withSharers<R extends Standing>(tx: Transaction, rows: readonly R[]): Promise<readonly (R | Standing)[]> {
  if (rows.every(({ sharers }) => sharers === 0)) return rows;
  const seen = Map.groupBy(
    rows.filter(({ attempt, origin }) => attempt !== origin),
    ({ origin }) => origin,
  );
  const missed = rows.filter(({ attempt, sharers }) => sharers > (seen.get(attempt)?.length ?? 0)).map(({ attempt }) => attempt);
  if (missed.length === 0) return rows;
  const again = await lockStanding(tx, missed);
  const known = new Set(again.map(({ attempt }) => attempt));
  return [...rows.filter(({ attempt }) => !known.has(attempt)), ...again];
}
