/** Kinds of movement that are closed each for itself, by the number under which their last closed day is kept; 0 closes all of them (spec 2.12). */
export const CLOSED_KINDS = { general: 0, payments: 1, charges: 2, accounts: 3 } as const;
export type ClosedKind = keyof typeof CLOSED_KINDS;

/** What people and programs call them, in REST, at the command line and in the view `closed_date`. */
export const CLOSED_NAMES = { all: 0, payments: 1, charges: 2, accounts: 3 } as const satisfies Readonly<
  Record<string, (typeof CLOSED_KINDS)[ClosedKind]>
>;
export type ClosedName = keyof typeof CLOSED_NAMES;

/** The numbers whose days close a kind. */
export const closing = (kind: ClosedKind): number[] => [...new Set([CLOSED_KINDS.general, CLOSED_KINDS[kind]])];

/** True for a day in a closed period: the last closed day is inside (spec 13). */
export const isClosed = (lastClosed: Temporal.PlainDate | null, day: Temporal.PlainDate): boolean =>
  lastClosed !== null && Temporal.PlainDate.compare(day, lastClosed) <= 0;
