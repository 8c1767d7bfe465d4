/**
 * Counts requests against a rate: a bucket of tokens for each key, which fills at the rate and holds one second's worth. Buckets that must
 * be full again are forgotten, so the memory is bounded by the keys of the last seconds.
 */
const SWEEP_EVERY = 5_000;
/** After this silence a bucket is full, whatever the rate. Milliseconds. */
const FULL_AFTER = 1_000;

/** @param now milliseconds that never go back. @returns whether one more request of the key is allowed; if so it is counted. */
export function createRate(perSecond: number, now: () => number = () => performance.now()): (key: string) => boolean {
  const buckets = new Map<string, { tokens: number; at: number }>();
  let swept = now();
  return (key) => {
    const at = now();
    if (at - swept > SWEEP_EVERY) {
      swept = at;
      for (const [old, bucket] of buckets) if (at - bucket.at > FULL_AFTER) buckets.delete(old);
    }
    const bucket = buckets.get(key);
    if (!bucket) {
      buckets.set(key, { tokens: perSecond - 1, at });
      return true;
    }
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((at - bucket.at) / 1000) * perSecond);
    bucket.at = at;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}
