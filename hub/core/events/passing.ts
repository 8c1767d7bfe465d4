import { type Position, samePlace } from './position.ts';

/** How far was read is stored no more often than this while nothing was wanted. Milliseconds. */
const STORED_EVERY = 4_000;
/** The rest after a batch that was not wanted, for each that came in a row, and the longest. Milliseconds. */
const REST = 2;
const LONGEST_REST = 20;

/**
 * How a subscription passes events that do not concern it: a commit for each batch of them, and a look at each of their commits, would cost the changes that
 * published them their disk and their processor.
 *
 * States: at the stored cursor -> passed() -> ahead of it, in memory, and resting; the longer the more batches came in a row -> due, after four seconds, or
 * when something is wanted -> stored() -> at the stored cursor. Another hub that moved the cursor ends it, too.
 */
export interface Passing {
  /** The place behind which to read; the cursor is that of the database. */
  from(cursor: Position): Position;
  /** True when how far was read must be stored, although nothing is wanted. */
  isDue(cursor: Position): boolean;
  passed(cursor: Position, to: Position, isLooking: boolean): void;
  stored(): void;
  /** How long to wait before the next look. Milliseconds, at most 20. */
  rest(): number;
}

export function createPassing(): Passing {
  let ahead: { readonly cursor: Position; readonly to: Position; readonly since: number } | undefined;
  let inARow = 0;
  let restsUntil = Number.NEGATIVE_INFINITY;
  const known = (cursor: Position) => (ahead && samePlace(ahead.cursor, cursor) ? ahead : undefined);
  return {
    from: (cursor) => known(cursor)?.to ?? cursor,
    isDue: (cursor) => performance.now() - (known(cursor)?.since ?? Number.POSITIVE_INFINITY) >= STORED_EVERY,
    passed(cursor, to, isLooking) {
      const now = performance.now();
      ahead = { cursor, to, since: known(cursor)?.since ?? now };
      inARow += 1;
      if (isLooking) restsUntil = now + Math.min(inARow * REST, LONGEST_REST);
    },
    stored() {
      ahead = undefined;
      inARow = 0;
    },
    rest: () => Math.max(0, restsUntil - performance.now()),
  };
}
