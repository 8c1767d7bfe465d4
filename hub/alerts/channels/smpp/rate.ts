/** Figures of specification 4.10.2. */
const FLOOR = 1;
const GROWTH = 1.1;
/** Seconds whose worth of messages may leave at once after a pause. */
const BURST = 0.05;

export interface Rate {
  /** Takes the right to send one part. @param now in milliseconds, any zero. @returns 0, or the milliseconds after which to ask again */
  take(now: number): number;
  /**
   * The centre has asked to slow down: half the rate. Of all the messages that were on their way together only the first such answer counts.
   * @param sentAt when the message that was refused was sent
   */
  throttled(sentAt: number, now: number): void;
  /** Parts a second now. */
  current(now: number): number;
}

/**
 * How fast a group may send: a token bucket of `limit` parts a second. A throttle answer halves the rate, down to one a second; without another one it
 * grows by a tenth each second, up to the limit.
 */
export function createRate(limit: number): Rate {
  let rate = limit;
  let lastHalved = Number.NEGATIVE_INFINITY;
  let grownAt = 0;
  let filledAt = 0;
  let tokens = 1;
  function current(now: number): number {
    if (rate < limit && now > grownAt) {
      rate = Math.min(limit, rate * GROWTH ** ((now - grownAt) / 1000));
      grownAt = now;
    }
    return rate;
  }
  return {
    current,
    take(now) {
      const perSecond = current(now);
      if (now > filledAt) {
        tokens = Math.min(Math.max(1, perSecond * BURST), tokens + (perSecond * (now - filledAt)) / 1000);
        filledAt = now;
      }
      if (tokens >= 1) {
        tokens--;
        return 0;
      }
      return Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
    throttled(sentAt, now) {
      if (sentAt < lastHalved) return;
      rate = Math.max(FLOOR, current(now) / 2);
      tokens = Math.min(tokens, 0);
      lastHalved = now;
      grownAt = now;
    },
  };
}
