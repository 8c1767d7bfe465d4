import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { audit } from './audit.ts';
import { lockedOperator } from './operator-guards.ts';
import type { Principal } from './principal.ts';
import { newSessionSecret, secretHash } from './secret.ts';
import { deleteSurplusSessions, insertSession } from './sql/session.ts';

/** Where a login came from. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
  readonly requestId: string | undefined;
}

/** Of one operator at once; the oldest go first. */
const MOST = 50;

/**
 * Opens a console session for somebody whose password was just found right, as the operator was in `version`.
 * @returns the cookie's value, which is stored hashed only.
 * @throws HubError CONFLICT when the operator was changed meanwhile: the password may have been, too.
 */
export async function openSession(
  tx: Transaction,
  principal: Principal,
  version: number,
  origin: Origin,
  now: Temporal.Instant,
  expiresAt: Temporal.Instant,
): Promise<{ readonly cookie: string; readonly sessionId: number }> {
  const operator = await lockedOperator(tx, principal.login);
  if (operator.version !== version || !operator.enabled) throw new HubError('CONFLICT', 'the operator was changed meanwhile: log in again');
  const cookie = newSessionSecret();
  const userAgent = origin.userAgent.replaceAll('\0', '').slice(0, 300).toWellFormed();
  const [row] = await insertSession(tx, secretHash(cookie), principal.operatorId, origin.address, userAgent, now, expiresAt);
  if (!row) throw new HubError('INTERNAL', 'a session was not stored');
  await deleteSurplusSessions(tx, principal.operatorId, MOST);
  const { address, requestId } = origin;
  const caller = { login: principal.login, rights: principal.rights, face: 'console', address, requestId } as const;
  await audit(tx, caller, { action: 'identity.session.open', object: principal.login, after: { sessionId: row.session_id } });
  return { cookie, sessionId: row.session_id };
}
