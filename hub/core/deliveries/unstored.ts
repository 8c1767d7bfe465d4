import { notesOf } from '../telemetry/channels.ts';
import type { Ownership } from './ownership.ts';
import type { Policy } from './policy.ts';
import type { Settled } from './settle.ts';
import type { TargetQueue } from './target-queue.ts';

/**
 * Outcomes on their way into the database.
 *
 * An outcome is on its way (`settle`) -> stored: its item is out of our hands, and what waited for it may go
 *                                     -> refused -> on its way again (`settleRefused`).
 */
export interface Unstored<Record> {
  /** Whether so little is on its way that more attempts may begin. */
  hasRoom(): boolean;
  /** Resolves when it is stored or refused. */
  settle(queue: TargetQueue, settled: Settled<Record>): Promise<void>;
  /** Offers again what was refused. */
  settleRefused(): void;
}

interface UnstoredOptions<Record> {
  readonly ownership: Ownership;
  submit(settled: Settled<Record>): Promise<unknown>;
  policy(target: number): Policy | undefined;
  /** Bytes of a record. */
  weigh(record: Record): number;
  /** The item is out of our hands. */
  release(id: number): void;
  /** A later attempt of the target is due then, in milliseconds of the process's clock. */
  claimAt(queue: TargetQueue, at: number): void;
  wantClaim(): void;
  turn(): void;
}

const notes = notesOf('deliveries');
const MOST = 4_096;
const MOST_BYTES = 64 * 1024 * 1024;

export function createUnstored<Record>(options: UnstoredOptions<Record>): Unstored<Record> {
  const { ownership, submit, policy, weigh, release, claimAt, wantClaim, turn } = options;
  let count = 0;
  let weight = 0;
  let refused: [TargetQueue, Settled<Record>][] = [];

  const settle = (queue: TargetQueue, settled: Settled<Record>): Promise<void> => {
    const bytes = settled.outcome ? weigh(settled.outcome.record) : 0;
    count += 1;
    weight += bytes;
    return submit(settled).then(
      () => {
        count -= 1;
        weight -= bytes;
        release(settled.item.id);
        turn();
        if (settled.again !== undefined) claimAt(queue, performance.now() + settled.again - ownership.now());
        else if (policy(queue.target)?.ordering === 'strict') {
          // What waited for this one may go.
          queue.free(settled.item.key);
          wantClaim();
          turn();
        }
      },
      (error: unknown) => {
        notes.error('the outcome of an attempt could not be stored; trying again', { target: settled.item.target }, error);
        count -= 1;
        weight -= bytes;
        refused.push([queue, settled]);
      },
    );
  };

  return {
    hasRoom: () => count < MOST && weight < MOST_BYTES,
    settle,
    settleRefused() {
      const again = refused;
      refused = [];
      for (const [queue, settled] of again) void settle(queue, settled);
    },
  };
}
