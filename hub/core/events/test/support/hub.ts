import { type Database, openDatabase } from '../../../database/database.ts';
import type { Transaction } from '../../../database/statement.ts';
import { publish } from '../../publish.ts';
import { createEventStore, type EventStore, type StoredEvent } from '../../subscribe.ts';

/** A hub that has only its database and its events. */
export interface EventHub {
  readonly database: Database;
  readonly events: EventStore;
  stop(): Promise<void>;
}

export async function startHub(url: string, name: string, keepDays = 7): Promise<EventHub> {
  const database = openDatabase({ url, poolSize: 6, queuePoolSize: 4, name });
  const events = createEventStore({ database, keepDays });
  await events.start();
  return {
    database,
    events,
    async stop() {
      await events.stop();
      await database.close();
    },
  };
}

/** Publishes one event of type `vestnik.test.<noun>.done` that carries a number. */
export const tell = (tx: Transaction, number: number, noun = 'thing'): Promise<void> =>
  publish(tx, { type: `vestnik.test.${noun}.done`, subject: String(number), data: { number } });

export const numbersOf = (events: readonly StoredEvent[]): number[] => events.map(({ data }) => data['number'] as number);

/** A transaction of one's own pace: open until it is told to end. */
export async function openTransaction(
  database: Database,
): Promise<{ tx: Transaction; commit(): Promise<void>; rollback(): Promise<void> }> {
  const begun = Promise.withResolvers<Transaction>();
  const end = Promise.withResolvers<void>();
  const done = database.transaction(async (tx) => {
    begun.resolve(tx);
    await end.promise;
  });
  done.catch(begun.reject);
  return {
    tx: await begun.promise,
    async commit() {
      end.resolve();
      await done;
    },
    async rollback() {
      end.reject(new Error('rolled back'));
      await done.catch(() => undefined);
    },
  };
}
