import type { Ownership } from './ownership.ts';
import type { TargetQueue } from './target-queue.ts';
import type { Targets } from './targets.ts';

/**
 * Gives targets up that other hubs should have.
 *
 * A target is ours -> leaving (`shed`, `leaveAll`): what has not begun is given back, nothing more of it is claimed or begun -> free (`letGo`), once
 * nothing of it is in our hands, on its way here, or on its way into the database.
 */
export interface Departures {
  /** So many targets are too many: those with nothing to do leave first. @throws what the database throws. */
  shed(surplus: number): Promise<void>;
  /** All targets leave. */
  leaveAll(): Promise<void>;
  /** Frees those that are leaving and can be freed. @throws what the database throws; they are still ours then. */
  letGo(): Promise<void>;
}

interface DeparturesOptions {
  readonly ownership: Ownership;
  readonly targets: Targets;
  returnAll(queue: TargetQueue): Promise<void>;
  /** Whether items may still come to which the target promised room. */
  awaits(queue: TargetQueue): boolean;
  /** The target is no longer ours. */
  forget(queue: TargetQueue): void;
}

export function createDepartures({ ownership, targets, returnAll, awaits, forget }: DeparturesOptions): Departures {
  const letGo = async (): Promise<void> => {
    const free = targets.all().filter((queue) => queue.leaving && queue.inHand === 0 && !queue.busy && !awaits(queue));
    if (free.length === 0) return;
    for (const queue of free) queue.busy = true;
    try {
      await ownership.release(free.map(({ target }) => target));
    } finally {
      for (const queue of free) queue.busy = false;
    }
    for (const queue of free) forget(queue);
  };

  return {
    async shed(surplus) {
      const leaving = targets.all().filter((queue) => queue.leaving).length;
      if (surplus > leaving) {
        const candidates = targets
          .all()
          .filter((queue) => !queue.leaving)
          .sort((a, b) => a.inHand - b.inHand);
        for (const queue of candidates.slice(0, surplus - leaving)) {
          queue.leaving = true;
          await returnAll(queue);
        }
      }
      await letGo();
    },
    async leaveAll() {
      await Promise.all(
        targets.all().map((queue) => {
          queue.leaving = true;
          return returnAll(queue);
        }),
      );
    },
    letGo,
  };
}
