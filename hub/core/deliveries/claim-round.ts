import type { Database } from '../database/database.ts';
import { claimDue, type FirstWish, type Wish } from './claim-due.ts';
import type { Hand } from './hand.ts';
import type { DueItem } from './outcome.ts';
import type { Policy } from './policy.ts';
import { nextLater } from './sql/due.ts';
import type { TargetQueue } from './target-queue.ts';
import type { Targets } from './targets.ts';

interface ClaimRoundOptions {
  readonly database: Database;
  readonly engine: number;
  readonly hubId: string;
  readonly targets: Targets;
  readonly hand: Hand;
  policyOf(queue: TargetQueue): Policy | undefined;
  /** Something of the target may begin. */
  ready(queue: TargetQueue): void;
  handBack(queue: TargetQueue, items: readonly DueItem[]): Promise<void>;
  /** There is more to claim. */
  wantClaim(): void;
  /** A later attempt of the target is due then, in milliseconds of the process's clock. */
  claimAt(queue: TargetQueue, at: number): void;
}

/**
 * One round of claims: asks for what the targets have room for, and puts what comes into their queues.
 *
 * A target is busy, and asking while first attempts are claimed: what is handed over meanwhile is delayed -> its items are in its queue
 *   -> or the round has failed: it is to be asked again, and to be looked through, as the database may have done it.
 * @returns the round. It throws what the database throws.
 */
export function createClaimRound(options: ClaimRoundOptions): (firsts: readonly FirstWish[], laters: readonly Wish[]) => Promise<void> {
  const { database, engine, hubId, targets, hand, policyOf, ready, handBack, wantClaim, claimAt } = options;

  const take = (queue: TargetQueue, items: readonly DueItem[], policy: Policy | undefined): void => {
    if (items.length === 0) return;
    for (const { id } of items) hand.hold(queue, id);
    if (policy && targets.get(queue.target) === queue && !queue.leaving) {
      queue.push(items, policy);
      ready(queue);
      return;
    }
    for (const item of items) if (item.lane === 0) queue.rewind(item.id - 1);
    queue.dirty = true;
    void handBack(queue, items);
  };

  const lookLater = async (wanted: readonly TargetQueue[]): Promise<void> => {
    const rows = await nextLater(
      database.queue,
      engine,
      wanted.map(({ target }) => target),
    );
    for (const { target, after } of rows) {
      const queue = targets.get(target);
      if (queue) claimAt(queue, performance.now() + after);
    }
  };

  const claim = async (firsts: readonly FirstWish[], laters: readonly Wish[]): Promise<void> => {
    const claimed = await claimDue(database.queue, engine, hubId, firsts, laters);
    for (const { queue, room, policy, handed, rewinds } of firsts) {
      const items = claimed.firsts.get(queue.target) ?? [];
      const window = claimed.looked.get(queue.target);
      // Whoever found less than asked has seen everything that was committed when it asked.
      if (window ? window.more : items.length >= room) queue.dirty = true;
      if (window?.more) wantClaim();
      const seen = items.at(-1)?.id ?? 0;
      queue.advance(window ? window.to : items.length >= room ? seen : Math.max(seen, handed), rewinds);
      const delayed = queue.delayed.splice(0);
      take(queue, delayed.length === 0 ? items : [...items, ...delayed].sort((a, b) => a.id - b.id), policy);
    }
    const ended: TargetQueue[] = [];
    for (const { queue, room } of laters) {
      const items = claimed.laters.get(queue.target) ?? [];
      if (items.length >= room) queue.laterAt = 0;
      else ended.push(queue);
      take(queue, items, policyOf(queue));
    }
    if (ended.length > 0) await lookLater(ended);
  };

  return async (firsts, laters) => {
    const asking = new Set([...firsts, ...laters].map(({ queue }) => queue));
    for (const queue of asking) queue.busy = true;
    for (const { queue } of firsts) queue.asking = true;
    try {
      await claim(firsts, laters);
    } catch (error) {
      for (const { queue, policy } of firsts) {
        queue.dirty = true;
        // Which keys were free was told to the database and is not known any more.
        if (policy.ordering === 'strict') queue.rewind(0);
      }
      for (const { queue } of laters) queue.laterAt = 0;
      // Nobody knows whether the database did it and only its answer was lost.
      for (const queue of asking) queue.lookedAt = Number.NEGATIVE_INFINITY;
      throw error;
    } finally {
      for (const queue of asking) queue.busy = false;
      for (const { queue, policy } of firsts) {
        queue.asking = false;
        take(queue, queue.delayed.splice(0), policy);
      }
    }
  };
}
