import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
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
  /** How many deliveries have ended. */
  countEnded(): Promise<number>;
  /** Waits until so many have ended, no more and no fewer. @returns them, in the order of their ids. */
  ended(count: number): Promise<Ended[]>;
}

/** A delivery that has ended. */
interface Ended extends Record<string, unknown> {
  readonly ref: string;
  readonly state: string;
  readonly tries: number;
  readonly code: string | null;
}

/** For whatever takes as long as it takes; a test itself has a minute. */
export const PATIENCE = { timeout: 25_000, interval: 20 };
export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

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

/**
 * Engines on a database of their own, with a module that does what the test says. It is there for the tests of a file: opened before them, its hubs
 * stopped and its tables emptied after each, dropped at the end.
 */
export function useWorkshop(): Workshop {
  let opened: TestDatabase | undefined;
  const hubs = new Set<TestHub>();
  const killed: Database[] = [];
  let targets = 0;
  const workshop: Workshop = {
    get db() {
      if (!opened) throw new Error('the workshop opens before the first test of the file; only tests and hooks have a database');
      return opened;
    },
    seen: [],
    attempt: async () => delivered,
    policies: new Map(),
    async hub({ url = workshop.db.url, ...options } = {}) {
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
      await workshop.db.database.transaction((tx) => addTarget(tx, 'callbacks', target));
      return target;
    },
    deliver: (...items) =>
      workshop.db.database.transaction((tx) =>
        enqueue(
          tx,
          'callbacks',
          items.map((item) => ({ key: 0, strict: false, type: 'Test', ref: '', extra: null, ...item })),
        ),
      ),
    async rows<R extends Record<string, unknown>>(text: string, ...values: (string | number)[]) {
      return (await run<R>(workshop.db.database.work, text, values)).rows;
    },
    countEnded: async () => (await workshop.rows<{ n: number }>('SELECT count(*)::int AS n FROM delivery'))[0]?.n ?? 0,
    async ended(count) {
      await vi.waitUntil(async () => (await workshop.countEnded()) === count, PATIENCE);
      return workshop.rows<Ended>('SELECT ref, state, tries, code FROM delivery ORDER BY id');
    },
  };

  beforeAll(async () => {
    opened = await createTestDatabase({ poolSize: 4 });
  });
  afterEach(async () => {
    await Promise.all([...hubs].map((hub) => hub.stop()));
    await run(workshop.db.database.work, 'TRUNCATE delivery, delivery_attempt, delivery_due, delivery_target, delivery_hub');
    workshop.policies.clear();
    workshop.seen.length = 0;
    workshop.attempt = async () => delivered;
  });
  afterAll(async () => {
    await Promise.all(killed.map((database) => database.close()));
    await opened?.drop();
  });
  return workshop;
}
