import type { Transaction } from '../../core/database/statement.ts';
import type { Receipt } from '../channels/driver.ts';
import { bestOf, RESULT, type Result } from '../result.ts';
import { dropParts, takeParts } from '../sql/settle.ts';
import { withSharers } from './lock-attempts.ts';
import type { RunBook } from './run-book.ts';
import { tellStanding } from './tell-attempts.ts';

/** A receipt, with the channel group that heard it and every spelling of its id. */
export interface HeardReceipt {
  readonly group: number;
  readonly spellings: readonly string[];
  readonly receipt: Receipt;
}

const RESULT_OF: Readonly<Record<Receipt['result'], Result>> = {
  delivered: RESULT.notified,
  temporary: RESULT.noAnswer,
  permanent: RESULT.refused,
};
/** The network's word for a message whose time ran out. */
const EXPIRED = 'EXPIRED';

/**
 * Takes receipts of parts: a message is delivered when all of its parts are, and has failed with the first that has (specification of alerts 5.2).
 * One that belongs to nothing we sent is passed over.
 * @returns runs of which something ended, for each receipt whether it belonged to something, and the parts of which nothing more is expected
 */
export async function takeReceipts(
  tx: Transaction,
  book: RunBook,
  heard: readonly HeardReceipt[],
): Promise<{ touched: ReadonlySet<number>; known: readonly boolean[]; dropped: readonly { groupId: number; id: string }[] }> {
  const asked = heard.flatMap(({ group, spellings }, place) => spellings.map((id) => ({ group, id, place })));
  const taken = await takeParts(
    tx,
    asked.map(({ group }) => group),
    asked.map(({ id }) => id),
    asked.map(({ place }) => place),
  );
  const byAttempt = new Map<number, Receipt[]>();
  const known = heard.map(() => false);
  for (const { places, attempt } of taken) {
    for (const place of places) known[place] = true;
    byAttempt.set(
      attempt,
      places.flatMap((place) => heard[place]?.receipt ?? []),
    );
  }
  if (taken.length === 0) return { touched: new Set(), known, dropped: [] };
  const over: number[] = [];
  // Parts are counted by the attempt that was made.
  const partsOf = new Map(taken.map(({ attempt, parts }) => [attempt, parts]));
  const touched = await tellStanding(tx, book, await withSharers(tx, taken), (row) => {
    const receipts = byAttempt.get(row.origin) ?? [];
    const failed = receipts.find(({ result }) => result !== 'delivered');
    const parts = Math.max(0, (partsOf.get(row.origin) ?? row.parts) - receipts.length);
    if (failed) {
      over.push(row.attempt);
      const result = failed.code === EXPIRED ? RESULT.expired : RESULT_OF[failed.result];
      // What was proven before stays: a reply to the other parts.
      const best = row.attemptResult === RESULT.confirmed ? bestOf(row.attemptResult, result) : result;
      return { result: best, code: failed.code, detail: failed.detail, parts: 0 };
    }
    const [last] = receipts.slice(-1);
    if (parts > 0 || row.attemptResult === RESULT.confirmed) return { result: undefined, code: undefined, detail: undefined, parts };
    return { result: RESULT.notified, code: last?.code, detail: last?.detail, parts };
  });
  return { touched, known, dropped: over.length > 0 ? await dropParts(tx, over) : [] };
}
