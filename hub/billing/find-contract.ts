import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { fenceValues } from './fence.ts';
import { type ContractRow, contractById, lockContractRow } from './sql/contracts.ts';

const missing = (id: number): HubError =>
  new HubError('NOT_FOUND', `there is no contract ${id}`, { reason: 'contract', russian: `Договор не найден: ${id}` });

/** @throws HubError NOT_FOUND, also for a contract outside the operator's fence. */
export async function findContract(db: Queryable, act: Pick<Act, 'fence'>, id: number): Promise<ContractRow> {
  const [row] = await contractById(db, id, ...fenceValues(act.fence));
  if (!row) throw missing(id);
  return row;
}

/**
 * The contract, locked until the end of the transaction. Of a family lock the head first: a dependent member's money is the head's.
 * @throws HubError NOT_FOUND, also for a contract outside the operator's fence.
 */
export async function lockContract(tx: Transaction, act: Pick<Act, 'fence'>, id: number): Promise<ContractRow> {
  const [row] = await lockContractRow(tx, id, ...fenceValues(act.fence));
  if (!row) throw missing(id);
  return row;
}
