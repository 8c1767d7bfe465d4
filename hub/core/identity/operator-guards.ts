import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { type Caller, requireRight } from './caller.ts';
import { checkLogin } from './operator.ts';
import { requireAuthorityOver } from './rights.ts';
import { lockDirectory } from './sql/directory.ts';
import { countOtherAdministrators, type OperatorRow, selectOperator } from './sql/operator.ts';

/**
 * Locks the directory and finds the operator that the caller wants to manage.
 * @throws HubError FORBIDDEN without `identity.manage`, or when that operator may do what the caller may not; NOT_FOUND; VALIDATION.
 */
export async function operatorToManage(tx: Transaction, caller: Caller, login: string): Promise<OperatorRow> {
  requireRight(caller, 'identity.manage');
  const row = await lockedOperator(tx, login);
  requireAuthorityOver(caller, row.rights);
  return row;
}

/** Locks the directory and finds an operator. @throws HubError NOT_FOUND, VALIDATION. */
export async function lockedOperator(tx: Transaction, login: string): Promise<OperatorRow> {
  const name = checkLogin(login);
  await lockDirectory(tx);
  const [row] = await selectOperator(tx, name);
  if (!row) throw new HubError('NOT_FOUND', `there is no operator ${name}`);
  return row;
}

/** Somebody must stay who can do everything. @throws HubError CONFLICT when `row` is the last enabled operator with `*`. */
export async function requireAnotherAdministrator(tx: Transaction, row: OperatorRow): Promise<void> {
  if (!row.enabled || !row.rights.includes('*')) return;
  const [others] = await countOtherAdministrators(tx, row.operator_id);
  if (others?.count === 0)
    throw new HubError('CONFLICT', `${row.login} is the last administrator: give another operator the right * first`);
}
