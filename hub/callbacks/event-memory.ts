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

const MOST_EVENTS = 20_000;
/** Characters of the fragments, which are what makes events large. */
const MOST_TEXT = 32 * 1024 * 1024;

const weightOf = ({ data }: KnownEvent): number =>
  500 + [data['before'], data['after']].reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0);

export function createEventMemory(db: Queryable): EventMemory {
  const events = new Map<string, KnownEvent>();
  let weight = 0;
  const keep = (event: KnownEvent): void => {
    if (events.has(event.position)) return;
    events.set(event.position, event);
    weight += weightOf(event);
    while (events.size > MOST_EVENTS || weight > MOST_TEXT) {
      const [oldest] = events.values();
      if (!oldest) break;
      events.delete(oldest.position);
      weight -= weightOf(oldest);
    }
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
      const known = events.get(position);
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
      events.clear();
      weight = 0;
    },
  };
}
