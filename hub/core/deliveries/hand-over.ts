import type { HandOver } from './enqueue.ts';
import type { Hand } from './hand.ts';
import type { DueItem } from './outcome.ts';
import type { Ownership } from './ownership.ts';
import type { Policy } from './policy.ts';
import type { TargetQueue } from './target-queue.ts';
import type { Targets } from './targets.ts';

/**
 * Takes over what is stored in this process, without a claim.
 *
 * A target has promised nothing -> has promised room to items of one transaction (`offer`, once for each) -> `accept`: those that were stored are
 * in its queue, delayed while it is asking, or given back when it is to have another owner by now. Of a transaction that fails nobody hears: the
 * next one takes its promises back.
 * Room is offered -> `stop`: none is, and what comes is given back.
 */
export interface HandOverHere extends HandOver {
  /** Whether items may still come to which the target promised room. */
  awaits(queue: TargetQueue): boolean;
  /** The target is no longer ours. */
  forget(queue: TargetQueue): void;
  stop(): void;
}

interface HandOverOptions {
  readonly hubId: string;
  readonly ownership: Ownership;
  readonly targets: Targets;
  readonly hand: Hand;
  /** Undefined: the target is held back. */
  policyOf(queue: TargetQueue): Policy | undefined;
  /** Something of the target may begin. */
  ready(queue: TargetQueue): void;
  handBack(queue: TargetQueue, items: readonly DueItem[]): Promise<void>;
  wantClaim(): void;
  turn(): void;
}

/** The longest that a transaction may take which stores what was promised room. Milliseconds. */
const LONGEST_PROMISE = 120_000;

export function createHandOver(options: HandOverOptions): HandOverHere {
  const { hubId, ownership, targets, hand, policyOf, ready, handBack, wantClaim, turn } = options;
  const promised = new Set<TargetQueue>();
  let promisedAt = 0;
  let stopped = false;
  return {
    hubId,
    offer(target) {
      const queue = targets.get(target);
      const policy = queue && policyOf(queue);
      if (!queue || !policy || stopped || !ownership.alive || !queue.offers(policy)) return undefined;
      if (policy.breaker === 'hold' && queue.breaker.state === 'open') return undefined;
      queue.promised += 1;
      promised.add(queue);
      promisedAt = performance.now();
      return Math.max(queue.place, queue.handed);
    },
    accept(items, declined) {
      for (const queue of promised) queue.promised = 0;
      promised.clear();
      for (const item of items) {
        // The target was looked through before the answer to the commit came, and the item was taken for lost.
        if (hand.wasGivenUp(item.id)) continue;
        const queue = targets.get(item.target);
        const policy = queue && policyOf(queue);
        if (queue) hand.hold(queue, item.id);
        if (!queue || !policy || queue.leaving || stopped) {
          // Without a queue of ours the target's next owner finds it.
          if (queue) void handBack(queue, [item]);
          continue;
        }
        queue.handed = Math.max(queue.handed, item.id);
        if (queue.asking) {
          queue.delayed.push(item);
          continue;
        }
        queue.push([item], policy);
        ready(queue);
      }
      for (const target of declined) {
        const queue = targets.get(target);
        if (queue) queue.dirty = true;
      }
      if (declined.length > 0) wantClaim();
      turn();
    },
    // A transaction that takes longer than this has failed, and nobody will come with its items.
    awaits: (queue) => queue.promised > 0 && performance.now() - promisedAt <= LONGEST_PROMISE,
    forget(queue) {
      promised.delete(queue);
    },
    stop() {
      stopped = true;
    },
  };
}
