import type { StoredEvent } from '../core/events/subscribe.ts';
import { allows, type Caller, inScope, scopeOf } from '../core/identity/caller.ts';

/**
 * What of an event a caller may follow live: those of the organizations that they may read, and personal data only with the right to it.
 */
export function showEvent(caller: Caller, event: StoredEvent): StoredEvent | undefined {
  const { data } = event;
  const right = data['family'] === 'order' ? 'travel.read' : 'static.read';
  const organization = typeof data['organization_id'] === 'number' ? data['organization_id'] : null;
  if (!inScope(scopeOf(caller, right), organization)) return undefined;
  const { sensitive } = data;
  if (!Array.isArray(sensitive) || sensitive.length === 0 || allows(caller, 'static.personal')) return event;
  return { ...event, data: { ...data, before: '', after: '', unrelated: '' } };
}
