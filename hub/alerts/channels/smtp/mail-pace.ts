import { createBucket } from '../../../core/deliveries/rate.ts';

/**
 * How fast a group may begin mails (specification of alerts 4.10.1 and 2): so many a minute, in the order in which they ask. "Not so fast" halves it, down to one a second
 * where it was faster; then it grows by a tenth each second.
 *
 * open: turns are given out as their time comes -> close(): whoever waits goes away empty, and so does everybody after -> closed.
 */
export interface MailPace {
  /** Resolves when a mail may begin; false: `signal` aborted, or the pace was closed. */
  turn(signal: AbortSignal): Promise<boolean>;
  slower(): void;
  /** Mails a second now; undefined: no limit. */
  readonly perSecond: number | undefined;
  /** Mails that may be under way or wait here at once: a few seconds' worth, as those that wait here are not held back when their run is stopped. */
  readonly atOnce: number;
  close(): void;
}

const FLOOR = 1;
const GROWTH = 1.1;
const SECONDS_AT_ONCE = 5;

/**
 * @param perMinute undefined: no limit
 * @param clock milliseconds
 */
export function createMailPace(perMinute: number | undefined, clock: () => number = () => performance.now()): MailPace {
  const limit = perMinute === undefined ? Number.POSITIVE_INFINITY : perMinute / 60;
  const bucket = createBucket();
  const waiting = new Set<(may: boolean) => void>();
  let rate = limit;
  let grownAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function current(now: number): number {
    if (rate < limit) rate = Math.min(limit, rate * GROWTH ** (Math.max(0, now - grownAt) / 1000));
    grownAt = now;
    return rate;
  }
  function serve(): void {
    timer = undefined;
    for (const give of waiting) {
      const now = clock();
      const pause = bucket.take(now, current(now));
      if (pause > 0) {
        timer = setTimeout(serve, pause);
        return;
      }
      give(true);
    }
  }
  return {
    turn(signal) {
      if (closed || signal.aborted) return Promise.resolve(false);
      if (perMinute === undefined) return Promise.resolve(true);
      return new Promise((resolve) => {
        const give = (may: boolean): void => {
          waiting.delete(give);
          signal.removeEventListener('abort', leave);
          resolve(may);
        };
        const leave = (): void => give(false);
        signal.addEventListener('abort', leave, { once: true });
        waiting.add(give);
        if (timer === undefined) serve();
      });
    },
    slower() {
      if (perMinute === undefined) return;
      const now = clock();
      rate = Math.max(Math.min(FLOOR, limit), current(now) / 2);
    },
    get perSecond() {
      return perMinute === undefined ? undefined : current(clock());
    },
    get atOnce() {
      return Math.max(1, Math.ceil(current(clock()) * SECONDS_AT_ONCE));
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const give of waiting) give(false);
    },
  };
}
