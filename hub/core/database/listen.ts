import pg from 'pg';
import { notesOf } from '../telemetry/channels.ts';

/**
 * One LISTEN connection of a hub.
 *
 * States: idle -> connecting -> listening -> (lost) waiting -> connecting ...; stop() from any of them -> stopped.
 * A notification sent while the connection was away is lost for good; so after each (re)connection every subscriber's `resync`
 * is called, which looks at the tables. Polling stays the safety net, never the way.
 */
export interface Subscriber {
  /** A notification arrived; `payload` may be empty. */
  notify(payload: string): void;
  /** The connection is new: notifications may have been missed. */
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
const PROBE_EVERY = 15_000;

export function createListener(options: { url: string; name: string }): Listener {
  const channels = new Map<string, Set<Subscriber>>();
  let client: pg.Client | undefined;
  let listening = false;
  let stopped = false;
  let delay = FIRST_DELAY;
  let retry: NodeJS.Timeout | undefined;
  let probe: NodeJS.Timeout | undefined;

  const lose = (lost: pg.Client, why: string): void => {
    if (client !== lost) return;
    client = undefined;
    listening = false;
    clearInterval(probe);
    void lost.end().catch(() => undefined);
    if (stopped) return;
    notes.warn('notifications stopped; connecting again', { why, afterMs: delay });
    retry = setTimeout(connect, delay);
    delay = Math.min(delay * 2, LONGEST_DELAY);
  };

  const connect = (): void => {
    if (stopped || client) return;
    const fresh = new pg.Client({
      connectionString: options.url,
      application_name: options.name,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
      keepAlive: true,
    });
    client = fresh;
    fresh.on('error', (error) => lose(fresh, error.message));
    fresh.on('end', () => lose(fresh, 'connection ended'));
    fresh.on('notification', ({ channel, payload }) => {
      for (const subscriber of channels.get(channel) ?? []) subscriber.notify(payload ?? '');
    });
    void (async () => {
      await fresh.connect();
      for (const channel of channels.keys()) await fresh.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      if (client !== fresh) return;
      listening = true;
      delay = FIRST_DELAY;
      // A half-open connection says nothing; a statement now and then finds it out.
      probe = setInterval(() => void fresh.query('SELECT 1').catch((error: Error) => lose(fresh, error.message)), PROBE_EVERY);
      probe.unref();
      for (const subscribers of channels.values()) for (const subscriber of subscribers) subscriber.resync();
    })().catch((error: Error) => lose(fresh, error.message));
  };

  return {
    get listening() {
      return listening;
    },
    subscribe(channel, subscriber) {
      const present = channels.get(channel);
      const subscribers = present ?? new Set();
      subscribers.add(subscriber);
      if (!present) {
        channels.set(channel, subscribers);
        if (listening && client) {
          const current = client;
          void current
            .query(`LISTEN ${pg.escapeIdentifier(channel)}`)
            .then(() => subscriber.resync())
            .catch((error: Error) => lose(current, error.message));
        } else if (client) {
          // Still connecting: start over, so that this channel is among those listened to.
          const current = client;
          client = undefined;
          void current.end().catch(() => undefined);
          connect();
        } else connect();
      }
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
      await last?.end().catch(() => undefined);
    },
  };
}
