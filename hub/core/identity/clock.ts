/** The times that identity works with; passed in, so that tests move them. */
export interface Clock {
  /** The time of day: expiry of sessions and tokens, validity of certificates. */
  instant(): Temporal.Instant;
  /** Milliseconds that only ever grow: throttling and caches, which a clock set back must not prolong. */
  ticks(): number;
}

export const SYSTEM_CLOCK: Clock = { instant: () => Temporal.Now.instant(), ticks: () => performance.now() };
