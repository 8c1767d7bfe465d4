import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { lockPayer } from './find-contract.ts';
import { money } from './money.ts';
import { moveMoney, tellDebt } from './move-money.ts';
import { reactToMoney } from './react-to-money.ts';
import { dropEmptyMonth, monthSums } from './sql/figures.ts';

/**
 * Takes the money of a dependent member out of its head's balance, before the member leaves the family with its rows: so a month of the head stays the
 * sum of the rows that count for it (spec 2.15). Nothing happens for a contract whose money is its own.
 * @throws HubError NOT_FOUND
 */
export async function withdrawMoney(tx: Transaction, act: Act, contractId: number): Promise<void> {
  const { payer } = await lockPayer(tx, act, contractId);
  if (payer.id === contractId) return;
  const months = await monthSums(tx, contractId);
  if (months.length === 0) return;
  const moves = months.map(({ month, payments, accounts, charges }) => ({
    day: month,
    movement: { payments: -money(payments), accounts: -money(accounts), charges: -money(charges) },
  }));
  const balance = await moveMoney(tx, act, payer, moves);
  for (const { month } of months) await dropEmptyMonth(tx, payer.id, month, contractId);
  await tellDebt(tx, act, payer, balance);
  await reactToMoney(tx, act, payer.id, { cause: 'transfer' });
}
