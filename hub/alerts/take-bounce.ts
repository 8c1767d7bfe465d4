import type { Transaction } from '../core/database/statement.ts';
import type { Bounce } from './channels/driver.ts';
import { RESULT } from './result.ts';
import type { RunBook } from './run-book.ts';
import { attemptOfTarget } from './sql/settle.ts';
import { tellAttempts } from './tell-attempts.ts';

const REFERENCE = /^(\d{1,10})\.(\d{1,10})(?:\.\d{1,3})?$/;

/**
 * Takes a mail that came back after it had been accepted: who was notified was not (specification of alerts 5.1).
 * @returns runs of which something ended
 */
export async function takeBounce(
  tx: Transaction,
  book: RunBook,
  { reference, code, detail }: Bounce,
  now: number,
): Promise<ReadonlySet<number>> {
  const [, run, no] = REFERENCE.exec(reference) ?? [];
  if (run === undefined || no === undefined) return new Set();
  const [found] = await attemptOfTarget(tx, Number(run), Number(no));
  if (!found) return new Set();
  const fact = { attempt: found.attempt, result: RESULT.refused, code, detail, bounced: true };
  return tellAttempts(tx, book, [found.attempt], (row) => (row.attemptResult === RESULT.confirmed ? undefined : fact), now);
}
