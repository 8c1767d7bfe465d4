import type { Transaction } from '../core/database/statement.ts';
import { removeTarget } from '../core/deliveries/enqueue.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { loadEndpoint } from './load-endpoint.ts';
import { ENDPOINTS } from './notifications.ts';
import { markDeleted } from './sql/endpoints.ts';
import { notify } from './sql/notify.ts';

/**
 * Deletes an endpoint for those who use it: its secrets are erased, what waits is canceled, its versions and the log of its
 * deliveries stay (F16).
 * @throws HubError NOT_FOUND.
 */
export async function deleteEndpoint(tx: Transaction, caller: Caller, id: number): Promise<void> {
  const { name, organizationId, enabled } = await loadEndpoint(tx, caller, 'callbacks.write', id, 'lock');
  await markDeleted(tx, id);
  await audit(tx, caller, { action: 'callbacks.endpoint.delete', object: String(id), before: { name, organizationId, enabled } });
  await publish(tx, {
    type: 'vestnik.callbacks.endpoint.deleted',
    subject: `endpoint/${id}`,
    data: { endpoint_id: id, organization_id: organizationId, name, by: caller.login },
  });
  await removeTarget(tx, 'callbacks', id);
  await notify(tx, ENDPOINTS, '');
}
