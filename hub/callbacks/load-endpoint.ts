import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Caller, inScope, scopeOf } from '../core/identity/caller.ts';
import { type EndpointRow, endpointById, lockEndpoints } from './sql/endpoints.ts';

/**
 * The endpoint of an id, for a caller who has `right` for its owner; with `lock` its row is locked until the commit.
 * @throws HubError NOT_FOUND, also when it is one of another organization.
 */
export async function loadEndpoint(
  db: Queryable,
  caller: Caller,
  right: 'callbacks.read' | 'callbacks.write',
  id: number,
  lock?: 'lock',
): Promise<EndpointRow> {
  if (lock) await lockEndpoints(db, [id]);
  const [row] = await endpointById(db, id);
  if (!row || !inScope(scopeOf(caller, right), row.organizationId))
    throw new HubError('NOT_FOUND', `there is no endpoint ${id}`, { russian: `получателя ${id} нет` });
  return row;
}
