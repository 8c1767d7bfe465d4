import { sharedLookup } from '../core/database/shared-lookup.ts';
import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { type Fence, fenceKey, fenceValues } from './fence.ts';
import { payerOf } from './payer.ts';
import { type ContractRow, contractsById, lockContractRow } from './sql/contracts.ts';
import { lockPayerRow } from './sql/payers.ts';

export const noContract = (id: number): HubError =>
  new HubError('NOT_FOUND', `there is no contract ${id}`, { reason: 'contract', russian: `Договор не найден: ${id}` });

const lookUp = sharedLookup<Fence, ContractRow>({
  load: (db, ids, fence) => contractsById(db, ids, ...fenceValues(fence)),
  keyOf: ({ id }) => id,
  groupOf: fenceKey,
});

/** @throws HubError NOT_FOUND, also for a contract outside the operator's fence. */
export async function findContract(db: Queryable, act: Pick<Act, 'fence'>, id: number): Promise<ContractRow> {
  const row = await lookUp(db, id, act.fence);
  if (!row) throw noContract(id);
  return row;
}

/** A contract and the one whose balance and limit count for it; the same for all but dependent members. */
export interface PaidContract {
  readonly contract: ContractRow;
  readonly payer: ContractRow;
}

/**
 * Locks a contract until the end of the transaction; of a dependent member its head first, which may lie outside the fence. The closed dates stay as
 * they are, too.
 * @throws HubError NOT_FOUND, also for a contract outside the operator's fence.
 */
export async function lockPayer(tx: Transaction, act: Pick<Act, 'fence'>, id: number): Promise<PaidContract> {
  const fence = fenceValues(act.fence);
  const [payer] = await lockPayerRow(tx, id, ...fence);
  if (!payer) throw noContract(id);
  if (payer.id === id && payerOf(payer) === id) return { contract: payer, payer };
  const [contract] = await lockContractRow(tx, id, ...fence);
  if (!contract) throw noContract(id);
  if (payerOf(contract) === payer.id) return { contract, payer };
  // It changed its head while the lock was waited for; now that it is locked it does so no more.
  return lockPayer(tx, act, id);
}

/**
 * The contract, locked until the end of the transaction, and before it its head where it is a dependent member.
 * @throws HubError NOT_FOUND, also for a contract outside the operator's fence.
 */
export const lockContract = async (tx: Transaction, act: Pick<Act, 'fence'>, id: number): Promise<ContractRow> =>
  (await lockPayer(tx, act, id)).contract;
