import type { Socket } from 'node:net';
import pg from 'pg';
import { notesOf } from '../telemetry/channels.ts';

/**
 * One LISTEN connection of a hub.
 *
 * States: idle -> connecting -> listening -> (lost) waiting -> connecting ...; stop() from any of them -> stopped.
 * A notification sent while the connection was away is lost for good; so a subscriber's `resync` is called as soon as its channel is
 * listened to, and again after each reconnection; it looks at the tables. Polling stays the safety net, never the way.
 */
export interface Subscriber {
  /** A notification arrived; `payload` may be empty. */
  notify(payload: string): void;
  /** Notifications arrive from now on; earlier ones may have been missed. */
  resync(): void;
}

export interface Listener {
  /** Subscribes to a channel of PostgreSQL; answers a function that ends the subscription. The first subscriber connects. */
  subscribe(channel: string, subscriber: Subscriber): () => void;
  /** True while notifications arrive. */
  readonly listening: boolean;
  stop(): Promise<void>;
}

const notes = notesOf('database.listen');
const FIRST_DELAY = 100;
const LONGEST_DELAY = 5_000;
const CONNECT_TIMEOUT = 5_000;

/** Ends a connection without a farewell, which a half-open one would never answer. */
function cut(client: pg.Client): void {
  void client.end().catch(() => undefined);
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
}

/**
 * @param options.name shown in pg_stat_activity.
 * @param options.probeEvery milliseconds between two statements that find out a half-open connection. (Default: 15,000)
 * @param options.probeTimeout milliseconds after which such a statement, or a LISTEN, counts as unanswered. (Default: 10,000)
 */
export function createListener(options: { url: string; name: string; probeEvery?: number; probeTimeout?: number }): Listener {
  const channels = new Map<string, Set<Subscriber>>();
  let client: pg.Client | undefined;
  let listening = false;
  let stopped = false;
  let delay = FIRST_DELAY;
  let retry: NodeJS.Timeout | undefined;
  let probe: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** A subscriber that throws must not end the connection of the others, let alone the process. */
  const tell = (channel: string, call: () => void): void => {
    try {
      call();
    } catch (error) {
      notes.error('a subscriber of notifications failed', { channel }, error);
    }
  };

  const lose = (lost: pg.Client, why: string): void => {
    if (client !== lost) return;
    client = undefined;
    listening = false;
    clearInterval(probe);
    cut(lost);
    notes.warn('notifications stopped; connecting again', { why, afterMs: delay });
    retry = setTimeout(() => {
      retry = undefined;
      connect();
    }, delay);
    delay = Math.min(delay * 2, LONGEST_DELAY);
  };

  /** One statement at a time, as the driver wants it. */
  const ask = (on: pg.Client, text: string): Promise<unknown> => {
    const answer = turn.then(() => on.query(text));
    turn = answer.catch(() => undefined);
    return answer;
  };
  const listen = (on: pg.Client, channel: string): Promise<unknown> => ask(on, `LISTEN ${pg.escapeIdentifier(channel)}`);

  const open = async (fresh: pg.Client): Promise<void> => {
    await fresh.connect();
    // Channels that are subscribed to meanwhile join this very iteration.
    for (const channel of channels.keys()) await listen(fresh, channel);
    if (client !== fresh) return;
    listening = true;
    delay = FIRST_DELAY;
    probe = setInterval(() => ask(fresh, 'SELECT 1').catch((error: Error) => lose(fresh, error.message)), options.probeEvery ?? 15_000);
    probe.unref();
    for (const [channel, subscribers] of channels) for (const subscriber of subscribers) tell(channel, () => subscriber.resync());
  };

  const connect = (): void => {
    const fresh = new pg.Client({
      connectionString: options.url,
      application_name: options.name,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      query_timeout: options.probeTimeout ?? 10_000,
      keepAlive: true,
    });
    client = fresh;
    fresh.on('error', (error) => lose(fresh, error.message));
    fresh.on('end', () => lose(fresh, 'connection ended'));
    fresh.on('notification', ({ channel, payload }) => {
      for (const subscriber of channels.get(channel) ?? []) tell(channel, () => subscriber.notify(payload ?? ''));
    });
    open(fresh).catch((error: Error) => lose(fresh, error.message));
  };

  return {
    get listening() {
      return listening;
    },
    subscribe(channel, subscriber) {
      const subscribers = channels.get(channel) ?? new Set();
      channels.set(channel, subscribers.add(subscriber));
      if (listening && client) {
        const current = client;
        listen(current, channel).then(
          () => {
            if (client === current && subscribers.has(subscriber)) tell(channel, () => subscriber.resync());
          },
          (error: Error) => lose(current, error.message),
        );
      } else if (!client && !retry && !stopped) connect();
      return () => {
        subscribers.delete(subscriber);
      };
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
      clearInterval(probe);
      const last = client;
      client = undefined;
      listening = false;
      if (last) cut(last);
    },
  };
}
