/**
 * A bucket of tokens, one token an attempt: it fills at the rate and holds one second's worth, at least one.
 * full -> take() -> emptier -> (time) -> full; with another rate the tokens in it are kept as far as it holds them.
 */
export interface Bucket {
  /** Takes a token at the time `now` (milliseconds). @returns 0, or milliseconds until there will be one. */
  take(now: number, rate: number): number;
}

export function createBucket(): Bucket {
  let tokens = Number.POSITIVE_INFINITY;
  let filledAt = 0;
  return {
    take(now, rate) {
      const most = Math.max(1, rate);
      tokens = Math.min(most, tokens + (Math.max(0, now - filledAt) * rate) / 1000);
      filledAt = now;
      // The sum of many parts of a token may miss it by a rounding error.
      if (tokens >= 1 - 1e-9) {
        tokens -= 1;
        return 0;
      }
      return Math.ceil(((1 - tokens) * 1000) / rate);
    },
  };
}
