import type { Queryable } from '../database/statement.ts';
import { findOperator } from './list-operators.ts';
import { selectSessions } from './sql/session.ts';

/** A console session that runs. */
export interface Session {
  readonly sessionId: number;
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: Temporal.Instant;
  /** Up to a minute late. */
  readonly seenAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
}

/** The running sessions of an operator, newest first (50 at most). @throws HubError NOT_FOUND. */
export async function listSessions(db: Queryable, login: string, now: Temporal.Instant): Promise<Session[]> {
  const operator = await findOperator(db, login);
  const rows = await selectSessions(db, operator.operatorId, now);
  return rows.map((row) => ({
    sessionId: row.session_id,
    address: row.address,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
  }));
}
