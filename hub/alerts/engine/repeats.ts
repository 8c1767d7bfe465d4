/**
 * What was taken a moment ago, so that a copy is known: a network repeats a message whose acknowledgement it has not heard. Not kept over a restart.
 *
 * A message is taken -> remembered for `keep` milliseconds, or until `most` others came -> forgotten.
 */
export interface Repeats {
  has(key: string): boolean;
  add(key: string): void;
}

/** @param clock milliseconds */
export function createRepeats(keep: number, most: number, clock: () => number = () => performance.now()): Repeats {
  const takenAt = new Map<string, number>();
  return {
    has: (key) => clock() - (takenAt.get(key) ?? Number.NEGATIVE_INFINITY) < keep,
    add(key) {
      takenAt.delete(key);
      takenAt.set(key, clock());
      // The oldest stand first.
      for (const [old, at] of takenAt) {
        if (takenAt.size <= most && clock() - at < keep) break;
        takenAt.delete(old);
      }
    },
  };
}
