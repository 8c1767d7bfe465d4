import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { type Database, openDatabase } from '../../../database/database.ts';
import { run } from '../../../database/statement.ts';
import { createDeliveryEngine, type DeliveryEngine, type DeliveryOptions } from '../../engine.ts';
import { addTarget, enqueue, type NewDelivery } from '../../enqueue.ts';
import type { DueItem, Outcome } from '../../outcome.ts';
import type { Policy } from '../../policy.ts';

export type Note = string;

/** An attempt as the test's module saw it. */
export interface Seen {
  readonly target: number;
  readonly ref: string;
  readonly number: number;
  readonly lane: 0 | 1;
  readonly hub: string;
}

export interface TestHub {
  readonly id: string;
  readonly engine: DeliveryEngine;
  /** As kill -9: nothing is stored, nothing is given back. */
  kill(): void;
  stop(): Promise<void>;
}

export interface Workshop {
  readonly db: TestDatabase;
  readonly seen: Seen[];
  /** What is to be done with an item; the first thing a test sets. */
  attempt: (item: DueItem, signal: AbortSignal) => Promise<Outcome<Note>>;
  policies: Map<number, Policy>;
  /** `url`: another way to the same database. */
  hub(options?: Partial<DeliveryOptions<Note>> & { url?: string }): Promise<TestHub>;
  target(policy?: Partial<Policy>): Promise<number>;
  deliver(...items: (Partial<NewDelivery> & { target: number })[]): Promise<number[]>;
  rows<R extends Record<string, unknown>>(text: string, ...values: (string | number)[]): Promise<R[]>;
  /** Stops the hubs and empties the tables. */
  reset(): Promise<void>;
  drop(): Promise<void>;
}

export const delivered: Outcome<Note> = { result: 'delivered', status: 200, code: null, health: 'alive', record: 'ok' };
export const failed: Outcome<Note> = { result: 'again', status: 500, code: 'status', health: 'failing', record: 'no' };

export const POLICY: Policy = {
  held: false,
  capacity: 8,
  rate: undefined,
  ordering: 'none',
  maxHold: 60_000,
  breaker: 'observe',
  next: ({ spent, endedAt }) => (spent >= 3 ? undefined : endedAt + 50),
};

/** Engines on a database of their own, with a module that does what the test says. */
export async function openWorkshop(): Promise<Workshop> {
  const db = await createTestDatabase({ poolSize: 4 });
  const hubs = new Set<TestHub>();
  const killed: Database[] = [];
  let targets = 0;
  const workshop: Workshop = {
    db,
    seen: [],
    attempt: async () => delivered,
    policies: new Map(),
    async hub({ url = db.url, ...options } = {}) {
      const id = randomUUID();
      const database = openDatabase({ url, poolSize: 2, queuePoolSize: 4, name: `hub ${id}` });
      let dead = false;
      // A process that was killed neither says nor hears anything more.
      const never = <T>(work: () => Promise<T>): Promise<T> =>
        dead ? new Promise<T>(() => undefined) : work().then((answer) => (dead ? new Promise<T>(() => undefined) : answer));
      const mortal: Database = {
        ...database,
        queue: { query: (query) => never(() => database.queue.query(query)) },
        queueTransaction: (body) => never(() => database.queueTransaction(body)),
      };
      const engine = createDeliveryEngine<Note>({
        engine: 'callbacks',
        database: mortal,
        hubId: id,
        slots: 64,
        lease: 1_000,
        policy: (target) => workshop.policies.get(target),
        async attempt(item, signal) {
          workshop.seen.push({ target: item.target, ref: item.ref, number: item.number, lane: item.lane, hub: id });
          return never(() => workshop.attempt(item, signal));
        },
        record: async (_, settled) => settled.map(({ outcome }) => JSON.stringify({ note: outcome?.record ?? null })),
        ...options,
      });
      const hub: TestHub = {
        id,
        engine,
        kill() {
          dead = true;
          hubs.delete(hub);
          killed.push(database);
        },
        async stop() {
          hubs.delete(hub);
          await engine.stop();
          await database.close();
        },
      };
      hubs.add(hub);
      await engine.start();
      return hub;
    },
    async target(policy = {}) {
      targets += 1;
      workshop.policies.set(targets, { ...POLICY, ...policy });
      const target = targets;
      await db.database.transaction((tx) => addTarget(tx, 'callbacks', target));
      return target;
    },
    deliver: (...items) =>
      db.database.transaction((tx) =>
        enqueue(
          tx,
          'callbacks',
          items.map((item) => ({ key: 0, strict: false, type: 'Test', ref: '', extra: null, ...item })),
        ),
      ),
    async rows<R extends Record<string, unknown>>(text: string, ...values: (string | number)[]) {
      return (await run<R>(db.database.work, text, values)).rows;
    },
    async reset() {
      await Promise.all([...hubs].map((hub) => hub.stop()));
      await run(db.database.work, 'TRUNCATE delivery, delivery_attempt, delivery_due, delivery_target, delivery_hub');
      workshop.policies.clear();
      workshop.seen.length = 0;
      workshop.attempt = async () => delivered;
    },
    async drop() {
      await workshop.reset();
      await Promise.all(killed.map((database) => database.close()));
      await db.drop();
    },
  };
  return workshop;
}
