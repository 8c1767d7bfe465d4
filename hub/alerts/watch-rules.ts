import type { Database } from '../core/database/database.ts';
import type { Queryable, Transaction } from '../core/database/statement.ts';
import { createPump } from '../core/events/pump.ts';
import type { EventStore } from '../core/events/subscribe.ts';
import type { Act } from './act.ts';
import { applyRules, createFilterBook } from './apply-rules.ts';
import { type RuleFilter, typePrefixes } from './rule-filter.ts';
import { enabledRules } from './sql/rules.ts';

/** What rules are told of each other's changes by; no rule can fit it. */
const CHANGES = ['vestnik.alerts.rule.added', 'vestnik.alerts.rule.changed', 'vestnik.alerts.rule.deleted'];
const NAME = 'alerts.rules';
const PORTION = 500;

/**
 * Lets events of the hub start tasks by the rules.
 *
 * started -> (a rule is added, changed or deleted anywhere: it is known which events to look for) -> stop() -> stopped, after what is under way. Which rules count is
 * read anew with the events themselves; remembered is only what their types may begin with, so that the events of others cost nothing.
 *
 * Two hear of a change: the subscription, on one of the hubs, and a tail on each of them. Until a hub has heard of it, it passes events that the rule waits for, so both
 * look once more at what was published behind the change. Whatever is seen a second time is known by its match.
 */
export async function watchRules({
  database,
  events,
  act,
}: {
  readonly database: Pick<Database, 'work' | 'transaction'>;
  readonly events: Pick<EventStore, 'subscribe' | 'tail' | 'read'>;
  /** The hub itself, now. */
  act(): Act;
}): Promise<{ stop(): Promise<void> }> {
  // The subscription looks into this list each time; without rules it looks for their changes only.
  const prefixes: string[] = [...CHANGES];
  let begun = 0;
  let newest = 0;
  const load = async (db: Queryable): Promise<void> => {
    begun += 1;
    const own = begun;
    const rules = await enabledRules(db);
    // One that began before it may be of older rules.
    if (own < newest) return;
    newest = own;
    const wanted = new Set([...CHANGES, ...rules.flatMap(({ filter }) => typePrefixes(filter as RuleFilter))]);
    prefixes.splice(0, prefixes.length, ...wanted);
  };
  const book = createFilterBook();
  const hear = async (tx: Transaction, change: string): Promise<void> => {
    for (let after = change; ; ) {
      const page = await events.read(after, prefixes, PORTION);
      await applyRules(tx, act(), book, page);
      const last = page.at(-1);
      if (!last || page.length < PORTION) return;
      after = last.position;
    }
  };

  /** The first change that the tail has told of and this hub does not know yet. */
  let unknown: string | undefined;
  const learning = createPump(NAME, async () => {
    const change = unknown;
    if (change === undefined) return undefined;
    unknown = undefined;
    try {
      await load(database.work);
      await database.transaction((tx) => hear(tx, change));
    } catch (error) {
      unknown = change;
      throw error;
    }
    return undefined;
  });
  const untail = events.tail({ types: CHANGES }, ({ position }) => {
    unknown ??= position;
    learning.wake();
  });
  const stop = async (): Promise<void> => {
    untail();
    await learning.stop();
  };
  try {
    await untail.listening;
    await load(database.work);
    await events.subscribe(NAME, prefixes, async (tx, batch) => {
      await applyRules(tx, act(), book, batch);
      const change = batch.find(({ type }) => CHANGES.includes(type));
      if (!change) return;
      await load(tx);
      await hear(tx, change.position);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}
