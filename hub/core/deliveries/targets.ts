import type { TargetQueue } from './target-queue.ts';

/**
 * The targets that are this hub's, each with what is held of it, and those of others that it has heard of.
 *
 * A target is unheard of -> a stranger (`meet`: something is due for it, and it was not ours when we looked) -> ours (`add`) -> gone (`remove`),
 * unheard of again.
 */
export interface Targets {
  get(target: number): TargetQueue | undefined;
  /** Ours in a fixed order, to take turns by; the same array until one comes or goes. */
  all(): readonly TargetQueue[];
  add(queue: TargetQueue): void;
  /** Leaves a successor of the same target alone. */
  remove(queue: TargetQueue): void;
  /** @returns whether one of them is neither ours nor a stranger; all of them have been heard of from now on. */
  meet(heard: readonly number[]): boolean;
}

/** Strangers that are kept in mind; then they are forgotten, and asked for once more. */
const MOST_STRANGERS = 100_000;

export function createTargets(): Targets {
  const queues = new Map<number, TargetQueue>();
  const strangers = new Set<number>();
  /** Undefined when it is to be made anew. */
  let rotation: TargetQueue[] | undefined;
  return {
    get: (target) => queues.get(target),
    all() {
      rotation ??= [...queues.values()];
      return rotation;
    },
    add(queue) {
      queues.set(queue.target, queue);
      strangers.delete(queue.target);
      rotation = undefined;
    },
    remove(queue) {
      if (queues.get(queue.target) === queue) queues.delete(queue.target);
      rotation = undefined;
    },
    meet(heard) {
      const fresh = heard.filter((target) => !queues.has(target) && !strangers.has(target));
      if (fresh.length === 0) return false;
      if (strangers.size > MOST_STRANGERS) strangers.clear();
      for (const target of fresh) strangers.add(target);
      return true;
    },
  };
}
