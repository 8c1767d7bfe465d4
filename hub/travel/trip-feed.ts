import { coalesce } from '../core/coalesce.ts';
import type { Database } from '../core/database/database.ts';
import { HubError } from '../core/errors.ts';
import { type Caller, requireScope } from '../core/identity/caller.ts';
import { formatChangeCursor, parseChangeCursor } from './feed-cursor.ts';
import { organizationsOf } from './find-object.ts';
import { numberChanges } from './number-changes.ts';
import { CHANGE_CHANNEL, type ChangeRow, changesAfter, highestChange } from './sql/changes.ts';

export type { ChangeRow };

/** What is asked of the feed. Of `after`, a date and an id at least one is there. */
export interface ChangesQuery {
  readonly after?: string | undefined;
  readonly limit: number;
  /** Inclusive. */
  readonly dateStart?: Temporal.Instant | undefined;
  /** Exclusive. */
  readonly dateEnd?: Temporal.Instant | undefined;
  readonly id_Reserve?: number | undefined;
  readonly id_ComplexReserve?: number | undefined;
  readonly organization?: number | undefined;
  /** Seconds to wait for the first item, when there is none. */
  readonly wait: number;
}

export interface ChangesPage {
  readonly items: readonly ChangeRow[];
  /** Cursor for the next call: always there, also when nothing has come. */
  readonly next: string;
  /** There is more at once. */
  readonly more: boolean;
}

/**
 * The feed for those who poll (spec 2.8).
 *
 * A call is reading -> answered, or, when there is nothing and it may wait, waiting -> rung by a commit -> reading ...; its time over, its caller gone
 * or the hub stopping -> answered with nothing. stop() -> nobody waits any more.
 */
export interface ChangeFeed {
  /** @param gone tells that nobody waits for the answer any more. @throws HubError BAD_REQUEST `cursor`, `dates`; FORBIDDEN; BUSY. */
  read(caller: Caller, query: ChangesQuery, gone?: () => boolean): Promise<ChangesPage>;
  /** Calls that wait now. */
  readonly waiting: number;
  stop(): void;
}

/** A waiting call reads at most so often, however many commits ring, and looks so often whether it is still wanted. Milliseconds. */
const REST = 100;
const LOOK = 250;
/** Calls that wait in this process. */
const MOST_WAITING = 2_000;
const LONGEST_SPAN = { hours: 31 * 24 };

const badDates = (message: string, russian: string): HubError =>
  new HubError('BAD_REQUEST', message, { reason: 'dates', russian, details: [{ code: 'dates', path: '/dateStart', message }] });

/** @throws HubError BAD_REQUEST with the reason `dates`. */
function checkQuery({ after, dateStart, dateEnd, id_Reserve, id_ComplexReserve }: ChangesQuery): void {
  if (dateStart && dateEnd) {
    if (Temporal.Instant.compare(dateStart, dateEnd) >= 0)
      throw badDates('dateStart must be before dateEnd', 'dateStart должна быть раньше dateEnd');
    if (Temporal.Instant.compare(dateStart.add(LONGEST_SPAN), dateEnd) < 0)
      throw badDates('dateStart and dateEnd are more than 31 days apart', 'между dateStart и dateEnd больше 31 дня');
  }
  if (after === undefined && !dateStart && !dateEnd && id_Reserve === undefined && id_ComplexReserve === undefined)
    throw badDates(
      'one of after, dateStart, dateEnd, id_Reserve, id_ComplexReserve is needed',
      'нужен хотя бы один из параметров after, dateStart, dateEnd, id_Reserve, id_ComplexReserve',
    );
}

export function createChangeFeed(database: Database): ChangeFeed {
  let rings = 0;
  let waiting = 0;
  let stopped = false;
  let unlisten: (() => void) | undefined;
  const bells = new Set<() => void>();

  const ring = (): void => {
    rings += 1;
    for (const bell of [...bells]) bell();
  };

  /** Numbering for all calls of this process: one that comes meanwhile is served by the one that begins after it. */
  const number = coalesce(() => numberChanges(database));

  const page = async (caller: Caller, query: ChangesQuery, after: number): Promise<ChangesPage> => {
    const scope = organizationsOf(requireScope(caller, 'travel.read'));
    await number();
    // Before the page: what has come in between is on the page and not behind the cursor.
    const [top] = await highestChange(database.work);
    const { organization, id_Reserve, id_ComplexReserve, dateStart, dateEnd, limit } = query;
    const rows = await changesAfter(
      database.work,
      after,
      scope,
      organization ?? null,
      id_Reserve ?? null,
      id_ComplexReserve ?? null,
      dateStart ?? null,
      dateEnd ?? null,
      limit + 1,
    );
    const items = rows.slice(0, limit);
    const last = items.at(-1)?.seq ?? after;
    const more = rows.length > limit;
    // With an end of time, what comes after it may be asked for by the same cursor and a later end.
    const next = more || dateEnd ? last : Math.max(last, top?.seq ?? 0);
    return { items, next: formatChangeCursor(next), more };
  };

  /** Resolves at the next ring after `heard`, or when the time is over. */
  const nextRing = (heard: number, milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      if (rings !== heard) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        bells.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      bells.add(done);
    });

  const wait = async (
    caller: Caller,
    query: ChangesQuery,
    after: number,
    first: ChangesPage,
    gone: () => boolean,
  ): Promise<ChangesPage> => {
    if (waiting >= MOST_WAITING)
      throw new HubError('BUSY', `${MOST_WAITING} calls wait at the feed already; ask without wait`, { retryAfter: 5 });
    unlisten ??= database.listener.subscribe(CHANGE_CHANNEL, { notify: ring, resync: ring });
    const end = performance.now() + query.wait * 1_000;
    let answer = first;
    let heard = rings;
    waiting += 1;
    try {
      // What was committed before we listened has rung nobody.
      answer = await page(caller, query, after);
      while (answer.items.length === 0 && !stopped && !gone()) {
        const left = end - performance.now();
        if (left <= 0) break;
        await nextRing(heard, Math.min(left, LOOK));
        if (rings === heard) continue;
        heard = rings;
        answer = await page(caller, query, after);
        if (answer.items.length === 0)
          await new Promise((resolve) => setTimeout(resolve, Math.min(REST, Math.max(0, end - performance.now()))));
      }
      return answer;
    } finally {
      waiting -= 1;
    }
  };

  return {
    async read(caller, query, gone = () => false) {
      checkQuery(query);
      const after = query.after === undefined ? 0 : parseChangeCursor(query.after);
      const first = await page(caller, query, after);
      if (first.items.length > 0 || query.wait === 0 || stopped) return first;
      return wait(caller, query, after, first, gone);
    },
    get waiting() {
      return waiting;
    },
    stop() {
      stopped = true;
      unlisten?.();
      ring();
    },
  };
}
