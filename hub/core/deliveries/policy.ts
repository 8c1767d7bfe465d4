/** How a target is treated; a module answers it for each of its targets and may answer another one at any time. */
export interface Policy {
  /** Nothing is attempted; what is due waits. */
  readonly held: boolean;
  /** Attempts at once, over all hubs. */
  readonly capacity: number;
  /** Attempts a second over all hubs; undefined: as many as come. */
  readonly rate: number | undefined;
  /**
   * Of the items of one key: `none` promises nothing; with `start` first attempts follow one another in order; with `strict` an item waits
   * until the one before it has ended, or has been failing for `maxHold`.
   */
  readonly ordering: 'none' | 'start' | 'strict';
  /** Milliseconds; for `strict`. */
  readonly maxHold: number;
  /** `hold` stops attempts while the target seems dead (breaker.ts); `observe` only shows it. */
  readonly breaker: 'hold' | 'observe';
  /** When the next attempt is due, in milliseconds since 1970 on the database's clock; undefined when attempts are used up. */
  next(turn: Turn): number | undefined;
}

/** An attempt that did not succeed. Times are milliseconds since 1970 on the database's clock. */
export interface Turn {
  /** Attempts that count so far, this one included: 1 after the first. */
  readonly spent: number;
  /** When it was due, when it began and when it ended. */
  readonly dueAt: number;
  readonly begunAt: number;
  readonly endedAt: number;
}
