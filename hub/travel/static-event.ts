import type { Caller } from '../core/identity/caller.ts';
import { type ChangeSource, sourceOf } from './change-source.ts';

/** What the data of every event of travel begins with. */
export interface ChangeOrigin {
  readonly organization_id: number | null;
  readonly change_source: ChangeSource;
  readonly actor_id: null;
  readonly actor: string;
}

/** `actor_id` is null: callers are known by their login. */
export const originOf = (caller: Caller, organizationId: number | null): ChangeOrigin => ({
  organization_id: organizationId,
  change_source: sourceOf(caller),
  actor_id: null,
  actor: caller.login,
});
