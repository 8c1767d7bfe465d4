import { statement } from '../../core/database/statement.ts';

export type SigningSecretRow = {
  secretId: string;
  endpointId: number;
  sealed: Buffer;
  madeAt: Temporal.Instant;
  validUntil: Temporal.Instant | null;
};

export const insertSigningSecret = statement(
  'callbacks.insertSigningSecret',
  'INSERT INTO callback_signing_secret (secret_id, endpoint_id, sealed, made_by) VALUES ($1, $2, $3, $4)',
);

/** Those in force, of these endpoints, the newest first. */
export const signingSecretsOf = statement<SigningSecretRow>(
  'callbacks.signingSecretsOf',
  `SELECT secret_id AS "secretId", endpoint_id AS "endpointId", sealed, made_at AS "madeAt", valid_until AS "validUntil"
   FROM callback_signing_secret WHERE endpoint_id = ANY($1) AND (valid_until IS NULL OR valid_until > now()) ORDER BY made_at DESC, secret_id`,
);

/** Before a new one comes: the newest of an endpoint goes on until `$2`, every other ends now. */
export const retireSigningSecrets = statement(
  'callbacks.retireSigningSecrets',
  `WITH newest AS (
     SELECT secret_id FROM callback_signing_secret WHERE endpoint_id = $1 AND valid_until IS NULL ORDER BY made_at DESC, secret_id LIMIT 1),
   ended AS (DELETE FROM callback_signing_secret WHERE endpoint_id = $1 AND secret_id NOT IN (SELECT secret_id FROM newest))
   UPDATE callback_signing_secret SET valid_until = $2 WHERE secret_id IN (SELECT secret_id FROM newest)`,
);
