import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { createPassing } from './passing.ts';
import { BEGINNING, formatPosition, type Position, parsePosition, samePlace } from './position.ts';
import { createPump, type Pump } from './pump.ts';
import {
  addCursor,
  claimCursor,
  deleteOldEvents,
  type EventRow,
  eventsAfter,
  eventsOfTypesAfter,
  type LookRow,
  lookFromCursor,
  lookFromPlace,
  moveCursor,
  positionsAhead,
  presentPosition,
} from './sql/events.ts';
import { renumberEvents } from './sql/renumber.ts';
import { EVENT_CHANNEL } from './sql/written-events.ts';

/** A published event with its CloudEvents attributes. */
export interface StoredEvent {
  /** Opaque place in the order of events, `<txid>-<id>`; also the CloudEvents id. */
  readonly position: string;
  readonly time: Temporal.Instant;
  readonly type: string;
  readonly source: string;
  readonly subject: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Ends a tail. */
export interface EndTail {
  (): void;
  /** Resolves when the place is known from which the tail reads, or when it has ended before. */
  readonly listening: Promise<void>;
}

/**
 * Events of all modules, in one order for all readers (README.md says which).
 *
 * A subscription (one cursor in the database, shared by all hubs) is waiting -> reading -> handling in one transaction with the cursor's
 * move -> waiting; events that it does not want are passed in memory, and their place is stored now and then. What the handler writes in that
 * transaction happens exactly once; everything else it does at least once.
 * A tail belongs to one listener of this process, such as a browser, and remembers nothing.
 * The store is made -> start() -> awake (commits wake the readers) -> stop() -> stopped, after the handlers under way.
 */
export interface EventStore {
  /**
   * Resolves when the stored positions are in the past of this server, which those of a dump loaded into a younger one are not. Nothing may
   * be published before: it would come before what is stored, and subscribers would have passed it. The other functions wait for it.
   */
  ready(): Promise<void>;
  /**
   * Handles every event whose type begins with one of `types` (none: all), from the moment of the first subscription under this name on.
   * A handler that throws is called again with the same events after a growing pause, up to 30 s. A function that it answers is called once its
   * transaction is committed.
   * @param options.queue the handler works on queues: it gets a transaction of the pool whose plans go by index (core/database).
   */
  subscribe(
    name: string,
    types: readonly string[],
    handle: (tx: Transaction, events: readonly StoredEvent[]) => Promise<unknown>,
    options?: { readonly queue?: boolean },
  ): Promise<void>;
  /** Events after a position, oldest first; without `after` from the beginning of what is kept. @throws HubError BAD_REQUEST on a malformed position. */
  read(after: string | undefined, types: readonly string[], limit: number): Promise<readonly StoredEvent[]>;
  /**
   * Calls `listener` for every event after `after` (or from now on) until the answered function is called. An event whose listener throws is not
   * repeated. "Now" is fixed when `listening` resolves: what is committed after that is not missed.
   * @throws HubError BAD_REQUEST on a malformed position.
   */
  tail(options: { after?: string; types: readonly string[] }, listener: (event: StoredEvent) => void): EndTail;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const notes = notesOf('events');
const BATCH = 500;
/** Events of one look, wanted or not; most of them are read in the server only. */
const LOOKED_AT = 2_000;
/** An event above the horizon of open transactions is looked for again after this pause, which grows up to the longest. Milliseconds. */
const HORIZON_PAUSE = 2;
const BUSY_PAUSE = 20;
const MANY = 50;
const HORIZON_GROWTH = 2;
const LONGEST_HORIZON_PAUSE = 100;
/** While another hub handles a subscription's events: how soon to look whether it still does. Milliseconds. */
const TAKEN_PAUSE = 1_000;
/** A tail reads at most so often, however often commits wake it: hundreds of browsers must not take the queue's connections. Milliseconds. */
const TAIL_REST = 100;
/** How long after an event that it does not want a reader looks at the latest, so that one that it wants finds few before it. Milliseconds. */
const UNWANTED_PAUSE = 500;
/** The safety net under lost notifications. */
const POLL_EVERY = 5_000;
const SWEEP_EVERY = 600_000;
const SWEEP_BATCH = 5_000;

/** Reads events after commits: a subscription or a tail. */
interface Reader {
  readonly pump: Pump;
  /** Prefixes of the types that it looks for at once. */
  readonly types: readonly string[];
  /** Called when notifications may have been missed. */
  readonly resync?: () => void;
}

const matches = (type: string, prefixes: readonly string[]): boolean =>
  prefixes.length === 0 || prefixes.some((prefix) => type.startsWith(prefix));

/** What a reader has found. */
interface Look {
  readonly events: readonly StoredEvent[];
  /** How many it has passed, those that it does not want among them. */
  readonly read: number;
  /** How far it has read. */
  readonly to: Position;
  /** It has read as much as it may at once. */
  readonly more: boolean;
  /** Others that it wants are there and cannot be read yet. */
  readonly waiting: boolean;
}

const isEvent = (row: LookRow): row is LookRow & { readonly txid: string } => row.txid !== null;

/** @param from behind which it looked */
function lookOf({ looked, lastTxid, lastId, waiting }: LookRow, rows: readonly LookRow[], from: Position): Look {
  const wanted = rows.filter(isEvent);
  const full = wanted.length === BATCH ? wanted.at(-1) : undefined;
  const to = full ? { txid: full.txid, id: full.id } : lastTxid === null ? from : { txid: lastTxid, id: lastId };
  return {
    events: wanted.map(toEvent),
    read: Math.max(wanted.length, looked),
    to,
    more: full !== undefined || looked === LOOKED_AT,
    waiting,
  };
}

const toEvent = (row: EventRow): StoredEvent => ({
  position: formatPosition(row),
  time: row.time,
  type: row.type,
  source: row.source,
  subject: row.subject ?? undefined,
  data: row.data,
});

/** @param options.keepDays events older than this are deleted, seen or not. */
export function createEventStore(options: { database: Database; keepDays: number }): EventStore {
  const { database } = options;
  const readers = new Set<Reader>();
  const names = new Set<string>();
  let stopped = false;
  let unlisten: (() => void) | undefined;
  let poll: NodeJS.Timeout | undefined;
  let numbered: Promise<void> | undefined;

  const heal = async (): Promise<void> => {
    const [row] = await positionsAhead(database.queue);
    if (!row?.ahead) return;
    notes.warn('the positions of events lie ahead of the server, as after loading a dump; numbering them again');
    await database.patientTransaction(renumberEvents);
  };
  const ready = (): Promise<void> => {
    numbered ??= heal().catch((error) => {
      numbered = undefined;
      throw error;
    });
    return numbered;
  };

  const add = (reader: Reader): void => {
    if (stopped) return;
    readers.add(reader);
    reader.pump.wake();
  };

  /**
   * When to look again after a look: at once when there is more, soon while events wait for an open transaction, otherwise when woken. What is committed
   * after a look wakes whoever wants it, so none has to ask once more before it rests.
   */
  const createPauses = () => {
    let pause = HORIZON_PAUSE;
    return ({ read, more, waiting }: Look): number | undefined => {
      // Who has just read many gains more by larger batches than by looking often.
      if (read > 0 || !waiting) pause = read < MANY ? HORIZON_PAUSE : BUSY_PAUSE;
      if (more) return 0;
      if (!waiting) return undefined;
      const present = pause;
      pause = Math.min(pause * HORIZON_GROWTH, LONGEST_HORIZON_PAUSE);
      return present;
    };
  };

  const sweepStep = async (): Promise<number> => {
    const before = Temporal.Now.instant().subtract({ hours: options.keepDays * 24 });
    const [row] = await deleteOldEvents(database.queue, before, SWEEP_BATCH);
    return row?.deleted === SWEEP_BATCH ? 0 : SWEEP_EVERY;
  };
  const sweep = createPump('retention', sweepStep);

  return {
    ready,
    async start() {
      await ready();
      unlisten = database.listener.subscribe(EVENT_CHANNEL, {
        notify(type) {
          for (const { pump, types } of readers) {
            if (matches(type, types)) pump.wake();
            else pump.wakeWithin(UNWANTED_PAUSE);
          }
        },
        resync() {
          for (const reader of readers) {
            reader.resync?.();
            reader.pump.retry();
          }
        },
      });
      poll = setInterval(() => {
        for (const { pump } of readers) pump.wake();
      }, POLL_EVERY);
      sweep.wake();
    },
    async stop() {
      stopped = true;
      unlisten?.();
      clearInterval(poll);
      await Promise.all([sweep.stop(), ...Array.from(readers, ({ pump }) => pump.stop())]);
      readers.clear();
    },
    async subscribe(name, types, handle, { queue = false } = {}) {
      if (names.has(name)) throw new HubError('INTERNAL', `the subscription "${name}" exists already: each needs a name of its own`);
      names.add(name);
      await ready();
      await addCursor(database.work, name);
      const pauseAfter = createPauses();

      /** @returns undefined when another hub is at work on the cursor, false when it has just been. */
      const take = async (cursor: Position, wanted: readonly StoredEvent[], to: Position): Promise<boolean | undefined> => {
        let afterwards: unknown;
        const inTransaction = queue ? database.queueTransaction : database.transaction;
        const done = await inTransaction(async (tx) => {
          const [claimed] = await claimCursor(tx, name);
          if (!claimed) return undefined;
          // What we read is out of date.
          if (!samePlace(claimed, cursor)) return false;
          if (wanted.length > 0) afterwards = await handle(tx, wanted);
          await moveCursor(tx, name, to.txid, to.id);
          return true;
        });
        if (typeof afterwards === 'function') afterwards();
        return done;
      };

      const passing = createPassing();
      const step = async (): Promise<number | undefined> => {
        const mayPass = database.listener.listening;
        const { cursor: known, to: ahead } = (mayPass && passing.ahead) || { cursor: BEGINNING, to: BEGINNING };
        // Whoever subscribes may want others at any time.
        const asked = [...types];
        const rows = await lookFromCursor(database.queue, name, known.txid, known.id, ahead.txid, ahead.id, asked, LOOKED_AT, BATCH);
        const [row] = rows;
        if (!row) throw new HubError('INTERNAL', `the cursor of subscription "${name}" was deleted: restart the hub to begin from now on`);
        const cursor = { txid: row.cursorTxid, id: row.cursorId };
        const from = samePlace(cursor, known) ? ahead : cursor;
        const look = lookOf(row, rows, from);
        if (samePlace(look.to, cursor)) return pauseAfter(look);
        if (asked.length !== types.length || asked.some((type, at) => type !== types[at])) return 0;
        if (mayPass && !passing.isDue(cursor) && look.events.length === 0) {
          passing.passed(cursor, look.to);
          return pauseAfter(look);
        }
        passing.forget();
        const taken = await take(cursor, look.events, look.to);
        if (taken === undefined) return TAKEN_PAUSE;
        return taken ? pauseAfter(look) : 0;
      };
      const pump = createPump(name, () =>
        step().catch((error) => {
          passing.forget();
          throw error;
        }),
      );
      add({ pump, types, resync: passing.forget });
    },
    async read(after, types, limit) {
      const { txid, id } = after === undefined ? BEGINNING : parsePosition(after);
      await ready();
      const rows =
        types.length === 0
          ? await eventsAfter(database.queue, txid, id, limit)
          : await eventsOfTypesAfter(database.queue, txid, id, limit, types);
      return rows.map(toEvent);
    },
    tail({ after, types }, listener) {
      let position = after === undefined ? undefined : parsePosition(after);
      const ended = new AbortController();
      let lastRead = Number.NEGATIVE_INFINITY;
      const listening = Promise.withResolvers<void>();
      const pauseAfter = createPauses();
      const pump = createPump('tail', async () => {
        await ready();
        if (!position) {
          const [present] = await presentPosition(database.queue);
          position = { txid: present?.txid ?? BEGINNING.txid, id: 0 };
        }
        listening.resolve();
        const rest = lastRead + TAIL_REST - performance.now();
        if (rest > 0) await pauseFor(rest, undefined, { signal: ended.signal }).catch(() => undefined);
        if (ended.signal.aborted) return undefined;
        lastRead = performance.now();
        const rows = await lookFromPlace(database.queue, position.txid, position.id, types, LOOKED_AT, BATCH);
        const [row] = rows;
        if (!row) return undefined;
        const look = lookOf(row, rows, position);
        if (look.more) lastRead = Number.NEGATIVE_INFINITY;
        for (const event of look.events) {
          if (ended.signal.aborted) return undefined;
          try {
            listener(event);
          } catch (error) {
            notes.error('the listener of a tail failed', { position: event.position, type: event.type }, error);
          }
        }
        position = look.to;
        return pauseAfter(look);
      });
      const reader = { pump, types };
      const end = (): void => {
        ended.abort();
        listening.resolve();
        readers.delete(reader);
        void pump.stop();
      };
      if (stopped) end();
      else add(reader);
      return Object.assign(end, { listening: listening.promise });
    },
  };
}
