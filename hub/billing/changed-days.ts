import type { FeeDays } from './fee-rules.ts';

/** A thing that counts on days: a service object, a tariff of a contract. */
interface Dated {
  readonly dateFrom: Temporal.PlainDate;
  readonly dateTo: Temporal.PlainDate | null;
}

const { compare } = Temporal.PlainDate;
const earlier = (a: Temporal.PlainDate, b: Temporal.PlainDate): Temporal.PlainDate => (compare(a, b) < 0 ? a : b);
const sameEnd = (a: Temporal.PlainDate | null, b: Temporal.PlainDate | null): boolean => (a === null || b === null ? a === b : a.equals(b));
const union = (a: Dated, b: Dated): FeeDays => ({
  dateFrom: earlier(a.dateFrom, b.dateFrom),
  dateTo: a.dateTo && b.dateTo && (compare(a.dateTo, b.dateTo) > 0 ? a.dateTo : b.dateTo),
});

/**
 * The days on which something counts otherwise after a change: only these may not be closed, and only their months are taken anew (spec 2.10, 2.12).
 * @param before absent: it is new; @param after absent: it is gone
 * @param sameContent whether it counts alike on the days that both include
 * @returns undefined: on none
 */
export function changedDays(before: Dated | undefined, after: Dated | undefined, sameContent: boolean): FeeDays | undefined {
  if (!before || !after) return before ?? after;
  if (!sameContent || !before.dateFrom.equals(after.dateFrom)) return union(before, after);
  if (sameEnd(before.dateTo, after.dateTo)) return undefined;
  const [a, b] = [before.dateTo, after.dateTo];
  const firstEnd = a && b ? earlier(a, b) : (a ?? b);
  if (!firstEnd) return undefined;
  return { dateFrom: firstEnd.add({ days: 1 }), dateTo: a && b && (compare(a, b) > 0 ? a : b) };
}
