import type { Transaction } from '../../core/database/statement.ts';
import type { Result } from '../result.ts';
import { type AttemptNews, applyTurns, type Step } from './apply-turns.ts';
import { lockAttempts } from './lock-attempts.ts';
import type { RunBook } from './run-book.ts';
import { consequence, returned } from './settlement.ts';
import type { Standing } from './standing.ts';

/** What has become known of an attempt that its channel was done with. */
export interface Fact {
  /** Undefined: nothing final, only fewer parts are under way. */
  readonly result: Result | undefined;
  readonly code: string | undefined;
  readonly detail: string | undefined;
  /** Parts of which nothing is known yet; undefined: as many as before. */
  readonly parts?: number;
  /** How somebody confirmed it: `sms`, `mail`, `pin`. */
  readonly confirmedBy?: string;
  /** A mail came back. `others`: the best that other attempts of the target came to; `queued`: nothing. */
  readonly bounced?: { readonly others: Result };
}

/**
 * Stores facts that came by themselves and what follows from them (specification of alerts 4.9.2). One attempt, one fact; who shares it is told, too.
 * @param factOf what is known of an attempt, seen as it stands under the lock; undefined: nothing new
 * @returns runs of which something ended
 */
export async function tellAttempts(
  tx: Transaction,
  book: RunBook,
  attempts: readonly number[],
  factOf: (row: Standing) => Fact | undefined,
): Promise<ReadonlySet<number>> {
  return tellStanding(tx, book, await lockAttempts(tx, attempts), factOf);
}

/** The same of attempts that are locked already, in the order in which `lockAttempts` locks them, with those that share them. */
export async function tellStanding(
  tx: Transaction,
  book: RunBook,
  rows: readonly Standing[],
  factOf: (row: Standing) => Fact | undefined,
): Promise<ReadonlySet<number>> {
  const runs = await book.of(
    tx,
    rows.map(({ runId }) => runId),
  );
  const facts: { row: Standing; fact: Fact }[] = [];
  const steps: Step[] = [];
  // Of two attempts of one target the second is told after the first, when its row has moved.
  const targets = new Set<string>();
  const following: number[] = [];
  for (const row of rows) {
    const target = `${row.runId}.${row.no}`;
    if (targets.has(target)) {
      following.push(row.attempt);
      continue;
    }
    targets.add(target);
    const run = runs.get(row.runId);
    const fact = factOf(row);
    if (!run || !fact) continue;
    facts.push({ row, fact });
    if (fact.result === undefined) continue;
    const turn = fact.bounced ? returned(row, fact.bounced.others, run.manner) : consequence(row, fact.result, run.manner);
    if (!turn) continue;
    steps.push({
      row,
      turn,
      channel: row.channel,
      confirmedBy: fact.confirmedBy ?? null,
      detail: fact.detail ?? null,
      avoidGroup: row.avoidGroup,
      ...(fact.bounced && { bounced: true }),
    });
  }
  const news = facts.map(
    ({ row, fact: { result, code, detail, parts, confirmedBy } }): AttemptNews => ({
      attempt: row.attempt,
      ended: false,
      result: result ?? null,
      code: code ?? null,
      detail: detail ?? null,
      channel: null,
      parts: row.attempt === row.origin ? (parts ?? null) : null,
      confirmed: confirmedBy !== undefined,
    }),
  );
  const touched = await applyTurns(tx, steps, news);
  if (following.length === 0) return touched;
  return touched.union(await tellAttempts(tx, book, following, factOf));
}
