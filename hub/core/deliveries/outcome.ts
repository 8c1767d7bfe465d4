/** How a delivery can end. `failed`: attempts used up; `rejected`: it can never be made; `blocked`: it may not be made. */
export type EndState = 'delivered' | 'failed' | 'rejected' | 'blocked' | 'canceled';

/** What an attempt tells about its target: that it lives, that it seems dead (could it be reached at all?), or nothing. */
export type Health = 'alive' | 'failing' | 'unreachable' | 'unknown';

/** What came of one attempt; `record` is handed to the module's own bookkeeping in the transaction that stores the outcome. */
export interface Outcome<Record> {
  /** `again` leaves it to the schedule, and ends as `failed` when that is used up. */
  readonly result: EndState | 'again';
  /** A status of the far side's protocol, such as HTTP's. */
  readonly status: number | null;
  /** Why it did not succeed, for programs: `timeout`. */
  readonly code: string | null;
  /** Milliseconds before which no further attempt is wanted, counted from the end of this one. */
  readonly notBefore?: number;
  /** False when it does not count against the schedule: it failed on our side. (Default: true) */
  readonly spends?: boolean;
  readonly health: Health;
  readonly record: Record;
}

/** One delivery that an attempt is to be made of. Times are milliseconds since 1970 on the database's clock. */
export interface DueItem {
  readonly target: number;
  readonly id: number;
  readonly lane: 0 | 1;
  readonly key: number;
  readonly type: string;
  /** The module's own reference to what is delivered. */
  readonly ref: string;
  readonly extra: unknown;
  /** Number of this attempt among all that were begun, from 1. */
  readonly number: number;
  /** Attempts with a known outcome, and those that count, before this one. */
  readonly known: number;
  readonly spent: number;
  readonly createdAt: number;
  readonly dueAt: number;
  /** When it was claimed. */
  readonly begunAt: number;
}
