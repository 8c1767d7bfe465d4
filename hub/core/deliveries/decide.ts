import type { DueItem, EndState, Outcome } from './outcome.ts';
import type { Policy } from './policy.ts';
import type { Settled } from './settle.ts';

/** An attempt that is over. Times are milliseconds since 1970 on the database's clock. */
export interface Over<Record> {
  readonly item: DueItem;
  /** Undefined: nobody knows what came of it, or it failed on our side. */
  readonly outcome: Outcome<Record> | undefined;
  /** Undefined: the target is not known here. */
  readonly policy: Policy | undefined;
  readonly begunAt: number;
  readonly endedAt: number;
  /** The hub that made it. */
  readonly holder: string;
  /** That hub died over it, so it may have arrived. */
  readonly lost: boolean;
}

/** What an attempt that failed on our side waits: twice as long each time, so that a fault of days makes hundreds of attempts, not thousands. */
const FIRST_PAUSE = 5_000;
const DOUBLINGS = 6;

/**
 * What follows from an attempt. One that a dead hub made counts only when another one has had a known outcome; so a crash costs no attempt,
 * and no crash makes more of them than the policy allows.
 */
export function decide<Record>({ item, outcome, policy, begunAt, endedAt, holder, lost }: Over<Record>): Settled<Record> {
  const settled = { item, begunAt, endedAt, outcome, holder };
  if (outcome && outcome.result !== 'again') return { ...settled, state: outcome.result, again: undefined, counts: true };
  const counts = outcome ? outcome.spends !== false : lost && item.known > 0;
  const spent = item.spent + (counts ? 1 : 0);
  const soonest = endedAt + (outcome?.notBefore ?? 0);
  if (!counts) {
    const pause = lost ? 0 : FIRST_PAUSE * 2 ** Math.min(Math.max(item.number - item.spent - 1, 0), DOUBLINGS);
    return { ...settled, state: undefined, again: Math.max(soonest, endedAt + pause), counts };
  }
  const next = policy?.next({ spent, dueAt: item.dueAt, begunAt, endedAt });
  // Without a policy the target is not known here; whoever knows it decides with the next attempt.
  if (next === undefined && policy) return { ...settled, state: 'failed' satisfies EndState, again: undefined, counts };
  return { ...settled, state: undefined, again: Math.max(next ?? 0, soonest), counts };
}
