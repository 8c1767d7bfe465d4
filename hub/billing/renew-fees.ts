import type { Transaction } from '../core/database/statement.ts';
import { accrueFees } from './accrue-fees.ts';
import type { Act } from './act.ts';
import { closing } from './closed-dates.ts';
import { type FeeDays, monthsBetween } from './fee-rules.ts';
import { firstFeeDay } from './sql/accrual.ts';
import { lastClosedDay } from './sql/closed-dates.ts';

const { compare } = Temporal.PlainDate;
const later = (a: Temporal.PlainDate, b: Temporal.PlainDate): Temporal.PlainDate => (compare(a, b) > 0 ? a : b);

/**
 * Takes the fees of the open months that a change touches anew (spec 2.10); closed months stay. With the setting `recalculateOnServiceChange` off months
 * that are over stay too, and only the present one follows. The contract is locked by `lockContract`.
 * @param days which days the change is about
 * @returns whether something was booked
 */
export async function renewFees(tx: Transaction, act: Act, contractId: number, days: FeeDays): Promise<boolean> {
  const [first] = await firstFeeDay(tx, contractId);
  if (!first?.day) return false;
  const [closed] = await lastClosedDay(tx, closing('accounts'));
  let from = days.dateFrom ? later(days.dateFrom, first.day) : first.day;
  if (closed?.day) from = later(from, closed.day.add({ days: 1 }));
  if (!act.settings.recalculateOnServiceChange) from = later(from, act.today.with({ day: 1 }));
  const to = days.dateTo && compare(days.dateTo, act.today) < 0 ? days.dateTo : act.today;
  return (await accrueFees(tx, act, [contractId], monthsBetween(from, to))).length > 0;
}
