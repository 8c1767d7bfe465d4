import { isDatabaseAway } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import type { EngineName } from './enqueue.ts';
import type { Hand } from './hand.ts';
import type { Ownership } from './ownership.ts';
import { createTargetQueue, type TargetQueue } from './target-queue.ts';
import type { Targets } from './targets.ts';

/**
 * Looks after the lease and the targets of this hub, in rounds.
 *
 * Waiting for the next round -> asked for (`tend`, or the time has come): whoever asks meanwhile joins it -> under way; whoever asks now gets the one
 * after it -> waiting. A round that fails is told and made again at its time. `stop`: none begins, the one under way is waited for.
 */
export interface Tending {
  /** A round that begins after this. It never throws. */
  tend(): Promise<void>;
  stop(): Promise<void>;
}

interface TendingOptions {
  readonly engine: EngineName;
  /** Milliseconds. */
  readonly lease: number;
  readonly ownership: Ownership;
  readonly targets: Targets;
  readonly hand: Hand;
  /** Settles what former owners had under way of targets that have become ours. */
  adopt(targets: readonly number[]): Promise<void>;
  /** The target is ours from now on. */
  adopted(target: number): void;
  /** The target is no longer ours. */
  forget(queue: TargetQueue): void;
  lookThrough(): Promise<void>;
  shed(surplus: number): Promise<void>;
  settleRefused(): void;
  endStrays(): Promise<void>;
  wantClaim(): void;
  turn(): void;
}

const notes = notesOf('deliveries');
/** Rounds to a lease, and the longest time between two. Milliseconds. */
const ROUNDS_OF_LEASE = 5;
const LONGEST_PAUSE = 2_000;

export function createTending(options: TendingOptions): Tending {
  const { engine, lease, ownership, targets, hand, adopt, adopted, forget, lookThrough, shed, settleRefused, endStrays, wantClaim, turn } =
    options;
  /** The last round that was asked for. */
  let last: Promise<void> = Promise.resolve();
  /** It has not begun: whoever asks for one joins it. */
  let next: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const tendOnce = async (): Promise<void> => {
    const { owned, surplus } = await ownership.tend();
    const present = new Set(owned.map(({ target }) => target));
    for (const queue of targets.all()) {
      if (present.has(queue.target)) continue;
      // Somebody else has it now; what was claimed is his to settle.
      queue.leaving = true;
      for (const { id } of queue.drain()) hand.release(id);
      forget(queue);
    }
    const fresh = owned.filter(({ target }) => !targets.get(target));
    if (fresh.length > 0) await adopt(fresh.map(({ target }) => target));
    for (const { target, until, step } of fresh) {
      adopted(target);
      targets.add(createTargetQueue(target, until === null ? undefined : { until, step }));
      wantClaim();
    }
    await lookThrough();
    await shed(surplus);
    settleRefused();
    turn();
    await endStrays();
  };

  const tend = (): Promise<void> => {
    if (next) return next;
    clearTimeout(timer);
    next = last.then(async () => {
      next = undefined;
      if (stopped) return;
      try {
        await tendOnce();
      } catch (error) {
        if (!isDatabaseAway(error)) notes.error('the targets of deliveries could not be looked after', { engine }, error);
      }
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(() => void tend(), Math.min(lease / ROUNDS_OF_LEASE, LONGEST_PAUSE)).unref();
    });
    last = next;
    return last;
  };

  return {
    tend,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await last;
    },
  };
}
