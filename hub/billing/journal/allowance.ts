/** Tokens of one source of calls. */
interface Bucket {
  tokens: number;
  /** When they were counted, milliseconds. */
  at: number;
}

/** Sources beyond which all are forgotten; whoever fills it is noted a little more, no more memory is taken. */
const MOST_SOURCES = 20_000;

/** Says whether something of a source may be noted. @param at the present time, milliseconds of a clock that never goes back */
export type Allowance = (source: number, at: number) => boolean;

/**
 * Lets each source through so often a minute, with as many at once after a silence. It runs on every call, so it is a look into a map and a few sums.
 */
export function createAllowance(perMinute: number): Allowance {
  const buckets = new Map<number, Bucket>();
  const perMillisecond = perMinute / 60_000;
  return (source, at) => {
    const bucket = buckets.get(source);
    if (!bucket) {
      if (buckets.size >= MOST_SOURCES) buckets.clear();
      buckets.set(source, { tokens: perMinute - 1, at });
      return true;
    }
    bucket.tokens = Math.min(perMinute, bucket.tokens + (at - bucket.at) * perMillisecond);
    bucket.at = at;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}
