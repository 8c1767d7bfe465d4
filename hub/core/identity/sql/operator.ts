import { statement } from '../../database/statement.ts';
import type { Locale, Operator } from '../operator.ts';

/** A row of `operator`. */
export interface OperatorRow {
  readonly [column: string]: unknown;
  readonly operator_id: number;
  readonly login: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly locale: Locale;
  readonly rights: string[];
  readonly password_hash: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly created_at: Temporal.Instant;
  readonly changed_at: Temporal.Instant;
  readonly last_login_at: Temporal.Instant | null;
}

/** What may leave this room: everything but the hash. */
export const toOperator = (row: OperatorRow): Operator => ({
  operatorId: row.operator_id,
  login: row.login,
  displayName: row.display_name,
  email: row.email ?? undefined,
  locale: row.locale,
  rights: row.rights,
  enabled: row.enabled,
  version: row.version,
  createdAt: row.created_at,
  changedAt: row.changed_at,
  lastLoginAt: row.last_login_at ?? undefined,
});

const COLUMNS =
  'operator_id, login, display_name, email, locale, rights, password_hash, enabled, version, created_at, changed_at, last_login_at';

export const selectOperator = statement<OperatorRow>('identity.selectOperator', `SELECT ${COLUMNS} FROM operator WHERE login = $1`);

/** In the order of the logins, from behind $1; $3 is a part of login or display name, or null. */
export const selectOperators = statement<OperatorRow>(
  'identity.selectOperators',
  `SELECT ${COLUMNS} FROM operator
   WHERE login > $1 AND ($3::text IS NULL OR strpos(login, lower($3)) > 0 OR strpos(lower(display_name), lower($3)) > 0)
   ORDER BY login LIMIT $2`,
);

export const countOperators = statement<{ count: number }>('identity.countOperators', 'SELECT count(*) FROM operator');

export const countOtherAdministrators = statement<{ count: number }>(
  'identity.countOtherAdministrators',
  `SELECT count(*) FROM operator WHERE enabled AND '*' = ANY (rights) AND operator_id <> $1`,
);

export const insertOperator = statement<OperatorRow>(
  'identity.insertOperator',
  `INSERT INTO operator (login, display_name, email, locale, rights, password_hash) VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (login) DO NOTHING RETURNING ${COLUMNS}`,
);

export const updateOperator = statement<OperatorRow>(
  'identity.updateOperator',
  `UPDATE operator SET display_name = $2, email = $3, locale = $4, rights = $5, enabled = $6, version = version + 1, changed_at = now()
   WHERE operator_id = $1 RETURNING ${COLUMNS}`,
);

export const updatePassword = statement<OperatorRow>(
  'identity.updatePassword',
  `UPDATE operator SET password_hash = $2, version = version + 1, changed_at = now() WHERE operator_id = $1 RETURNING ${COLUMNS}`,
);

/** Puts a better hash of the same password in, unless the password was changed meanwhile. */
export const rehashPassword = statement(
  'identity.rehashPassword',
  'UPDATE operator SET password_hash = $3 WHERE operator_id = $1 AND password_hash = $2',
);

/** Remembers a login, once a minute at most. */
export const touchOperator = statement(
  'identity.touchOperator',
  `UPDATE operator SET last_login_at = $2
   WHERE operator_id = $1 AND (last_login_at IS NULL OR last_login_at < $2::timestamptz - interval '1 minute')`,
);

export const deleteOperator = statement('identity.deleteOperator', 'DELETE FROM operator WHERE operator_id = $1');
