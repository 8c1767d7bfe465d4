import { statement } from '../../database/statement.ts';

export interface SessionRow {
  readonly [column: string]: unknown;
  readonly session_id: number;
  readonly address: string;
  readonly user_agent: string;
  readonly created_at: Temporal.Instant;
  readonly seen_at: Temporal.Instant;
  readonly expires_at: Temporal.Instant;
}

export const insertSession = statement<{ session_id: number }>(
  'identity.insertSession',
  `INSERT INTO session (secret_hash, operator_id, address, user_agent, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
   RETURNING session_id`,
);

/** The session with the login of its operator, whether it still runs or not. */
export const selectSession = statement<SessionRow & { readonly login: string }>(
  'identity.selectSession',
  `SELECT session_id, login, address, user_agent, session.created_at, seen_at, expires_at
   FROM session JOIN operator USING (operator_id) WHERE secret_hash = $1`,
);

export const prolongSession = statement(
  'identity.prolongSession',
  'UPDATE session SET seen_at = $2, expires_at = greatest(expires_at, $3) WHERE session_id = $1 AND expires_at > $2',
);

/** Those that run at the instant $2, newest first. */
export const selectSessions = statement<SessionRow>(
  'identity.selectSessions',
  `SELECT session_id, address, user_agent, created_at, seen_at, expires_at FROM session
   WHERE operator_id = $1 AND expires_at > $2 ORDER BY session_id DESC`,
);

export const deleteSessionBySecret = statement<{ session_id: number; operator_id: number }>(
  'identity.deleteSessionBySecret',
  'DELETE FROM session WHERE secret_hash = $1 RETURNING session_id, operator_id',
);

export const deleteSession = statement<{ session_id: number }>(
  'identity.deleteSession',
  'DELETE FROM session WHERE operator_id = $1 AND session_id = $2 RETURNING session_id',
);

/** Ends all of an operator but the one numbered $2 (0 for none). */
export const deleteSessions = statement<{ session_id: number }>(
  'identity.deleteSessions',
  'DELETE FROM session WHERE operator_id = $1 AND session_id <> $2 RETURNING session_id',
);

/** Keeps the newest $2 sessions of an operator. */
export const deleteSurplusSessions = statement(
  'identity.deleteSurplusSessions',
  `DELETE FROM session WHERE session_id IN
     (SELECT session_id FROM session WHERE operator_id = $1 ORDER BY session_id DESC OFFSET $2)`,
);

export const deleteExpiredSessions = statement('identity.deleteExpiredSessions', 'DELETE FROM session WHERE expires_at <= $1');
