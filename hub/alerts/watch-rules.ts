import type { Database } from '../core/database/database.ts';
import type { Queryable } from '../core/database/statement.ts';
import type { EventStore } from '../core/events/subscribe.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import type { Act } from './act.ts';
import { applyRules, createFilterBook } from './apply-rules.ts';
import { type RuleFilter, typePrefixes } from './rule-filter.ts';
import { enabledRules } from './sql/rules.ts';

/** What rules are told of each other's changes by; no rule can fit it. */
const CHANGES = ['vestnik.alerts.rule.added', 'vestnik.alerts.rule.changed', 'vestnik.alerts.rule.deleted'];
const notes = notesOf('alerts.rules');
const PORTION = 500;

/**
 * Lets events of the hub start tasks by the rules.
 *
 * started -> (a rule is added, changed or deleted anywhere: it is known which events to look for) -> stop(). Which rules count is read anew with the events themselves;
 * remembered is only what their types may begin with, so that the events of others cost nothing.
 */
export async function watchRules({
  database,
  events,
  act,
}: {
  readonly database: Database;
  readonly events: Pick<EventStore, 'subscribe' | 'tail' | 'read'>;
  /** The hub itself, now. */
  act(): Act;
}): Promise<{ stop(): void }> {
  // The subscription looks into this list each time; without rules it looks for their changes only.
  const prefixes: string[] = [...CHANGES];
  const load = async (db: Queryable): Promise<void> => {
    const rules = await enabledRules(db);
    const wanted = new Set([...CHANGES, ...rules.flatMap(({ filter }) => typePrefixes(filter as RuleFilter))]);
    prefixes.splice(0, prefixes.length, ...wanted);
  };
  const untail = events.tail({ types: CHANGES }, () => {
    void load(database.work).catch((error: unknown) => notes.warn('rules could not be read', {}, error));
  });
  await untail.listening;
  await load(database.work);
  const book = createFilterBook();
  await events.subscribe('alerts.rules', prefixes, async (tx, batch) => {
    await applyRules(tx, act(), book, batch);
    const change = batch.find(({ type }) => CHANGES.includes(type));
    if (!change) return;
    await load(tx);
    // Always, as the tail may have loaded the rules since the look was made. Events behind the change were parted from the others by what was looked for before it. Whatever comes a second time is known by its match.
    for (let after = change.position; ; ) {
      const page = await events.read(after, prefixes, PORTION);
      await applyRules(tx, act(), book, page);
      const last = page.at(-1);
      if (!last || page.length < PORTION) return;
      after = last.position;
    }
  });
  return { stop: untail };
}
