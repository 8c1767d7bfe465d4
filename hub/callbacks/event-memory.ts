import type { Queryable } from '../core/database/statement.ts';
import { parsePosition } from '../core/events/position.ts';
import { eventsAt } from './sql/recent-events.ts';

/** An event as deliveries need it. */
export interface KnownEvent {
  readonly position: string;
  /** RFC 3339. */
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The events that were distributed last, so that their first attempts need not read them again; others are read from the database. The oldest
 * are forgotten first.
 */
export interface EventMemory {
  keep(event: KnownEvent): void;
  /** Undefined when the event is no longer stored. */
  find(position: string): Promise<KnownEvent | undefined>;
  clear(): void;
}

/** Half of what is remembered; characters of the fragments, which are what makes events large. */
const MOST_EVENTS = 2_500;
const MOST_TEXT = 16 * 1024 * 1024;

const weightOf = ({ data }: KnownEvent): number => {
  const { before, after } = data;
  return 500 + (typeof before === 'string' ? before.length : 0) + (typeof after === 'string' ? after.length : 0);
};

export function createEventMemory(db: Queryable): EventMemory {
  // Two halves: when the young one is full the old one is forgotten as a whole, which costs nothing for each event.
  let young = new Map<string, KnownEvent>();
  let old = new Map<string, KnownEvent>();
  let weight = 0;
  const keep = (event: KnownEvent): void => {
    if (young.has(event.position)) return;
    young.set(event.position, event);
    weight += weightOf(event);
    if (young.size < MOST_EVENTS && weight < MOST_TEXT) return;
    old = young;
    young = new Map();
    weight = 0;
  };
  /** Positions that somebody waits for; all of one turn are read at once. */
  let wanted = new Map<string, PromiseWithResolvers<KnownEvent | undefined>>();

  const read = async (): Promise<void> => {
    const batch = wanted;
    wanted = new Map();
    try {
      const places = [...batch.keys()].map(parsePosition);
      const rows = await eventsAt(
        db,
        places.map(({ txid }) => txid),
        places.map(({ id }) => id),
      );
      for (const { position, time, data } of rows) keep({ position, time: time.toString(), data });
      const found = new Map(rows.map((row) => [row.position, row] as const));
      for (const [position, { resolve }] of batch) {
        const row = found.get(position);
        resolve(row && { position, time: row.time.toString(), data: row.data });
      }
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
    }
  };

  return {
    keep,
    async find(position) {
      const known = young.get(position) ?? old.get(position);
      if (known) return known;
      parsePosition(position);
      const present = wanted.get(position);
      if (present) return present.promise;
      const asked = Promise.withResolvers<KnownEvent | undefined>();
      if (wanted.size === 0) setImmediate(read);
      wanted.set(position, asked);
      return asked.promise;
    },
    clear() {
      young.clear();
      old.clear();
      weight = 0;
    },
  };
}
