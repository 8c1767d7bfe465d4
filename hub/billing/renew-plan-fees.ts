import type { Database } from '../core/database/database.ts';
import { audit } from '../core/identity/audit.ts';
import { accrueBatch, BATCH } from './accrue-day.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { checkPeriod } from './day-period.ts';
import { needTariffPlan } from './save-tariff-plan.ts';
import { contractsOnPlan } from './sql/accrual.ts';

export interface PlanRenewal {
  readonly planId: number;
  /** Its month is the first that is taken anew. */
  readonly from: Temporal.PlainDate;
  /** The contract behind which it goes on; 0: all. */
  readonly after: number;
  /** Contracts of one call, at most. */
  readonly limit: number;
}

/** What was done. `next`: where the next call goes on; null: that was all. */
export interface RenewedPart {
  readonly contracts: number;
  readonly changed: number;
  readonly next: number | null;
}

/**
 * Takes the fees of contracts on a plan anew from a month on, as its prices are now: the accrual of the day only looks at the present month, and prices
 * can be set for the past (spec 2.10). Closed months stay. Part by part, each batch a transaction of its own: whoever is interrupted goes on, and what
 * is right already is not touched.
 * @throws HubError NOT_FOUND (plan), BAD_REQUEST (`from`)
 */
export async function renewPlanFees(database: Database, act: Act, { planId, from, after, limit }: PlanRenewal): Promise<RenewedPart> {
  checkPeriod(from, null, ['from', 'from']);
  if (Temporal.PlainDate.compare(from, act.today) > 0)
    throw badValue(
      'from',
      `${from} is still to come: fees follow by themselves`,
      `${from} ещё не наступило: начисление пересчитается само`,
    );
  const month = from.with({ day: 1 });
  await needTariffPlan(database.work, planId);
  const ids = (await contractsOnPlan(database.work, planId, month, after, limit + 1)).map(({ id }) => id);
  const part = ids.slice(0, limit);
  let changed = 0;
  for (let at = 0; at < part.length; at += BATCH) changed += await accrueBatch(database, act, part.slice(at, at + BATCH), month);
  if (changed > 0)
    await database.transaction((tx) =>
      audit(tx, act.caller, {
        action: 'billing.tariff-plan.renew-fees',
        object: `tariff-plan/${planId}`,
        after: { from: month.toString(), contracts: part.length, changed },
      }),
    );
  return { contracts: part.length, changed, next: ids.length > limit ? (part.at(-1) ?? null) : null };
}
