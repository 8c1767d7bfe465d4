import type { Queryable } from '../core/database/statement.ts';
import { feeKey, loadGrounds } from './accrue-fees.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { feeOf, monthsBetween } from './fee-rules.ts';
import { findContract } from './find-contract.ts';
import { type Money, money } from './money.ts';
import { accountsOfObjects } from './sql/accrual.ts';

/** What a service object costs in a month. */
export interface PlannedFee {
  readonly month: Temporal.PlainDate;
  readonly objectId: number;
  readonly serviceId: number;
  /** What is accrued already. */
  readonly accrued: Money;
  /** What it will be when the month is over, as things stand: with the tariffs, prices and statuses that are planned. */
  readonly planned: Money;
}

const MOST_MONTHS = 24;

/**
 * The fees of a contract as they will be, by month and object; months without fees have none (spec 2.10).
 * @param from a day of the first month, @param to of the last one
 * @throws HubError NOT_FOUND, BAD_REQUEST: more than 24 months, or none
 */
export async function planFees(
  db: Queryable,
  act: Act,
  contractId: number,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
): Promise<PlannedFee[]> {
  await findContract(db, act, contractId);
  const first = from.with({ day: 1 });
  if (Temporal.PlainDate.compare(first, to) > 0 || Temporal.PlainDate.compare(first.add({ months: MOST_MONTHS }), to) <= 0)
    throw badValue('to', `1 to ${MOST_MONTHS} months are planned at once`, `рассчитывается от 1 до ${MOST_MONTHS} месяцев`);
  const months = monthsBetween(first, to);
  const [ground] = await loadGrounds(db, act, [contractId]);
  if (!ground) return [];
  const stored = new Map((await accountsOfObjects(db, [contractId], months)).map((row) => [feeKey(row), money(row.sum)]));
  return months
    .flatMap((month) =>
      ground.objects.map((object) => {
        const place = { contractId, month, serviceId: object.serviceId, objectId: object.id };
        // Seen from the month behind it, all of its days count.
        return { ...place, accrued: stored.get(feeKey(place)) ?? 0n, planned: feeOf(ground, object, month, month.add({ months: 1 })) };
      }),
    )
    .filter(({ accrued, planned }) => accrued !== 0n || planned !== 0n);
}
