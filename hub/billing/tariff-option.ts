import { divideRounded, type Money } from './money.ts';

/** How an option is activated: for how long, and for how much (spec 2.8). */
export interface OptionMode {
  readonly dateFrom: Temporal.PlainDate | null;
  readonly dateTo: Temporal.PlainDate | null;
  readonly chargeSum: Money;
  readonly chargeProportional: boolean;
  /** So many (`periodCount`) of 0 days, 1 months, 2 without end. */
  readonly periodMode: number;
  readonly periodCount: number;
}

export interface Option {
  readonly id: number;
  readonly enabled: boolean;
  readonly groups: bigint;
  readonly dateFrom: Temporal.PlainDate | null;
  readonly dateTo: Temporal.PlainDate | null;
  readonly depends: readonly number[];
  readonly incompatible: readonly number[];
  readonly tariffs: readonly number[];
  readonly hideGroups: bigint;
  /** 0: hidden from contracts with one of the groups, 1: from all others. */
  readonly hideMode: number;
  readonly hideWeb: boolean;
}

/** What of a contract decides about options. */
export interface OptionHolder {
  readonly groups: bigint;
  readonly tariffs: readonly number[];
  /** Options in force. */
  readonly active: readonly number[];
}

const { compare } = Temporal.PlainDate;

/** Whether an option or a way of activating it can be had on a day. */
export const isOffered = ({ dateFrom, dateTo }: Pick<OptionMode, 'dateFrom' | 'dateTo'>, day: Temporal.PlainDate): boolean =>
  (dateFrom === null || compare(dateFrom, day) <= 0) && (dateTo === null || compare(dateTo, day) >= 0);

/** Whether an option is for such a contract at all: by groups, tariffs and, for the customer's own pages, what is hidden there. */
export function isForHolder(option: Option, { groups, tariffs }: OptionHolder, web: boolean): boolean {
  if (option.groups !== 0n && (option.groups & groups) === 0n) return false;
  if (option.tariffs.length > 0 && !option.tariffs.some((plan) => tariffs.includes(plan))) return false;
  if (!web) return true;
  const marked = (option.hideGroups & groups) !== 0n;
  return !option.hideWeb && !(option.hideGroups !== 0n && (option.hideMode === 0 ? marked : !marked));
}

export type OptionRefusal = 'not_offered' | 'not_for_contract' | 'active_already' | 'depends' | 'incompatible';

/** Why an option cannot be activated on a day; undefined: it can. */
export function optionRefusal(option: Option, holder: OptionHolder, day: Temporal.PlainDate, web: boolean): OptionRefusal | undefined {
  if (!option.enabled || !isOffered(option, day)) return 'not_offered';
  if (!isForHolder(option, holder, web)) return 'not_for_contract';
  if (holder.active.includes(option.id)) return 'active_already';
  if (!option.depends.every((id) => holder.active.includes(id))) return 'depends';
  if (option.incompatible.some((id) => holder.active.includes(id))) return 'incompatible';
  return undefined;
}

/**
 * For how long an option is activated on a day, and for how much. A proportional charge of months is for the rest of the calendar month, and the
 * option ends with a calendar month; any other runs from the day on.
 * @returns until: the first day on which it is no longer in force; null: without end
 */
export function activationOf(
  { chargeSum, chargeProportional, periodMode, periodCount }: OptionMode,
  day: Temporal.PlainDate,
): { readonly until: Temporal.PlainDate | null; readonly sum: Money } {
  if (periodMode === 2) return { until: null, sum: chargeSum };
  if (periodMode === 0) return { until: day.add({ days: periodCount }), sum: chargeSum };
  if (!chargeProportional) return { until: day.add({ months: periodCount }), sum: chargeSum };
  const rest = BigInt(day.daysInMonth - day.day + 1);
  return { until: day.with({ day: 1 }).add({ months: periodCount }), sum: divideRounded(chargeSum * rest, BigInt(day.daysInMonth)) };
}
