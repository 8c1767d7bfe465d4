import type { Database } from '../database/database.ts';
import type { Queryable, Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { EVENT_CHANNEL } from './publish.ts';
import {
  addCursor,
  claimCursor,
  deleteOldEvents,
  eventsAfter,
  eventsWaiting,
  moveCursor,
  positionsAhead,
  presentPosition,
} from './sql/events.ts';
import { renumberEvents } from './sql/renumber.ts';

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

/**
 * Events of all modules, read in the order of their commits.
 *
 * A subscription (one cursor in the database, shared by all hubs) is waiting -> reading -> handling in one transaction with the cursor's
 * move -> waiting. What the handler writes in that transaction happens exactly once; everything else it does at least once.
 * A tail belongs to one listener of this process, such as a browser, and remembers nothing.
 */
export interface EventStore {
  /**
   * Handles every event whose type begins with one of `types`, from the moment of the first subscription under this name on.
   * A handler that throws is called again with the same events after a growing pause.
   */
  subscribe(
    name: string,
    types: readonly string[],
    handle: (tx: Transaction, events: readonly StoredEvent[]) => Promise<void>,
  ): Promise<void>;
  /** Events after a position, oldest first; without `after` from the beginning of what is kept. @throws HubError BAD_REQUEST on a malformed position. */
  read(after: string | undefined, types: readonly string[], limit: number): Promise<readonly StoredEvent[]>;
  /** Calls `listener` for every event after `after` (or from now on) until the answered function is called. */
  tail(options: { after?: string; types: readonly string[] }, listener: (event: StoredEvent) => void): () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Position {
  readonly txid: string;
  readonly id: number;
}

const notes = notesOf('events');
const BATCH = 500;
/** An event above the horizon of open transactions is looked for again after this pause. Milliseconds. */
const HORIZON_PAUSE = 20;
/** The safety net under lost notifications. */
const POLL_EVERY = 5_000;
const SWEEP_EVERY = 600_000;
const LONGEST_PAUSE = 30_000;

function parsePosition(text: string): Position {
  const match = /^(\d{1,20})-(\d{1,16})$/.exec(text);
  if (!match) throw new HubError('BAD_REQUEST', `"${text}" is not the position of an event, which has the form 1234-567`);
  return { txid: match[1] as string, id: Number(match[2]) };
}

const matches = (type: string, prefixes: readonly string[]): boolean =>
  prefixes.length === 0 || prefixes.some((prefix) => type.startsWith(prefix));

async function readAfter(db: Queryable, position: Position, limit: number): Promise<{ events: StoredEvent[]; last: Position }> {
  const rows = await eventsAfter(db, position.txid, position.id, limit);
  const tip = rows.at(-1);
  return {
    events: rows.map((row) => ({
      position: `${row.txid}-${row.id}`,
      time: row.time,
      type: row.type,
      source: row.source,
      subject: row.subject ?? undefined,
      data: row.data,
    })),
    last: tip ? { txid: tip.txid, id: tip.id } : position,
  };
}

/** Runs `step` whenever woken; `step` answers how long to pause before the next step, 0 for at once, or undefined to wait for a wake. */
function createPump(name: string, step: () => Promise<number | undefined>) {
  let running = false;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let idle: Promise<void> = Promise.resolve();

  const loop = async (): Promise<void> => {
    do {
      again = false;
      try {
        const pause = await step();
        failures = 0;
        if (pause === 0) again = true;
        else if (pause !== undefined && !stopped) timer = setTimeout(wake, pause);
      } catch (error) {
        failures += 1;
        const pause = Math.min(100 * 2 ** failures, LONGEST_PAUSE);
        if (!stopped) {
          notes.warn('events could not be handled; trying again', { subscriber: name, afterMs: pause }, error);
          timer = setTimeout(wake, pause);
        }
      }
    } while (again && !stopped);
    running = false;
  };
  const wake = (): void => {
    if (stopped) return;
    clearTimeout(timer);
    again = true;
    if (running) return;
    running = true;
    idle = loop();
  };
  return {
    wake,
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await idle;
    },
  };
}

export function createEventStore(options: { database: Database; keepDays: number }): EventStore {
  const { database } = options;
  const pumps = new Set<ReturnType<typeof createPump>>();
  let unlisten: (() => void) | undefined;
  let poll: NodeJS.Timeout | undefined;
  let sweep: NodeJS.Timeout | undefined;
  const wakeAll = (): void => {
    for (const pump of pumps) pump.wake();
  };

  const pauseAfter = async (read: number, position: Position): Promise<number | undefined> => {
    if (read === BATCH) return 0;
    const [row] = await eventsWaiting(database.work, position.txid, position.id);
    return row?.waiting ? HORIZON_PAUSE : undefined;
  };

  const sweepOld = async (): Promise<void> => {
    const before = Temporal.Now.instant().subtract({ hours: options.keepDays * 24 });
    let deleted: number;
    do {
      const [row] = await deleteOldEvents(database.work, before, 5_000);
      deleted = row?.deleted ?? 0;
    } while (deleted === 5_000);
  };

  return {
    async start() {
      const [row] = await positionsAhead(database.work);
      if (row?.ahead) {
        notes.warn('the positions of events lie ahead of the server, as after loading a dump; numbering them again');
        await database.transaction(renumberEvents);
      }
      unlisten = database.listener.subscribe(EVENT_CHANNEL, { notify: wakeAll, resync: wakeAll });
      poll = setInterval(wakeAll, POLL_EVERY);
      sweep = setInterval(() => void sweepOld().catch((error) => notes.warn('old events could not be deleted', {}, error)), SWEEP_EVERY);
    },
    async stop() {
      unlisten?.();
      clearInterval(poll);
      clearInterval(sweep);
      await Promise.all([...pumps].map((pump) => pump.stop()));
      pumps.clear();
    },
    async subscribe(name, types, handle) {
      await addCursor(database.work, name);
      const pump = createPump(name, () =>
        database.transaction(async (tx) => {
          const [cursor] = await claimCursor(tx, name);
          if (!cursor) return undefined;
          const { events, last } = await readAfter(tx, cursor, BATCH);
          const wanted = events.filter((event) => matches(event.type, types));
          if (wanted.length > 0) await handle(tx, wanted);
          if (events.length > 0) await moveCursor(tx, name, last.txid, last.id);
          return pauseAfter(events.length, last);
        }),
      );
      pumps.add(pump);
      pump.wake();
    },
    async read(after, types, limit) {
      let position = after === undefined ? { txid: '0', id: 0 } : parsePosition(after);
      const found: StoredEvent[] = [];
      for (;;) {
        const { events, last } = await readAfter(database.work, position, BATCH);
        for (const event of events) {
          if (!matches(event.type, types)) continue;
          found.push(event);
          if (found.length === limit) return found;
        }
        if (events.length < BATCH) return found;
        position = last;
      }
    },
    tail({ after, types }, listener) {
      let position = after === undefined ? undefined : parsePosition(after);
      const pump = createPump('tail', async () => {
        if (!position) {
          const [present] = await presentPosition(database.work);
          position = { txid: present?.txid ?? '0', id: 0 };
        }
        const { events, last } = await readAfter(database.work, position, BATCH);
        position = last;
        for (const event of events) if (matches(event.type, types)) listener(event);
        return pauseAfter(events.length, last);
      });
      pumps.add(pump);
      pump.wake();
      return () => {
        pumps.delete(pump);
        void pump.stop();
      };
    },
  };
}
