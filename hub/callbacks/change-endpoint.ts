import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { checkText } from '../core/http/check-text.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { SavedEndpoint } from './add-endpoint.ts';
import { addFirstSigningSecret } from './add-signing-secret.ts';
import { checkEndpoint, type EndpointPorts, requireAllowed, requireFaultless } from './check-endpoint.ts';
import { requireFamily, requireSettings } from './check-family-rights.ts';
import { type SettingsInput, settingsInput } from './endpoint.ts';
import { openSecrets, sealSecrets, takeSecrets } from './endpoint-secrets.ts';
import { loadEndpoint } from './load-endpoint.ts';
import { ENDPOINTS } from './notifications.ts';
import { differencesOf, secretsThatDiffer } from './settings-differences.ts';
import { insertVersion, setVersion } from './sql/endpoints.ts';
import { notify } from './sql/notify.ts';
import { holdNames } from './sql/projections.ts';

/** @throws HubError STALE_VERSION with the present version when another one is expected. */
function checkVersion(id: number, present: number, expected: number | undefined): void {
  if (expected === undefined || expected === present) return;
  throw new HubError('STALE_VERSION', `endpoint ${id} is at version ${present}, not ${expected}; read it again`, {
    reason: 'version',
    russian: `получатель ${id} уже в версии ${present}, а не ${expected}; прочитайте его снова`,
    details: [{ code: 'version', path: '/version', message: String(present) }],
  });
}

export interface ChangeEndpointInput {
  readonly id: number;
  readonly change: SettingsInput;
  /** The version that was read. */
  readonly version?: number | undefined;
  /** False when the endpoint is disabled by the same act: its address need not be allowed then. (Default: true) */
  readonly staysEnabled?: boolean;
}

/**
 * Saves settings as the next version; fields left out keep their values, `***` keeps a secret. What changes nothing
 * makes no version.
 * @throws HubError NOT_FOUND, FORBIDDEN, VALIDATION, BAD_REQUEST with a code of spec 7.2, STALE_VERSION, and CONFLICT `address_not_allowed` when an enabled
 * endpoint would get an address that is not on the allow-list.
 */
export async function changeEndpoint(
  tx: Transaction,
  caller: Caller,
  ports: EndpointPorts,
  input: ChangeEndpointInput,
): Promise<SavedEndpoint> {
  const { id, version: expected, staysEnabled = true } = input;
  const change = settingsInput.parse(input.change);
  // Before the row: who changes names locks in this order, too.
  await holdNames(tx);
  const row = await loadEndpoint(tx, caller, 'callbacks.write', id, 'lock');
  requireFamily(caller, row.family);
  checkVersion(id, row.version, expected);
  const before = openSecrets(ports.secretKey, id, row.version, row.secrets);
  const { family, organizationId } = row;
  const checked = await checkEndpoint(tx, ports, { family, organizationId, base: row.settings, secrets: before, input: change });
  requireFaultless(checked);
  const { settings, findings, dictionaries } = checked;
  requireSettings(caller, settings);
  checkText(settings, 'body');
  const { shown, secrets } = takeSecrets(settings);
  const changed = differencesOf(row.settings, shown).map(({ setting }) => setting);
  const newSecrets = secretsThatDiffer(before, secrets);
  // Names of dictionaries are bound at each save; and a save answers for what was warned of.
  const sameNames = isDeepStrictEqual(dictionaries, row.dictionaries) && row.warnings.length === 0;
  if (changed.length === 0 && newSecrets.length === 0 && sameNames) return { id, version: row.version, findings, signingSecret: undefined };
  if (row.enabled && staysEnabled && changed.includes('url')) await requireAllowed(tx, ports, checked, organizationId);
  const version = row.version + 1;
  const sealed = sealSecrets(ports.secretKey, id, version, secrets);
  await insertVersion(tx, id, version, JSON.stringify(shown), sealed, dictionaries, changed, newSecrets, caller.login, caller.face);
  await setVersion(tx, id, version, settings.name);
  const signingSecret = settings.signing ? await addFirstSigningSecret(tx, caller, ports, id) : undefined;
  await audit(tx, caller, {
    action: 'callbacks.endpoint.change',
    object: String(id),
    before: { version: row.version },
    after: { version, changed, newSecrets },
  });
  await publish(tx, {
    type: 'vestnik.callbacks.endpoint.changed',
    subject: `endpoint/${id}`,
    data: { endpoint_id: id, organization_id: organizationId, version, changed, by: caller.login },
  });
  await notify(tx, ENDPOINTS, '');
  return { id, version, findings, signingSecret };
}
