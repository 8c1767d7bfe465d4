import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { lockPayer } from './find-contract.ts';
import { changeMoney, createMoney, isNew, type MoneyInput, readFresh } from './save-money.ts';
import type { MoneyNoun } from './settle-money.ts';
import { chargeTable } from './sql/money-rows.ts';

export const CHARGES: MoneyNoun = {
  name: 'charge',
  russian: 'Расход',
  closed: 'charges',
  table: chargeTable,
  movement: (sum) => ({ charges: sum }),
};

/**
 * Stores a charge (spec 2.5): a new one, or changes to one. The balance moves, and a contract in debt may be locked by it.
 * @returns its id
 * @throws HubError NOT_FOUND (contract, type, charge), BAD_REQUEST, CONFLICT (type, closed period)
 */
export async function saveCharge(tx: Transaction, act: Act, input: MoneyInput): Promise<number> {
  const { id = 0 } = input;
  if (!isNew(input)) {
    await changeMoney(tx, act, CHARGES, id, input);
    return id;
  }
  if (!input.contractId) throw badValue('contractId', 'a contract is needed', 'не указан договор');
  const { sum, ...fresh } = readFresh(act, input);
  const paid = await lockPayer(tx, act, input.contractId);
  const [made = 0] = await createMoney(tx, act, CHARGES, paid, { ...fresh, rows: [{ contract: paid.contract, sum }] });
  return made;
}
