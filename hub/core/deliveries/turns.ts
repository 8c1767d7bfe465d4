import type { DueItem } from './outcome.ts';
import type { Ownership } from './ownership.ts';
import type { Policy } from './policy.ts';
import type { Slots } from './slots.ts';
import type { TargetQueue } from './target-queue.ts';

/**
 * Whose turn it is to begin an attempt: one item of each target in turn, so that none waits for the many of another.
 *
 * A target is
 *   ready (`add`) -> at its turn one of its items begins, and it is ready again, at the end of the line
 *                 -> short of a slot of the hub in a lane; those come first when there is one
 *                 -> asleep until its rate or its breaker allows an attempt -> ready
 *                 -> out of the line, when nothing waits or only an end helps; whoever has claimed something, or has seen the end, adds it
 * Turns are given -> `stop`: nothing begins any more.
 */
export interface Turns {
  /** Something of the target may begin. */
  add(queue: TargetQueue): void;
  /** Nothing of it waits any more. */
  remove(queue: TargetQueue): void;
  /** Begins whatever may begin. */
  begin(): void;
  stop(): void;
}

interface TurnsOptions {
  readonly ownership: Pick<Ownership, 'alive' | 'now'>;
  readonly slots: Slots;
  /** Undefined: the target is held back. */
  policyOf(queue: TargetQueue): Policy | undefined;
  /** Whether there is room for the outcomes of more attempts. */
  hasRoom(): boolean;
  /** Makes an attempt; it has taken its slot when this returns. */
  run(queue: TargetQueue, item: DueItem): Promise<void>;
  returnAll(queue: TargetQueue): Promise<void>;
  wantClaim(): void;
  turn(): void;
}

const LONGEST_SLEEP = 60_000;

export function createTurns({ ownership, slots, policyOf, hasRoom, run, returnAll, wantClaim, turn }: TurnsOptions): Turns {
  /** Targets with something claimed that may begin; those that only an end or a timer can help are not in it. */
  const ready = new Set<TargetQueue>();
  /** Those that lack a slot in this lane. */
  const short: readonly [Set<TargetQueue>, Set<TargetQueue>] = [new Set(), new Set()];
  const sleeping = new Map<TargetQueue, NodeJS.Timeout>();
  let stopped = false;

  /** Those that lacked a slot, then the others, each at the end of its line once it had its turn. */
  const nextReady = (): TargetQueue | undefined => {
    for (const lane of [0, 1] as const) {
      if (!slots.has(lane)) continue;
      for (const queue of short[lane]) {
        short[lane].delete(queue);
        return queue;
      }
    }
    for (const queue of ready) {
      ready.delete(queue);
      return queue;
    }
    return undefined;
  };

  const sleep = (queue: TargetQueue, milliseconds: number): void => {
    if (sleeping.has(queue)) return;
    const timer = setTimeout(
      () => {
        sleeping.delete(queue);
        if (queue.held > 0) ready.add(queue);
        wantClaim();
        turn();
      },
      Math.min(milliseconds, LONGEST_SLEEP),
    );
    sleeping.set(queue, timer);
  };

  return {
    add(queue) {
      ready.add(queue);
    },
    remove(queue) {
      ready.delete(queue);
      for (const lane of short) lane.delete(queue);
    },
    begin() {
      while (!stopped && ownership.alive && hasRoom()) {
        if (!slots.has(0) && !slots.has(1)) return;
        const queue = nextReady();
        if (!queue) return;
        const policy = policyOf(queue);
        if (!policy) {
          // What is held back shall not look as if it were being sent.
          if (queue.held > 0) void returnAll(queue);
          continue;
        }
        const item = queue.next(policy, ownership.now(), slots.has);
        if (item === undefined) continue;
        if (item === 'slot') {
          for (const lane of [0, 1] as const) if (queue.waits(lane)) short[lane].add(queue);
          continue;
        }
        if (typeof item === 'number') {
          sleep(queue, item);
          continue;
        }
        ready.add(queue);
        void run(queue, item);
      }
    },
    stop() {
      stopped = true;
      for (const timer of sleeping.values()) clearTimeout(timer);
    },
  };
}
