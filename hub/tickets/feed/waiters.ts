import { notesOf } from '../../core/telemetry/channels.ts';

/**
 * The pulls of this hub that wait for something to happen to their client.
 *
 * An alarm is armed (before the mailbox is read, so that nothing is missed between) -> rung with a reason, or out of time -> disarmed.
 * A waiting pull holds no connection of the database and no transaction.
 */
export type Reason =
  /** Messages may have come. */
  | 'wake'
  /** The client's state changed: look at it again. */
  | 'changed'
  /** Another instance has the session. */
  | 'taken'
  /** The hub stops. */
  | 'stop'
  /** The wait is over. */
  | 'time';

export interface Alarm {
  /** Resolves with the first reason, at once when it has rung before. @param milliseconds until 'time'. */
  wait(milliseconds: number): Promise<Reason>;
  /** Forgets earlier rings; the same registration goes on. */
  rearm(): void;
  disarm(): void;
}

export interface Waiters {
  arm(client: number, instance: string, nextSequence: number): Alarm;
  /** Rings every alarm of the clients. */
  ring(clients: Iterable<number>, reason: Reason): void;
  /** Rings the alarms of a client's other instances. */
  take(client: number, holder: string): void;
  ringAll(reason: Reason): void;
  /** Rings alarms whose mailbox has moved on; `counters` answers the present next sequence of the clients. */
  heal(counters: (clients: readonly number[]) => Promise<ReadonlyMap<number, number>>): Promise<void>;
  readonly waiting: number;
}

interface Armed {
  readonly instance: string;
  next: number;
  rung: Reason | undefined;
  listener: ((reason: Reason) => void) | undefined;
}

const notes = notesOf('tickets.feed');

export function createWaiters(): Waiters {
  const byClient = new Map<number, Set<Armed>>();
  let waiting = 0;

  const ringOne = (armed: Armed, reason: Reason): void => {
    // A wake must not hide that the session was taken or the hub stops.
    if (armed.rung === undefined || armed.rung === 'wake') armed.rung = reason;
    armed.listener?.(armed.rung);
  };

  return {
    get waiting() {
      return waiting;
    },
    arm(client, instance, nextSequence) {
      const armed: Armed = { instance, next: nextSequence, rung: undefined, listener: undefined };
      const present = byClient.get(client);
      if (present) present.add(armed);
      else byClient.set(client, new Set([armed]));
      return {
        wait(milliseconds) {
          if (armed.rung) return Promise.resolve(armed.rung);
          if (milliseconds <= 0) return Promise.resolve('time');
          waiting += 1;
          return new Promise((resolve) => {
            const finish = (reason: Reason): void => {
              if (!armed.listener) return;
              armed.listener = undefined;
              clearTimeout(timer);
              waiting -= 1;
              resolve(reason);
            };
            const timer = setTimeout(finish, milliseconds, 'time');
            armed.listener = finish;
          });
        },
        rearm() {
          armed.rung = undefined;
        },
        disarm() {
          armed.listener?.('time');
          const set = byClient.get(client);
          set?.delete(armed);
          if (set?.size === 0) byClient.delete(client);
        },
      };
    },
    ring(clients, reason) {
      for (const client of clients) for (const armed of byClient.get(client) ?? []) ringOne(armed, reason);
    },
    take(client, holder) {
      for (const armed of byClient.get(client) ?? []) if (armed.instance !== holder) ringOne(armed, 'taken');
    },
    ringAll(reason) {
      for (const set of byClient.values()) for (const armed of set) ringOne(armed, reason);
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
