import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import { publish } from '../../core/events/publish.ts';
import { createEventStore, type EventStore, type StoredEvent } from '../../core/events/subscribe.ts';
import { addRule } from '../add-rule.ts';
import { watchRules } from '../watch-rules.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

// Who hears first of a new rule: the tail, or the subscription, which may be at work on another hub. Whatever was published behind the rule counts.

/** More than are read at once behind a change. */
const MANY = 700;

let bench: AlertsBench;
let undo: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  bench = await alertsBench();
});
afterEach(async () => {
  for (const end of undo.reverse()) await end();
  undo = [];
  await bench.rows('DELETE FROM alerts_rule');
});
afterAll(() => bench.end());

/** A hub that watches the rules, and where a test holds it up. */
interface Steering {
  /** The tail hears nothing before it. */
  readonly tailHears?: Promise<void>;
  /** Called once the subscription has looked, before it handles what it has found. @param asked what it looks for now */
  looked?(asked: readonly string[]): Promise<unknown>;
  /** In place of handling what the subscription has found. */
  handles?(tx: Transaction, batch: readonly StoredEvent[], handle: Parameters<EventStore['subscribe']>[2]): Promise<void>;
  /** Another hub is always quicker at the cursor. */
  readonly elsewhere?: true;
  readonly database?: Pick<Database, 'work' | 'transaction'>;
}

/** @returns the types that it looks for */
async function hub({ tailHears, looked, handles, elsewhere, database = bench.db.database }: Steering): Promise<readonly string[]> {
  const events = createEventStore({ database: bench.db.database, keepDays: 7 });
  await events.start();
  undo.push(() => events.stop());
  let asked: readonly string[] = [];
  const watching = await watchRules({
    database,
    act: () => bench.act,
    events: {
      read: events.read,
      tail: (options, listener) => events.tail(options, (event) => void Promise.resolve(tailHears).then(() => listener(event))),
      async subscribe(name, types, handle) {
        asked = types;
        if (elsewhere) return;
        await events.subscribe(name, types, async (tx, batch) => {
          await looked?.(types);
          return handles ? handles(tx, batch, handle) : handle(tx, batch);
        });
      },
    },
  });
  undo.push(() => watching.stop());
  return asked;
}

/** A rule and events that it waits for, all in one commit: one look finds the rule and passes the events. @returns the rule */
async function ruleWithEvents(type: string, events = 1): Promise<number> {
  const task = await bench.task(await bench.list([{ name: 'Anna', phones: ['+79160000001'] }]));
  return bench.db.database.transaction(async (tx) => {
    const filter = { type, data: [{ path: 'at', equals: events }] };
    const { id } = await addRule(tx, bench.act, { name: type, task_id: task, filter });
    for (let at = 1; at <= events; at += 1) await publish(tx, { type, subject: 'box/1', data: { at } });
    return id;
  });
}
const matches = (rule: number) => bench.rows('SELECT outcome FROM alerts_rule_match WHERE rule_id = $1', rule);
const started = (rule: number) => vi.waitFor(async () => expect(await matches(rule)).toEqual([{ outcome: 'started' }]), PATIENCE);

describe('one hub', () => {
  test.each([
    ['one event', 1],
    ['more events than a page', MANY],
  ])('whose tail knows the rule before the subscription handles it: %s behind it', async (_, events) => {
    const type = `vestnik.test.TailFirst${events}`;
    const tail = Promise.withResolvers<void>();
    // The list is there, and what the tail does with the events behind the change comes too late.
    let loaded = false;
    const { work } = bench.db.database;
    const late = Promise.withResolvers<never>();
    await hub({
      tailHears: tail.promise,
      database: { work, transaction: (body) => (loaded ? late.promise : bench.db.database.transaction(body)) },
      async looked(asked) {
        if (asked.includes(type)) return;
        loaded = true;
        tail.resolve();
        await vi.waitUntil(() => asked.includes(type), PATIENCE);
      },
    });
    await started(await ruleWithEvents(type, events));
    late.reject(new Error('too late'));
  });

  test('whose subscription handles the rule before the tail has heard of it', async () => {
    const tail = Promise.withResolvers<void>();
    await hub({ tailHears: tail.promise });
    const rule = await ruleWithEvents('vestnik.test.TailLast');
    await started(rule);
    tail.resolve();
  });
});

test('of two readings at once the newer one stays, whichever ends last', async () => {
  const [older, newer] = ['vestnik.test.Older', 'vestnik.test.Newer'];
  const [readOlder, handledOlder] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let asked: readonly string[] = [];
  let batches = 0;
  asked = await hub({
    // Only the first batch is handled here, by a transaction that reads the rules slowly; another hub takes the others.
    async handles(tx, batch, handle) {
      batches += 1;
      if (batches > 1) return;
      let readings = 0;
      const slow = {
        async query(query: Parameters<Transaction['query']>[0]) {
          const answer = await tx.query<never>(query);
          if (query.name === 'alerts.enabledRules') readings += 1;
          // The first one is of those that the events are held against.
          if (query.name !== 'alerts.enabledRules' || readings !== 2) return answer;
          readOlder.resolve();
          await vi.waitUntil(() => asked.includes(newer), PATIENCE);
          return answer;
        },
      } as unknown as Transaction;
      await handle(slow, batch);
      handledOlder.resolve();
    },
  });
  await ruleWithEvents(older, 0);
  await readOlder.promise;
  await ruleWithEvents(newer, 0);
  await handledOlder.promise;
  expect(asked).toEqual(expect.arrayContaining([older, newer]));
});

describe('a hub that only hears of rules, as another one handles them', () => {
  test('sees to what it has passed before it knew the rule, should the other one have died', async () => {
    await hub({ elsewhere: true });
    await started(await ruleWithEvents('vestnik.test.Elsewhere'));
  });

  test('reads the rules again when the database was away', async () => {
    const { work, transaction } = bench.db.database;
    let away = 0;
    const asked = await hub({
      elsewhere: true,
      database: {
        transaction,
        work: {
          async query(query) {
            if (away > 0) {
              away -= 1;
              throw new Error('the database is away');
            }
            return work.query(query);
          },
        },
      },
    });
    away = 2;
    await started(await ruleWithEvents('vestnik.test.Away'));
    expect(away).toBe(0);
    expect(asked).toContain('vestnik.test.Away');
  });
});
