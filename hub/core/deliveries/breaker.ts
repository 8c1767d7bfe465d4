import type { Health } from './outcome.ts';

/**
 * Tells a target that seems dead from one that has bad luck.
 *
 * closed -> open (5 attempts in a row could not reach it; or of at least 10 attempts in 5 minutes 70 % failed) -> its time passes -> one
 * probe -> closed (the probe found it alive), or open again for twice the time, up to 10 minutes.
 */
export interface Breaker {
  readonly state: 'closed' | 'open';
  /** When the next probe may go, in the milliseconds of `observe`; undefined while closed. */
  readonly until: number | undefined;
  /** How often it has opened in a row. */
  readonly step: number;
  /** @returns true when the state has changed, so that it is worth storing. */
  observe(now: number, health: Health): boolean;
  /** True when an attempt may begin now. While open it is true once after each pause, for the probe. */
  admits(now: number): boolean;
  /** A probe was admitted and not made. */
  takeBack(): void;
}

const UNREACHABLE_IN_A_ROW = 5;
const WINDOW = 300_000;
const SLICES = 10;
const LEAST_ATTEMPTS = 10;
const FAILING_PART = 0.7;
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 600_000;

/** @param stored what an owner before has stored of it. */
export function createBreaker(stored: { readonly until: number; readonly step: number } | undefined): Breaker {
  let until = stored?.until;
  let step = stored?.step ?? 0;
  let unreachable = 0;
  let probing = false;
  // Counts of the last five minutes, in slices of thirty seconds: [number of the slice, attempts, failures].
  let slices: [number, number, number][] = [];

  const count = (now: number, failed: boolean): void => {
    const present = Math.floor((now * SLICES) / WINDOW);
    slices = slices.filter(([slice]) => slice > present - SLICES && slice <= present);
    let slice = slices.at(-1);
    if (slice?.[0] !== present) {
      slice = [present, 0, 0];
      slices.push(slice);
    }
    slice[1] += 1;
    if (failed) slice[2] += 1;
  };
  const failing = (): boolean => {
    const attempts = slices.reduce((sum, [, all]) => sum + all, 0);
    const failures = slices.reduce((sum, [, , failed]) => sum + failed, 0);
    return attempts >= LEAST_ATTEMPTS && failures >= attempts * FAILING_PART;
  };
  const open = (now: number): void => {
    until = now + Math.min(FIRST_PAUSE * 2 ** step, LONGEST_PAUSE);
    step = Math.min(step + 1, 10);
    probing = false;
  };

  return {
    get state() {
      return until === undefined ? 'closed' : 'open';
    },
    get until() {
      return until;
    },
    get step() {
      return step;
    },
    observe(now, health) {
      if (health === 'unknown') {
        probing = false;
        return false;
      }
      const failed = health !== 'alive';
      unreachable = health === 'unreachable' ? unreachable + 1 : 0;
      if (until !== undefined) {
        // What was under way when it opened says nothing new.
        if (!probing && failed) return false;
        if (failed) open(now);
        else {
          until = undefined;
          step = 0;
          slices = [];
        }
        probing = false;
        return true;
      }
      count(now, failed);
      if (!failed || (unreachable < UNREACHABLE_IN_A_ROW && !failing())) return false;
      open(now);
      return true;
    },
    admits(now) {
      if (until === undefined) return true;
      if (probing || now < until) return false;
      probing = true;
      return true;
    },
    takeBack() {
      probing = false;
    },
  };
}
