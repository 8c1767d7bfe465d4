import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { audit } from './audit.ts';
import { type Caller, requireRight } from './caller.ts';
import { lockedOperator } from './operator-guards.ts';
import { isSessionSecret, secretHash } from './secret.ts';
import { lockDirectory } from './sql/directory.ts';
import { deleteSession, deleteSessionBySecret, deleteSessions } from './sql/session.ts';

/** Logs out: ends the session of this cookie. A cookie of no session is fine, the caller is logged out then as well. */
export async function endSession(tx: Transaction, caller: Caller, cookie: string): Promise<void> {
  if (!isSessionSecret(cookie)) return;
  await lockDirectory(tx);
  const [row] = await deleteSessionBySecret(tx, secretHash(cookie));
  if (row) await audit(tx, caller, { action: 'identity.session.end', object: caller.login, before: { sessionId: row.session_id } });
}

/** Ends one of the caller's own sessions by its number. @throws HubError NOT_FOUND when it is not the caller's or has ended. */
export async function endOwnSession(tx: Transaction, caller: Caller, sessionId: number): Promise<void> {
  const operator = await lockedOperator(tx, caller.login);
  const [row] = await deleteSession(tx, operator.operator_id, sessionId);
  if (!row) throw new HubError('NOT_FOUND', `you have no session ${sessionId}`);
  await audit(tx, caller, { action: 'identity.session.end', object: operator.login, before: { sessionId } });
}

/**
 * Ends all sessions of an operator; of another it needs `identity.manage`.
 * @returns how many ended. @throws HubError FORBIDDEN, NOT_FOUND, VALIDATION.
 */
export async function endAllSessions(tx: Transaction, caller: Caller, login: string): Promise<number> {
  if (login !== caller.login) requireRight(caller, 'identity.manage');
  const operator = await lockedOperator(tx, login);
  const ended = await deleteSessions(tx, operator.operator_id, 0);
  if (ended.length > 0)
    await audit(tx, caller, { action: 'identity.session.endall', object: operator.login, before: { sessions: ended.length } });
  return ended.length;
}
