import type { Clock } from '../../clock.ts';

export interface ManualClock extends Clock {
  /** Moves both times on by milliseconds. */
  advance(milliseconds: number): void;
  /** Sets the time of day alone, as somebody correcting the computer's clock does. */
  setInstant(instant: Temporal.Instant): void;
}

/** A clock that stands still until it is moved. It begins with the present: the database's triggers go by a clock of their own. */
export function manualClock(start = Temporal.Now.instant().round('second')): ManualClock {
  let instant = start;
  let ticks = 1_000;
  return {
    instant: () => instant,
    ticks: () => ticks,
    advance(milliseconds) {
      instant = instant.add({ milliseconds });
      ticks += milliseconds;
    },
    setInstant(other) {
      instant = other;
    },
  };
}
