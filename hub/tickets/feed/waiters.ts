import { notesOf } from '../../core/telemetry/channels.ts';

/**
 * The pulls of this hub that wait for something to happen to their client.
 *
 * An alarm is armed (before the mailbox is read, so that nothing is missed between) -> rung with a reason that is kept until it is heard
 * -> heard by wait() -> rung again ... -> disarmed. A stronger reason replaces a weaker one that nobody has heard yet, never the other way
 * round. After stop() every alarm, also a later one, rings at once. A waiting pull holds no connection of the database and no transaction.
 *
 * What a pull knows of its client is read before there is an alarm. So rings are counted: whoever arms says what the count was before the
 * reading, and what has rung for the client since then rings at once. A pull whose client had nothing need not even read the mailbox.
 */
export type Reason =
  /** Messages may have come. */
  | 'wake'
  /** The client's state or the holder of its session changed: look at it again. */
  | 'changed'
  /** The hub stops. */
  | 'stop'
  /** The wait is over, or the alarm was disarmed. */
  | 'time';

type Ring = Exclude<Reason, 'time'>;

export interface Alarm {
  /** Resolves with the strongest reason since the last one heard, at once when there is one. @param milliseconds until 'time'. */
  wait(milliseconds: number): Promise<Reason>;
  /** The reason that wait() would resolve with at once; it counts as heard. */
  heard(): Ring | undefined;
  disarm(): void;
}

export interface Waiters {
  /** Rings so far, to be taken before the client is read. */
  readonly rings: number;
  /** @param since `rings` as it was before the client was read. @param nextSequence of the mailbox, as read. */
  arm(client: number, since: number, nextSequence: number): Alarm;
  /** Rings every alarm of the clients. */
  ring(clients: Iterable<number>, reason: 'wake' | 'changed'): void;
  /** Rings every alarm because what happened to which client is not known. */
  changedAll(): void;
  stop(): void;
  /** Rings alarms whose mailbox has moved on; `counters` answers the present next sequence of the clients. */
  heal(counters: (clients: readonly number[]) => Promise<ReadonlyMap<number, number>>): Promise<void>;
  /** Alarms of one client. */
  armed(client: number): number;
  readonly waiting: number;
}

interface Armed {
  next: number;
  rung: Ring | undefined;
  listener: ((reason: Reason) => void) | undefined;
}

const notes = notesOf('tickets.feed');
const STRENGTH: Record<Ring, number> = { wake: 1, changed: 2, stop: 3 };
/** Clients whose last ring is remembered. */
const REMEMBERED = 20_000;

/** At which count each client was rung last. What is forgotten, because too many came after it, counts as rung. */
function createJournal() {
  const last = new Map<number, number>();
  let forgotten = 0;
  return {
    note(client: number, count: number): void {
      // Deleted first, so that the oldest come first.
      last.delete(client);
      last.set(client, count);
      if (last.size <= REMEMBERED) return;
      const [oldest] = last;
      if (!oldest) return;
      last.delete(oldest[0]);
      forgotten = oldest[1];
    },
    noteAll(count: number): void {
      last.clear();
      forgotten = count;
    },
    rungSince: (client: number, count: number): boolean => forgotten > count || (last.get(client) ?? 0) > count,
  };
}

export function createWaiters(): Waiters {
  const byClient = new Map<number, Set<Armed>>();
  const journals = { wake: createJournal(), changed: createJournal() };
  let rings = 0;
  let waiting = 0;
  let stopped = false;

  const ringOne = (armed: Armed, reason: Ring): void => {
    if (armed.rung === undefined || STRENGTH[armed.rung] < STRENGTH[reason]) armed.rung = reason;
    armed.listener?.(reason);
  };
  const ringAll = (reason: Ring): void => {
    for (const set of byClient.values()) for (const armed of set) ringOne(armed, reason);
  };
  const hear = (armed: Armed): Ring | undefined => {
    const { rung } = armed;
    armed.rung = undefined;
    return rung;
  };

  return {
    get rings() {
      return rings;
    },
    get waiting() {
      return waiting;
    },
    armed: (client) => byClient.get(client)?.size ?? 0,
    arm(client, since, nextSequence) {
      const armed: Armed = { next: nextSequence, rung: undefined, listener: undefined };
      if (stopped) armed.rung = 'stop';
      else if (journals.changed.rungSince(client, since)) armed.rung = 'changed';
      else if (journals.wake.rungSince(client, since)) armed.rung = 'wake';
      const present = byClient.get(client);
      if (present) present.add(armed);
      else byClient.set(client, new Set([armed]));
      let disarmed = false;
      return {
        heard: () => hear(armed),
        wait(milliseconds) {
          const before = hear(armed);
          if (before) return Promise.resolve(before);
          if (milliseconds <= 0 || disarmed) return Promise.resolve('time');
          waiting += 1;
          return new Promise((resolve) => {
            const finish = (reason: Reason): void => {
              if (!armed.listener) return;
              armed.listener = undefined;
              armed.rung = undefined;
              clearTimeout(timer);
              waiting -= 1;
              resolve(reason);
            };
            const timer = setTimeout(finish, milliseconds, 'time');
            armed.listener = finish;
          });
        },
        disarm() {
          disarmed = true;
          armed.listener?.('time');
          const set = byClient.get(client);
          if (set?.delete(armed) && set.size === 0) byClient.delete(client);
        },
      };
    },
    ring(clients, reason) {
      rings += 1;
      for (const client of clients) {
        journals[reason].note(client, rings);
        for (const armed of byClient.get(client) ?? []) ringOne(armed, reason);
      }
    },
    changedAll() {
      rings += 1;
      journals.changed.noteAll(rings);
      ringAll('changed');
    },
    stop() {
      stopped = true;
      ringAll('stop');
    },
    async heal(counters) {
      const clients = [...byClient.keys()];
      if (clients.length === 0) return;
      const present = await counters(clients);
      let healed = 0;
      for (const client of clients) {
        const next = present.get(client);
        if (next === undefined) continue;
        for (const armed of byClient.get(client) ?? []) {
          if (next <= armed.next || armed.rung) continue;
          healed += 1;
          armed.next = next;
          ringOne(armed, 'wake');
        }
      }
      if (healed > 0) notes.debug('waiting pulls were woken without a notification', { healed });
    },
  };
}
