import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { publish } from '../events/publish.ts';
import { audit } from './audit.ts';
import type { Caller } from './caller.ts';
import type { Operator } from './operator.ts';
import { lockedOperator, operatorToManage } from './operator-guards.ts';
import type { HashedPassword } from './password.ts';
import { type OperatorRow, toOperator, updatePassword } from './sql/operator.ts';
import { deleteSessions } from './sql/session.ts';

async function store(tx: Transaction, caller: Caller, row: OperatorRow, password: HashedPassword, keptSession: number): Promise<Operator> {
  const [changed] = await updatePassword(tx, row.operator_id, password);
  if (!changed) throw new HubError('INTERNAL', `the operator ${row.login} vanished under its lock`);
  const ended = await deleteSessions(tx, row.operator_id, keptSession);
  await audit(tx, caller, { action: 'identity.operator.password', object: row.login, after: { sessionsEnded: ended.length } });
  await publish(tx, { type: 'vestnik.identity.operator.changed', subject: row.login, data: { login: row.login, fields: ['password'] } });
  return toOperator(changed);
}

/**
 * Gives an operator a new password and ends all their sessions; tokens stay, they are revoked by name.
 * @throws HubError FORBIDDEN (no right; somebody with more rights than the caller), NOT_FOUND, VALIDATION.
 */
export async function setPassword(tx: Transaction, caller: Caller, login: string, password: HashedPassword): Promise<Operator> {
  return store(tx, caller, await operatorToManage(tx, caller, login), password, 0);
}

/**
 * Stores a password that its owner chose after proving the old one (`Identity.changeOwnPassword`); ends their sessions but `keptSession`.
 * @throws HubError CONFLICT when the operator was changed since the old password was proved, i.e. has another version than `provedVersion`.
 */
export async function replaceOwnPassword(
  tx: Transaction,
  caller: Caller,
  provedVersion: number,
  password: HashedPassword,
  keptSession: number,
): Promise<Operator> {
  const row = await lockedOperator(tx, caller.login);
  if (row.version !== provedVersion || !row.enabled) throw new HubError('CONFLICT', 'the operator was changed by somebody else meanwhile');
  return store(tx, caller, row, password, keptSession);
}
