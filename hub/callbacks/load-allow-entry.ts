import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Caller, type Scope, scopeOf } from '../core/identity/caller.ts';
import { type AllowRow, allowById, lockAllow } from './sql/allow.ts';

/** Any of these rights shows the lines of its organizations. */
export const ALLOW_RIGHTS = ['callbacks.read', 'callbacks.allow.request', 'callbacks.allow.forward', 'callbacks.allow.approve'] as const;
export type AllowRight = (typeof ALLOW_RIGHTS)[number];

/** Whether a right reaches a line: all organizations that it serves, or everything where it serves all. */
export const reaches = (scope: Scope, organizations: readonly number[]): boolean =>
  scope === 'all' || (organizations.length > 0 && organizations.every((id) => scope.has(id)));

export const has = (caller: Caller, right: AllowRight, { organizations }: Pick<AllowRow, 'organizations'>): boolean =>
  reaches(scopeOf(caller, right), organizations);

/** @throws HubError FORBIDDEN naming the right. */
export function requireFor(caller: Caller, right: AllowRight, row: Pick<AllowRow, 'organizations'>): void {
  if (has(caller, right, row)) return;
  const whom = row.organizations.length === 0 ? 'all organizations' : `organizations ${row.organizations.join(', ')}`;
  throw new HubError('FORBIDDEN', `the right ${right} is needed for ${whom}`);
}

/**
 * The line of an id, as far as the caller may see it; with `lock` until the commit nobody else changes it.
 * @throws HubError NOT_FOUND, also for one of a foreign organization.
 */
export async function loadAllow(db: Queryable, caller: Caller, id: number, lock?: 'lock'): Promise<AllowRow> {
  const [row] = await (lock ? lockAllow : allowById)(db, id);
  if (row && ALLOW_RIGHTS.some((right) => has(caller, right, row))) return row;
  throw new HubError('NOT_FOUND', `there is no allow-list entry ${id}`, {
    reason: 'not_found',
    russian: `Записи белого списка ${id} нет`,
  });
}
