import { randomUUID } from 'node:crypto';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { EndpointPorts } from './check-endpoint.ts';
import { sealSigningSecret } from './endpoint-secrets.ts';
import { loadEndpoint } from './load-endpoint.ts';
import { ENDPOINTS } from './notifications.ts';
import { newSigningSecret, signingKey } from './signing.ts';
import { notify } from './sql/notify.ts';
import { insertSigningSecret, retireSigningSecrets, signingSecretsOf } from './sql/signing-secrets.ts';

/** How long the secret before goes on signing beside the new one (spec 6.11). */
const KEPT_HOURS = 24;

/** Gives an endpoint its first secret; none when it has one in force. @returns the secret, to be shown once. */
export async function addFirstSigningSecret(
  tx: Transaction,
  caller: Caller,
  ports: Pick<EndpointPorts, 'secretKey'>,
  endpointId: number,
): Promise<string | undefined> {
  const present = await signingSecretsOf(tx, [endpointId]);
  if (present.some(({ validUntil }) => validUntil === null)) return undefined;
  const secret = newSigningSecret();
  const secretId = randomUUID();
  await insertSigningSecret(tx, secretId, endpointId, sealSigningSecret(ports.secretKey, secretId, secret), caller.login);
  return secret;
}

/**
 * Gives an endpoint another secret. The one before goes on signing beside it for `keepHours`; an older one ends at once: two sign at most.
 * @param input.secret the receiver's own; without it one is made. (Default keepHours: 24)
 * @returns the secret, to be shown once, and when the one before ends.
 * @throws HubError NOT_FOUND, BAD_REQUEST (`secret`), CONFLICT when signing is off.
 */
export async function rotateSigningSecret(
  tx: Transaction,
  caller: Caller,
  ports: Pick<EndpointPorts, 'secretKey'>,
  input: { readonly id: number; readonly secret?: string | undefined; readonly keepHours?: number | undefined },
): Promise<{ secret: string; beforeUntil: Temporal.Instant }> {
  const endpoint = await loadEndpoint(tx, caller, 'callbacks.write', input.id, 'lock');
  if (!endpoint.settings.signing)
    throw new HubError('CONFLICT', `endpoint ${input.id} does not sign: switch signing on, which gives it a secret`, {
      reason: 'signing_off',
      russian: `получатель ${input.id} не подписывает сообщения: включите подпись, и секрет появится`,
    });
  if (input.secret !== undefined && !signingKey(input.secret))
    throw new HubError('BAD_REQUEST', 'secret: must be whsec_ and 24 to 64 bytes in base64', {
      reason: 'secret',
      russian: 'secret: нужно whsec_ и от 24 до 64 байт в base64',
      details: [{ code: 'secret', path: '/secret', message: 'must be whsec_ and 24 to 64 bytes in base64' }],
    });
  const secret = input.secret ?? newSigningSecret();
  const beforeUntil = Temporal.Now.instant().add({ hours: input.keepHours ?? KEPT_HOURS });
  const secretId = randomUUID();
  await retireSigningSecrets(tx, input.id, beforeUntil);
  await insertSigningSecret(tx, secretId, input.id, sealSigningSecret(ports.secretKey, secretId, secret), caller.login);
  await audit(tx, caller, {
    action: 'callbacks.endpoint.rotate-secret',
    object: String(input.id),
    after: { secretId, beforeUntil: beforeUntil.toString() },
  });
  await publish(tx, {
    type: 'vestnik.callbacks.endpoint.secret-rotated',
    subject: `endpoint/${input.id}`,
    data: { endpoint_id: input.id, organization_id: endpoint.organizationId, by: caller.login },
  });
  await notify(tx, ENDPOINTS, '');
  return { secret, beforeUntil };
}
