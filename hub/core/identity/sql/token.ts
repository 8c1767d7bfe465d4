import { statement } from '../../database/statement.ts';

export interface TokenRow {
  readonly [column: string]: unknown;
  readonly token_id: number;
  readonly login: string;
  readonly name: string;
  readonly rights: string[];
  readonly created_at: Temporal.Instant;
  readonly expires_at: Temporal.Instant | null;
  readonly last_used_at: Temporal.Instant | null;
  readonly revoked_at: Temporal.Instant | null;
}

const COLUMNS = 'token_id, login, name, token.rights, token.created_at, expires_at, last_used_at, revoked_at';

export const insertToken = statement<{ token_id: number; created_at: Temporal.Instant }>(
  'identity.insertToken',
  `INSERT INTO token (secret_hash, operator_id, name, rights, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING token_id, created_at`,
);

export const countTokens = statement<{ count: number }>(
  'identity.countTokens',
  'SELECT count(*) FROM token WHERE operator_id = $1 AND revoked_at IS NULL',
);

export const selectTokenBySecret = statement<TokenRow>(
  'identity.selectTokenBySecret',
  `SELECT ${COLUMNS} FROM token JOIN operator USING (operator_id) WHERE secret_hash = $1`,
);

export const selectToken = statement<TokenRow>(
  'identity.selectToken',
  `SELECT ${COLUMNS} FROM token JOIN operator USING (operator_id) WHERE token_id = $1`,
);

/** Of an operator, or of all when $1 is null; newest first, below the number $2. */
export const selectTokens = statement<TokenRow>(
  'identity.selectTokens',
  `SELECT ${COLUMNS} FROM token JOIN operator USING (operator_id)
   WHERE ($1::text IS NULL OR login = $1) AND token_id < $2 ORDER BY token_id DESC LIMIT $3`,
);

export const touchToken = statement(
  'identity.touchToken',
  'UPDATE token SET last_used_at = $2 WHERE token_id = $1 AND (last_used_at IS NULL OR last_used_at < $2)',
);

export const revokeTokenRow = statement<{ token_id: number }>(
  'identity.revokeToken',
  'UPDATE token SET revoked_at = now() WHERE token_id = $1 AND revoked_at IS NULL RETURNING token_id',
);

/** Tokens that ended before the instant $1; they are listed until then. */
export const deleteOldTokens = statement('identity.deleteOldTokens', 'DELETE FROM token WHERE revoked_at < $1 OR expires_at < $1');
