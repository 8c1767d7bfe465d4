import { notesOf } from '../telemetry/channels.ts';
import { decide } from './decide.ts';
import type { HealthBook } from './health-book.ts';
import type { DueItem, Outcome } from './outcome.ts';
import type { Ownership } from './ownership.ts';
import type { Policy } from './policy.ts';
import type { Settled } from './settle.ts';
import type { Slots } from './slots.ts';
import type { TargetQueue } from './target-queue.ts';

/**
 * Makes the attempts themselves.
 *
 * An attempt has its slot and is under way (`run`) -> over: its slot is free, what came of it is on its way into the database.
 * Attempts are made -> `drain`: waited for -> at the deadline told to abort -> all over, or left alone.
 */
export interface Attempts {
  /** Resolves when it is over. Whoever calls knows that there is a slot for it. */
  run(queue: TargetQueue, item: DueItem): Promise<void>;
  /** Resolves when none is under way, or soon after the deadline (milliseconds). No more may begin. */
  drain(deadline: number): Promise<void>;
}

interface AttemptsOptions<Record> {
  readonly hubId: string;
  readonly ownership: Ownership;
  readonly slots: Slots;
  readonly health: HealthBook;
  attempt(item: DueItem, signal: AbortSignal): Promise<Outcome<Record>>;
  policy(target: number): Policy | undefined;
  /** Stores what came of it. */
  settle(queue: TargetQueue, settled: Settled<Record>): Promise<void>;
  /** More of the target may begin. */
  ready(queue: TargetQueue): void;
  returnAll(queue: TargetQueue): Promise<void>;
  wantClaim(): void;
  turn(): void;
}

const notes = notesOf('deliveries');
/** What an attempt has left to end in, when it was told to abort. Milliseconds. */
const AFTER_ABORT = 2_000;

export function createAttempts<Record>(options: AttemptsOptions<Record>): Attempts {
  const { hubId, ownership, slots, health, settle, ready, returnAll, wantClaim, turn } = options;
  const abort = new AbortController();
  /** Whoever waits until none is under way. */
  const waiting = new Set<() => void>();
  return {
    async run(queue, item) {
      slots.take(item.lane);
      const begunAt = ownership.now();
      let outcome: Outcome<Record> | undefined;
      try {
        outcome = await options.attempt(item, abort.signal);
      } catch (error) {
        notes.error('an attempt failed on our side', { target: item.target, delivery: item.id }, error);
      }
      const endedAt = Math.max(ownership.now(), begunAt);
      slots.give(item.lane);
      queue.ended(item);
      const opened = queue.breaker.observe(endedAt, outcome?.health ?? 'unknown');
      health.observe(item.target, endedAt, outcome, queue.breaker, opened);
      const policy = options.policy(item.target);
      if (opened && policy?.breaker === 'hold' && queue.breaker.state === 'open') void returnAll(queue);
      if (queue.held > 0) ready(queue);
      if (slots.taken === 0) for (const resolve of waiting) resolve();
      void settle(queue, decide({ item, outcome, policy, begunAt, endedAt, holder: hubId, lost: false }));
      if (queue.dirty || queue.laterAt !== undefined) wantClaim();
      turn();
    },
    async drain(deadline) {
      if (slots.taken === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      const first = setTimeout(() => abort.abort(), deadline);
      const last = setTimeout(resolve, deadline + AFTER_ABORT);
      await promise;
      clearTimeout(first);
      clearTimeout(last);
      waiting.delete(resolve);
    },
  };
}
