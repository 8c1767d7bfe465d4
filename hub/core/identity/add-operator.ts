import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { publish } from '../events/publish.ts';
import { audit } from './audit.ts';
import { type Caller, requireRight } from './caller.ts';
import { checkFields, checkLogin, type Operator, type OperatorFields } from './operator.ts';
import type { HashedPassword } from './password.ts';
import { checkRights, type KnownRights, requireAuthorityOver } from './rights.ts';
import { lockDirectory } from './sql/directory.ts';
import { insertOperator, toOperator } from './sql/operator.ts';

export interface NewOperator extends OperatorFields {
  readonly login: string;
  readonly rights: readonly string[];
  /** From `Identity.hashPassword`, made before the transaction is opened. */
  readonly password: HashedPassword;
}

/**
 * Adds an operator. The display name is the login when none is given, the locale Russian.
 * @throws HubError VALIDATION (login, fields, rights), CONFLICT (the login is taken), FORBIDDEN (rights that the caller lacks).
 */
export async function addOperator(tx: Transaction, caller: Caller, operator: NewOperator, known: KnownRights): Promise<Operator> {
  requireRight(caller, 'identity.manage');
  const login = checkLogin(operator.login);
  const { displayName = login, email = null, locale = 'ru' } = checkFields(operator);
  const rights = checkRights(operator.rights, known);
  requireAuthorityOver(caller, rights);
  await lockDirectory(tx);
  const [row] = await insertOperator(tx, login, displayName, email, locale, rights, operator.password);
  if (!row) throw new HubError('CONFLICT', `there is an operator ${login} already`);
  await audit(tx, caller, { action: 'identity.operator.add', object: login, after: { displayName, email, locale, rights } });
  await publish(tx, { type: 'vestnik.identity.operator.added', subject: login, data: { login, displayName, locale, rights } });
  return toOperator(row);
}
