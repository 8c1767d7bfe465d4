import type { TargetQueue } from './target-queue.ts';

/**
 * Which items are in our hands: held in the name of this hub, from the claim until they are stored or given back.
 *
 * An item is out of hand -> in hand (`hold`) -> out of hand (`release`).
 * One that the database shows in our name, and that nobody here has in hand, was claimed without our hearing of it -> given up (`giveUp`): should
 * somebody here come with it after all, it is no longer ours (`wasGivenUp`).
 */
export interface Hand {
  hold(queue: TargetQueue, id: number): void;
  release(id: number): void;
  has(id: number): boolean;
  giveUp(id: number): void;
  /** Tells it once. */
  wasGivenUp(id: number): boolean;
}

/** How long a given up item is remembered: longer than anybody waits for the answer of a claim. Milliseconds. */
const REMEMBERED = 300_000;

/** @param ticks milliseconds that never go back, for tests */
export function createHand(ticks: () => number = () => performance.now()): Hand {
  const held = new Map<number, TargetQueue>();
  /** When; oldest first. */
  const givenUp = new Map<number, number>();
  return {
    hold(queue, id) {
      if (held.has(id)) return;
      held.set(id, queue);
      queue.inHand += 1;
    },
    release(id) {
      const queue = held.get(id);
      if (queue) queue.inHand -= 1;
      held.delete(id);
    },
    has: (id) => held.has(id),
    giveUp(id) {
      const now = ticks();
      for (const [old, at] of givenUp) {
        if (at > now - REMEMBERED) break;
        givenUp.delete(old);
      }
      givenUp.delete(id);
      givenUp.set(id, now);
    },
    wasGivenUp: (id) => givenUp.delete(id),
  };
}
