import type { Prepared } from './attempt-target.ts';

/** An attempt that has just been written down, with the channel group that makes it. */
export type PreparedFor = Prepared & { readonly group: number };

/**
 * What is known here of attempts that were written down and have not begun, so that it need not be read again. Nothing of value: who does not find one reads it.
 *
 * An attempt is kept -> taken, once, when it begins -> gone; or forgotten with its group, when that has gone to another hub, which makes its attempts.
 */
export interface PreparedAttempts {
  keep(attempt: PreparedFor): void;
  take(attempt: number): Prepared | undefined;
  forget(group: number): void;
  readonly size: number;
}

export function createPreparedAttempts(): PreparedAttempts {
  const kept = new Map<number, PreparedFor>();
  return {
    keep: (one) => void kept.set(one.attempt, one),
    take(attempt) {
      const found = kept.get(attempt);
      kept.delete(attempt);
      return found;
    },
    forget(group) {
      for (const [attempt, one] of kept) if (one.group === group) kept.delete(attempt);
    },
    get size() {
      return kept.size;
    },
  };
}
