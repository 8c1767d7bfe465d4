import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { publish } from '../../core/events/publish.ts';
import type { EventStore } from '../../core/events/subscribe.ts';
import { addRule } from '../add-rule.ts';
import { watchRules } from '../watch-rules.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

// Who hears first of a new rule: the tail, or the subscription whose look was made before it. Whatever was published behind the rule counts.

/** More than are read at once behind a change. */
const MANY = 700;

let bench: AlertsBench;
/** Types that the subscription looks for. */
let asked: readonly string[];
/** Called once the subscription has looked, before it handles what it has found. */
let looked: () => Promise<unknown>;
/** Told when the tail may hear. */
let tailHears: PromiseWithResolvers<void>;
let watching: { stop(): void };
beforeAll(async () => {
  bench = await alertsBench();
  const { events } = bench;
  const steered: Pick<EventStore, 'subscribe' | 'tail' | 'read'> = {
    read: events.read,
    tail(options, listener) {
      return events.tail(options, (event) => void tailHears.promise.then(() => listener(event)));
    },
    subscribe(name, types, handle) {
      asked = types;
      return events.subscribe(name, types, async (tx, batch) => {
        await looked();
        return handle(tx, batch);
      });
    },
  };
  watching = await watchRules({ database: bench.db.database, events: steered, act: () => bench.act });
});
afterAll(async () => {
  watching.stop();
  await bench.end();
});

/** A rule and events that it waits for, all in one commit: one look finds the rule and passes the events. @returns the rule */
async function ruleWithEvents(type: string, events: number): Promise<number> {
  const task = await bench.task(await bench.list([{ name: 'Anna', phones: ['+79160000001'] }]));
  return bench.db.database.transaction(async (tx) => {
    const { id } = await addRule(tx, bench.act, {
      name: type,
      task_id: task,
      filter: { type, data: [{ path: 'at', equals: events }] },
    });
    for (let at = 1; at <= events; at += 1) await publish(tx, { type, subject: 'box/1', data: { at } });
    return id;
  });
}
const started = (rule: number) =>
  vi.waitFor(
    async () =>
      expect(await bench.rows('SELECT outcome FROM alerts_rule_match WHERE rule_id = $1', rule)).toEqual([{ outcome: 'started' }]),
    PATIENCE,
  );

test.each([
  ['one event', 1],
  ['more events than a page', MANY],
])('the tail knows the rule before the subscription handles it: %s behind it', async (_, events) => {
  const type = `vestnik.test.TailFirst${events}`;
  tailHears = Promise.withResolvers();
  looked = async () => {
    if (asked.includes(type)) return;
    tailHears.resolve();
    await vi.waitUntil(() => asked.includes(type), PATIENCE);
  };
  await started(await ruleWithEvents(type, events));
});

test('the subscription handles the rule before the tail has heard of it', async () => {
  tailHears = Promise.withResolvers();
  looked = async () => undefined;
  await started(await ruleWithEvents('vestnik.test.TailLast', 1));
  tailHears.resolve();
});
