import type { EventStore, StoredEvent } from '../core/events/subscribe.ts';
import { OWN } from './apply-rules.ts';
import { compileFilter, type RuleFilter, typePrefixes } from './rule-filter.ts';

/** Events of one reading, and of one try. */
const PORTION = 500;
const MOST_LOOKED = 20_000;
/** How long a try reads on. Milliseconds. */
const PATIENCE = 2_000;

export interface TriedRule {
  /** Events that fit, the oldest first. */
  readonly items: readonly StoredEvent[];
  /** Events of the types in question that were looked at. */
  readonly looked: number;
  /** Where to go on; null: all events that are kept have been looked at. */
  readonly next: string | null;
}

/**
 * Which of the events that the hub still keeps a filter would fit; nothing is started. It looks at a bounded number of them.
 * @param after position of an event; undefined: from the oldest that is kept
 * @throws HubError BAD_REQUEST on a malformed position
 */
export async function tryRule(
  events: Pick<EventStore, 'read'>,
  { filter, allowOwn, after, limit }: { filter: RuleFilter; allowOwn: boolean; after?: string | undefined; limit: number },
): Promise<TriedRule> {
  const fits = compileFilter(filter);
  const prefixes = typePrefixes(filter);
  // One that begins with a star may be of any type.
  const types = prefixes.includes('') ? [] : prefixes;
  const items: StoredEvent[] = [];
  const begun = performance.now();
  let position = after;
  let looked = 0;
  for (;;) {
    const page = await events.read(position, types, PORTION);
    for (const event of page) {
      looked += 1;
      position = event.position;
      if ((!event.type.startsWith(OWN) || allowOwn) && fits(event)) items.push(event);
      if (items.length === limit) return { items, looked, next: position };
    }
    if (page.length < PORTION) return { items, looked, next: null };
    if (looked >= MOST_LOOKED || performance.now() - begun > PATIENCE) return { items, looked, next: position ?? null };
  }
}
