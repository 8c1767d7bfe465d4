import type { Transaction } from '../../core/database/statement.ts';
import { RESULT } from '../result.ts';
import { overdueAttempts } from '../sql/feed.ts';
import type { RunBook } from './run-book.ts';
import { tellAttempts } from './tell-attempts.ts';

/**
 * Goes on with targets whose receivers were waited for in vain: no receipt in time is `expired`, a receipt without a confirmation is `unconfirmed`.
 * The clock is the database's, which gave out the deadlines.
 * @returns how many went on, and runs of which something ended
 */
export async function expireWaits(tx: Transaction, book: RunBook, most: number): Promise<{ count: number; touched: ReadonlySet<number> }> {
  const due = await overdueAttempts(tx, most);
  if (due.length === 0) return { count: 0, touched: new Set() };
  let count = 0;
  const touched = await tellAttempts(
    tx,
    book,
    due.map(({ attempt }) => attempt),
    (row) => {
      // Somebody was quicker.
      if (!row.current || row.state !== 'w' || row.dueAt === null || row.dueAt.epochMilliseconds > row.now) return undefined;
      count += 1;
      const told = row.attemptResult === RESULT.notified;
      return {
        result: told ? RESULT.unconfirmed : RESULT.expired,
        code: told ? undefined : 'no_receipt',
        detail: told ? 'told, and not confirmed in time' : 'no receipt in time',
      };
    },
  );
  return { count, touched };
}
