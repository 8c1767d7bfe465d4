import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { changeStatus, type StatusChange } from './change-status.ts';
import { PartlyDone } from './partly-done.ts';
import { lockWithPayers } from './sql/accrual.ts';
import { keepSavepoint, setSavepoint, undoToSavepoint } from './sql/savepoints.ts';

const MOST_CONTRACTS = 10_000;

/**
 * Sets the status of several contracts, by hand (spec 2.6). Each is done by itself: the first that fails ends it, and those before it stay.
 * @throws PartlyDone saying which were done; the errors of `changeStatus` when none was; HubError BAD_REQUEST (no contract is named, or too many)
 */
export async function changeStatuses(tx: Transaction, act: Act, contractIds: readonly number[], change: StatusChange): Promise<void> {
  const ids = [...new Set(contractIds)];
  if (ids.length === 0 || ids.length > MOST_CONTRACTS)
    throw badValue('contractId', `1 to ${MOST_CONTRACTS} contracts are needed`, `укажите от 1 до ${MOST_CONTRACTS} договоров`);
  // All at first, in the order of everybody: two calls with the same contracts in another order do not wait for each other.
  await lockWithPayers(tx, ids);
  const done: number[] = [];
  for (const id of ids) {
    await setSavepoint(tx);
    try {
      await changeStatus(tx, act, id, change, { reason: 'manual' });
      await keepSavepoint(tx);
      done.push(id);
    } catch (error) {
      if (!(error instanceof HubError) || done.length === 0) throw error;
      await undoToSavepoint(tx);
      throw new PartlyDone(error, done, id);
    }
  }
}
