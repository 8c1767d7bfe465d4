import type { Transaction } from '../../core/database/statement.ts';
import type { Bounce } from '../channels/driver.ts';
import { bestOf, RESULT, type Result } from '../result.ts';
import { attemptOfRound, resultsBeside } from '../sql/bounces.ts';
import { lockAttempts } from './lock-attempts.ts';
import type { RunBook } from './run-book.ts';
import { tellStanding } from './tell-attempts.ts';

/** The number of an attempt; or run, target and round: mails of older hubs come back so. */
const REFERENCE = /^(?:(\d{1,15})|(\d{1,10})\.(\d{1,10})(?:\.(\d{1,3}))?)$/;

async function attemptOf(tx: Transaction, reference: string): Promise<number | undefined> {
  const [, attempt, run, no, round] = REFERENCE.exec(reference) ?? [];
  if (attempt !== undefined) return Number(attempt);
  if (run === undefined || no === undefined) return undefined;
  const [found] = await attemptOfRound(tx, Number(run), Number(no), round === undefined ? null : Number(round));
  return found?.attempt;
}

/**
 * Takes a mail that came back after it had been accepted: who was notified by it was not, unless another attempt has reached him (specification of alerts 5.1).
 * @returns runs of which something ended
 */
export async function takeBounce(tx: Transaction, book: RunBook, { reference, code, detail }: Bounce): Promise<ReadonlySet<number>> {
  const attempt = await attemptOf(tx, reference);
  if (attempt === undefined) return new Set();
  // Locked first: what the other attempts came to stays so.
  const rows = await lockAttempts(tx, [attempt]);
  const beside = Map.groupBy(
    await resultsBeside(
      tx,
      rows.map((row) => row.attempt),
    ),
    (one) => one.attempt,
  );
  return tellStanding(tx, book, rows, (row) => {
    if (row.attemptResult === RESULT.confirmed) return undefined;
    const others = (beside.get(row.attempt) ?? []).reduce<Result>((best, { result }) => bestOf(best, result as Result), RESULT.queued);
    return { result: RESULT.refused, code, detail, bounced: { others } };
  });
}
