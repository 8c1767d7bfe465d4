import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { loadEndpoint } from './load-endpoint.ts';
import { ENDPOINTS } from './notifications.ts';
import { setEndpointState } from './sql/endpoints.ts';
import { notify } from './sql/notify.ts';

/**
 * Disables an endpoint. A caller whose face is `system` is the hub itself (status 410, failures alone for days): deliveries are then still made,
 * and held.
 * @param reason shown with the endpoint and in the notice. @returns false when nothing changed.
 * @throws HubError NOT_FOUND.
 */
export async function disableEndpoint(tx: Transaction, caller: Caller, id: number, reason: string | undefined): Promise<boolean> {
  const row = await loadEndpoint(tx, caller, 'callbacks.write', id, 'lock');
  const by = caller.face === 'system' ? 'hub' : 'user';
  if (!row.enabled && (by === 'hub' || row.disabledBy === 'user')) return false;
  await setEndpointState(tx, id, false, by, reason ?? null);
  await audit(tx, caller, {
    action: 'callbacks.endpoint.disable',
    object: String(id),
    before: { enabled: row.enabled, disabledBy: row.disabledBy },
    after: { enabled: false, disabledBy: by },
    ...(reason !== undefined && { reason }),
  });
  await publish(tx, {
    type: 'vestnik.callbacks.endpoint.disabled',
    subject: `endpoint/${id}`,
    data: {
      endpoint_id: id,
      organization_id: row.organizationId,
      name: row.name,
      disabled_by: by,
      reason: reason ?? null,
      by: caller.login,
    },
  });
  await notify(tx, ENDPOINTS, '');
  return true;
}
