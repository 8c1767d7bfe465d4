import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { checkEndpoint, type EndpointPorts, requireAllowed, requireFaultless } from './check-endpoint.ts';
import { requireFamily } from './check-family-rights.ts';
import { openSecrets } from './endpoint-secrets.ts';
import { loadEndpoint } from './load-endpoint.ts';
import { ENDPOINTS } from './notifications.ts';
import { setEndpointState } from './sql/endpoints.ts';
import { notify } from './sql/notify.ts';

/**
 * Enables an endpoint (the transitions of endpoint.ts); one that is enabled stays so.
 * @returns who had disabled it; undefined when it was enabled already.
 * @throws HubError NOT_FOUND, FORBIDDEN, CONFLICT `address_not_allowed` (spec 6.5), BAD_REQUEST when its stored settings no longer pass the check.
 */
export async function enableEndpoint(
  tx: Transaction,
  caller: Caller,
  ports: EndpointPorts,
  id: number,
): Promise<'user' | 'hub' | 'new' | undefined> {
  const row = await loadEndpoint(tx, caller, 'callbacks.write', id, 'lock');
  if (row.enabled) return undefined;
  const { family, organizationId, settings: base } = row;
  requireFamily(caller, family);
  const secrets = openSecrets(ports.secretKey, id, row.version, row.secrets);
  const checked = await checkEndpoint(tx, ports, { family, organizationId, base, secrets, input: {} });
  requireFaultless(checked);
  await requireAllowed(tx, ports, checked, organizationId);
  await setEndpointState(tx, id, true, null, null);
  await audit(tx, caller, {
    action: 'callbacks.endpoint.enable',
    object: String(id),
    before: { enabled: false, disabledBy: row.disabledBy },
    after: { enabled: true },
  });
  await publish(tx, {
    type: 'vestnik.callbacks.endpoint.enabled',
    subject: `endpoint/${id}`,
    data: { endpoint_id: id, organization_id: organizationId, name: row.name, disabled_by: row.disabledBy, by: caller.login },
  });
  await notify(tx, ENDPOINTS, '');
  return row.disabledBy ?? 'new';
}
