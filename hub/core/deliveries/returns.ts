import type { Database } from '../database/database.ts';
import { notesOf } from '../telemetry/channels.ts';
import type { Hand } from './hand.ts';
import type { DueItem } from './outcome.ts';
import { giveBack } from './sql/due.ts';
import type { TargetQueue } from './target-queue.ts';

/**
 * Gives claimed items back that have not begun: they are due as if they had not been touched. It holds nothing itself; an item that could not be
 * given back stays in the name of this hub, and comes back when its target is looked through (salvage.ts).
 */
export interface Returns {
  /** Gives back what is held in our name. @throws what the database throws; nobody knows then what was given back. */
  giveBack(items: readonly DueItem[]): Promise<void>;
  /** Takes items of a target out of our hands; they will be claimed again. */
  handBack(queue: TargetQueue, items: readonly DueItem[]): Promise<void>;
  /** The same with all of a target that has not begun. */
  returnAll(queue: TargetQueue): Promise<void>;
}

interface ReturnsOptions {
  readonly database: Database;
  readonly engine: number;
  readonly hubId: string;
  readonly hand: Hand;
  /** Nothing of the target waits for its turn any more. */
  removeTurn(queue: TargetQueue): void;
  wantClaim(): void;
  turn(): void;
}

const notes = notesOf('deliveries');

export function createReturns({ database, engine, hubId, hand, removeTurn, wantClaim, turn }: ReturnsOptions): Returns {
  const giveBackItems = async (items: readonly DueItem[]): Promise<void> => {
    let left = items;
    // A row that somebody changed while we waited for it is out of sight of the first statement.
    for (let turns = 0; turns < 2 && left.length > 0; turns += 1) {
      const rows = await giveBack(
        database.queue,
        engine,
        hubId,
        left.map(({ target }) => target),
        left.map(({ lane }) => lane),
        left.map(({ id }) => id),
        left.map(({ number }) => number),
      );
      const done = new Set(rows.map(({ id }) => id));
      left = left.filter(({ id }) => !done.has(id));
    }
  };

  const handBack = async (queue: TargetQueue, items: readonly DueItem[]): Promise<void> => {
    if (items.length === 0) return;
    try {
      await giveBackItems(items);
    } catch (error) {
      // They are held in our name and by nobody here: whoever looks the target through finds them.
      queue.lookedAt = Number.NEGATIVE_INFINITY;
      notes.warn('claimed deliveries could not be given back yet', { deliveries: items.length }, error);
    }
    for (const { id } of items) hand.release(id);
    // Claims that were made meanwhile have passed them by.
    for (const { id, lane } of items) if (lane === 0) queue.rewind(id - 1);
    queue.laterAt = 0;
  };

  return {
    giveBack: giveBackItems,
    handBack,
    async returnAll(queue) {
      const items = queue.drain();
      removeTurn(queue);
      await handBack(queue, items);
      queue.dirty = true;
      queue.laterAt = 0;
      wantClaim();
      turn();
    },
  };
}
