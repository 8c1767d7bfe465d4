import { type Position, samePlace } from './position.ts';

/** How far was read is stored no more often than this while nothing was wanted. Milliseconds. */
const STORED_EVERY = 4_000;

/**
 * How a subscription passes events that do not concern it: a commit for each batch of them would cost the changes that published them their disk.
 *
 * States: at the stored cursor -> passed() -> ahead of it, in memory -> due, after four seconds, or when something is wanted -> forget(), and the caller
 * stores -> at the stored cursor. Another hub that moved the cursor ends it, too.
 *
 * What is remembered is true of one server only: one that takes over its work without its last commits gives their places to other events. So the caller
 * forgets whenever the connection was lost on which it hears of events, and passes nothing while it has none.
 */
export interface Passing {
  /** The place behind which to read while the cursor of the database is this one. */
  readonly ahead: { readonly cursor: Position; readonly to: Position } | undefined;
  /** True when how far was read must be stored, although nothing is wanted. */
  isDue(cursor: Position): boolean;
  passed(cursor: Position, to: Position): void;
  forget(): void;
}

export function createPassing(): Passing {
  let ahead: { readonly cursor: Position; readonly to: Position; readonly since: number } | undefined;
  const known = (cursor: Position) => (ahead && samePlace(ahead.cursor, cursor) ? ahead : undefined);
  return {
    get ahead() {
      return ahead;
    },
    isDue: (cursor) => performance.now() - (known(cursor)?.since ?? Number.POSITIVE_INFINITY) >= STORED_EVERY,
    passed(cursor, to) {
      ahead = { cursor, to, since: known(cursor)?.since ?? performance.now() };
    },
    forget() {
      ahead = undefined;
    },
  };
}
