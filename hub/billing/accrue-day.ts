import type { Database } from '../core/database/database.ts';
import { accrueFees } from './accrue-fees.ts';
import type { Act } from './act.ts';
import { closing } from './closed-dates.ts';
import { monthsBetween } from './fee-rules.ts';
import { reactToMoney } from './react-to-money.ts';
import { contractsToLock, contractsWithObjects, lockWithPayers, readAccrualMark, setAccrualMark } from './sql/accrual.ts';
import { lastClosedDay } from './sql/closed-dates.ts';

/** Contracts of one transaction: few enough that a payment on one of them waits for a moment only. */
export const BATCH = 200;

/** What a run did. */
export interface Accrual {
  /** Contracts with objects that were looked at. */
  readonly contracts: number;
  /** Those with a difference. */
  readonly changed: number;
}

/**
 * Accrues the fees of one batch from a month on, and locks those of it that are in debt now. Closed months stay.
 * @returns how many contracts have a difference
 */
export const accrueBatch = (database: Database, act: Act, ids: readonly number[], from: Temporal.PlainDate): Promise<number> =>
  database.transaction(async (tx) => {
    await lockWithPayers(tx, ids);
    const [closed] = await lastClosedDay(tx, closing('accounts'));
    const next = closed?.day?.add({ days: 1 });
    const first = next && Temporal.PlainDate.compare(next, from) > 0 ? next : from;
    const changed = await accrueFees(tx, act, ids, monthsBetween(first, act.today));
    if (changed.length > 0)
      for (const { id } of await contractsToLock(tx, changed, act.today)) await reactToMoney(tx, act, id, { cause: 'accrual' });
    return changed.length;
  });

/**
 * Accrues the fees up to `act.today` for all contracts (spec 2.10), once a day: from the month of the last run on, so that days without a running hub are
 * made up for. In batches, each in its own transaction; interrupted, the next run does the rest and changes nothing that is done.
 * @param act the scheduler's
 * @returns undefined: this day is done already, or the run was stopped
 */
export async function accrueDay(database: Database, act: Act, isStopped: () => boolean = () => false): Promise<Accrual | undefined> {
  const [mark] = await readAccrualMark(database.work);
  if (mark && Temporal.PlainDate.compare(mark.day, act.today) >= 0) return undefined;
  const from = (mark?.day ?? act.today.subtract({ days: 1 })).with({ day: 1 });
  let [contracts, changed, last] = [0, 0, 0];
  for (;;) {
    const rows = await contractsWithObjects(database.work, from, act.today, last, BATCH);
    if (rows.length > 0)
      changed += await accrueBatch(
        database,
        act,
        rows.map(({ id }) => id),
        from,
      );
    contracts += rows.length;
    last = rows.at(-1)?.id ?? last;
    if (rows.length < BATCH) break;
    if (isStopped()) return undefined;
  }
  await setAccrualMark(database.work, act.today);
  return { contracts, changed };
}
