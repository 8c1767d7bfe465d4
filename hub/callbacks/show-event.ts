import type { StoredEvent } from '../core/events/subscribe.ts';
import { type Caller, inScope, scopeOf } from '../core/identity/caller.ts';

/** Who may read callbacks of an organization may follow what happens to them; what belongs to no organization, who may read all. */
export function showEvent(caller: Caller, event: StoredEvent): StoredEvent | undefined {
  const organization = event.data['organization_id'];
  return inScope(scopeOf(caller, 'callbacks.read'), typeof organization === 'number' ? organization : null) ? event : undefined;
}
