import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { publish } from '../events/publish.ts';
import { audit } from './audit.ts';
import type { Caller } from './caller.ts';
import { differenceOf } from './change-operator.ts';
import { checkFields, type Operator, type OperatorFields } from './operator.ts';
import { lockedOperator } from './operator-guards.ts';
import { toOperator, updateOperator } from './sql/operator.ts';

/**
 * Changes the caller's own name, e-mail address or language, which needs no right.
 * @throws HubError VALIDATION, NOT_FOUND when the caller is no operator.
 */
export async function changeProfile(tx: Transaction, caller: Caller, profile: OperatorFields): Promise<Operator> {
  const fields = checkFields(profile);
  const row = await lockedOperator(tx, caller.login);
  const { wanted, before, after } = differenceOf(row, fields);
  const names = Object.keys(after);
  if (names.length === 0) return toOperator(row);
  const [changed] = await updateOperator(tx, row.operator_id, wanted.displayName, wanted.email, wanted.locale, row.rights, row.enabled);
  if (!changed) throw new HubError('INTERNAL', `the operator ${row.login} vanished under its lock`);
  await audit(tx, caller, { action: 'identity.operator.change', object: row.login, before, after });
  await publish(tx, { type: 'vestnik.identity.operator.changed', subject: row.login, data: { login: row.login, fields: names } });
  return toOperator(changed);
}
