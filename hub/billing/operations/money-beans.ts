import { type Act, dayOf } from '../act.ts';
import { readSum } from '../amount.ts';
import { badValue } from '../bad-value.ts';
import { EVER, type Span } from '../read-balance.ts';
import type { MoneyInput } from '../save-money.ts';
import type { MoneyRow } from '../sql/money-rows.ts';

/** The bean `period` of a request. */
export interface PeriodBean {
  readonly dateFrom: Temporal.Instant | null;
  readonly dateTo: Temporal.Instant | null;
}

/** The days of a period where the billing is; without one all time. */
export const spanOf = (act: Act, period: PeriodBean | null): Span =>
  period ? { from: period.dateFrom && dayOf(act, period.dateFrom), to: period.dateTo && dayOf(act, period.dateTo) } : EVER;

/** The beans `payment` and `charge` of a request. */
export interface MoneyBean {
  readonly id: number;
  readonly contractId: number;
  readonly typeId: number;
  readonly date: Temporal.Instant | null;
  readonly sum: string | null;
  readonly summa: string | null;
  readonly comment: string | null;
}

/** What is asked for; who it was and when are not taken from a request. @throws HubError BAD_REQUEST */
export function moneyInput(act: Act, name: string, bean: MoneyBean | null): MoneyInput {
  if (!bean) throw badValue(name, 'it is needed', 'не указан');
  return {
    id: bean.id,
    contractId: bean.contractId || undefined,
    typeId: bean.typeId || undefined,
    day: bean.date ? dayOf(act, bean.date) : undefined,
    sum: readSum(bean.sum, bean.summa),
    comment: bean.comment ?? undefined,
  };
}

/** The amount travels under both of its names. */
export const moneyBean = (row: MoneyRow) => ({
  id: row.id,
  contractId: row.contractId,
  typeId: row.typeId,
  date: row.day,
  sum: row.sum,
  summa: row.sum,
  comment: row.comment,
  userId: row.operatorId ?? 0,
  timeChange: row.changedAt,
});
