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

export function createHand(): Hand {
  const held = new Map<number, TargetQueue>();
  const givenUp = new Set<number>();
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
      givenUp.add(id);
    },
    wasGivenUp: (id) => givenUp.delete(id),
  };
}
