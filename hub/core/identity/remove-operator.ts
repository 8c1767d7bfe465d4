import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { publish } from '../events/publish.ts';
import { audit } from './audit.ts';
import type { Caller } from './caller.ts';
import { operatorToManage, requireAnotherAdministrator } from './operator-guards.ts';
import { deleteOperator } from './sql/operator.ts';

/**
 * Removes an operator with their sessions and tokens. What they did stays in the audit under their login.
 * @throws HubError FORBIDDEN (oneself; somebody with more rights than the caller), CONFLICT (the last administrator), NOT_FOUND, VALIDATION.
 */
export async function removeOperator(tx: Transaction, caller: Caller, login: string): Promise<void> {
  const row = await operatorToManage(tx, caller, login);
  if (row.login === caller.login) throw new HubError('FORBIDDEN', 'nobody removes themselves');
  await requireAnotherAdministrator(tx, row);
  await deleteOperator(tx, row.operator_id);
  const before = { displayName: row.display_name, email: row.email, locale: row.locale, rights: row.rights, enabled: row.enabled };
  await audit(tx, caller, { action: 'identity.operator.remove', object: row.login, before });
  await publish(tx, { type: 'vestnik.identity.operator.removed', subject: row.login, data: { login: row.login } });
}
