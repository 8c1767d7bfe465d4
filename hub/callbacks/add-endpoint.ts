import type { Transaction } from '../core/database/statement.ts';
import { addTarget } from '../core/deliveries/enqueue.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { checkText } from '../core/http/check-text.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, inScope, scopeOf } from '../core/identity/caller.ts';
import { addFirstSigningSecret } from './add-signing-secret.ts';
import { checkEndpoint, type EndpointFinding, type EndpointPorts, requireFaultless } from './check-endpoint.ts';
import { requireFamily, requireSettings } from './check-family-rights.ts';
import { type NewEndpointInput, newEndpointInput } from './endpoint.ts';
import { sealSecrets, takeSecrets } from './endpoint-secrets.ts';
import { ENDPOINTS } from './notifications.ts';
import { profileSettings } from './profiles.ts';
import { insertEndpoint, insertVersion } from './sql/endpoints.ts';
import { notify } from './sql/notify.ts';
import { holdNames } from './sql/projections.ts';

/** What a save answers. */
export interface SavedEndpoint {
  readonly id: number;
  readonly version: number;
  /** Only warnings: errors stop a save. */
  readonly findings: readonly EndpointFinding[];
  /** The signing secret when this save made one; it cannot be read again. */
  readonly signingSecret: string | undefined;
}

/** @throws HubError NOT_FOUND when the caller may set nothing up for this owner. */
export function requireOwner(caller: Caller, organizationId: number | null): void {
  if (inScope(scopeOf(caller, 'callbacks.write'), organizationId)) return;
  const [en, ru] =
    organizationId === null
      ? ['organization_id: name one of your organizations as the owner', 'organization_id: укажите владельцем одну из своих организаций']
      : [`there is no organization ${organizationId}`, `организации ${organizationId} нет`];
  throw new HubError(organizationId === null ? 'FORBIDDEN' : 'NOT_FOUND', en, { russian: ru });
}

/**
 * Adds an endpoint, disabled. What is left out has the profile's default.
 * @throws HubError VALIDATION for wrong types, BAD_REQUEST with a code of spec 7.2 for wrong values, NOT_FOUND for a foreign owner, FORBIDDEN (`requireFamily`,
 * `requireSettings`).
 */
export async function addEndpoint(tx: Transaction, caller: Caller, ports: EndpointPorts, input: NewEndpointInput): Promise<SavedEndpoint> {
  const { family, organization_id: organizationId, profile, ...given } = newEndpointInput.parse(input);
  requireOwner(caller, organizationId);
  requireFamily(caller, family);
  await holdNames(tx);
  const checked = await checkEndpoint(tx, ports, {
    family,
    organizationId,
    base: profileSettings(profile, family),
    secrets: { headers: [], clientKey: null },
    input: given,
  });
  requireFaultless(checked);
  const { settings, findings, dictionaries } = checked;
  requireSettings(caller, settings);
  checkText(settings, 'body');
  const { shown, secrets } = takeSecrets(settings);
  const [row] = await insertEndpoint(tx, family, organizationId, settings.name);
  const id = row?.endpointId ?? 0;
  await insertVersion(
    tx,
    id,
    1,
    JSON.stringify(shown),
    sealSecrets(ports.secretKey, id, 1, secrets),
    dictionaries,
    [],
    [],
    caller.login,
    caller.face,
  );
  const signingSecret = settings.signing ? await addFirstSigningSecret(tx, caller, ports, id) : undefined;
  await audit(tx, caller, {
    action: 'callbacks.endpoint.add',
    object: String(id),
    after: { family, organizationId, profile, name: shown.name, url: shown.url },
  });
  await addTarget(tx, 'callbacks', id);
  await publish(tx, {
    type: 'vestnik.callbacks.endpoint.created',
    subject: `endpoint/${id}`,
    data: { endpoint_id: id, organization_id: organizationId, name: settings.name, by: caller.login },
  });
  await notify(tx, ENDPOINTS, '');
  return { id, version: 1, findings, signingSecret };
}
