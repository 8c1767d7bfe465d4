import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { checkOpen } from './check-closed.ts';
import { checkEditable, lockMoney } from './save-money.ts';
import { type MoneyNoun, settleMoney } from './settle-money.ts';

/**
 * Moves a row to the archive, with who did it and when, and takes it out of the balance (spec 2.5).
 * @param contractId of whom it must be; undefined: of anybody
 * @throws HubError NOT_FOUND, CONFLICT (its type is not used by hand, closed period)
 */
export async function deleteMoney(
  tx: Transaction,
  act: Act,
  noun: MoneyNoun,
  id: number,
  contractId: number | undefined,
  byHand: boolean,
): Promise<void> {
  const { row, paid } = await lockMoney(tx, act, noun, id, contractId);
  checkEditable(row, byHand);
  await checkOpen(tx, noun.closed, row.day);
  await noun.table.remove(tx, id, act.operatorId || null, act.caller.login, act.now);
  await settleMoney(tx, act, noun, paid, [{ contract: paid.contract, before: row }]);
}
