import type { Queryable, Transaction } from '../core/database/statement.ts';
import { type Money, money, moneyText } from './money.ts';
import { type BalanceRow, lastBalance, moveMonth } from './sql/balances.ts';

/** What moves in a month. */
export interface Movement {
  readonly payments?: Money;
  readonly accounts?: Money;
  readonly charges?: Money;
}

/** The first day of the month of a day: what months are called by. */
export const monthOf = (day: Temporal.PlainDate): Temporal.PlainDate => day.with({ day: 1 });

/**
 * Books a movement on the month of a day and carries it into all later months (spec 2.4). The contract's row must be locked by this transaction; of a
 * dependent member it is the head's money that moves (`payerOf`).
 * @returns the outgoing balance of the month of `asOf` (default: of `day`) before the movement.
 */
export async function moveBalance(
  tx: Transaction,
  contractId: number,
  day: Temporal.PlainDate,
  movement: Movement,
  asOf: Temporal.PlainDate = day,
): Promise<Money> {
  const { payments = 0n, accounts = 0n, charges = 0n } = movement;
  const [row] = await moveMonth(tx, contractId, monthOf(day), moneyText(payments), moneyText(accounts), moneyText(charges), monthOf(asOf));
  return money(row?.outgoing ?? '0');
}

export interface MonthBalance {
  readonly month: Temporal.PlainDate;
  readonly incoming: Money;
  readonly payments: Money;
  readonly accounts: Money;
  readonly charges: Money;
}

export const toMonthBalance = (row: BalanceRow): MonthBalance => ({
  month: row.month,
  incoming: money(row.incoming),
  payments: money(row.payments),
  accounts: money(row.accounts),
  charges: money(row.charges),
});

/** outgoing = incoming + payments - accounts - charges (spec 2.4). */
export const outgoingOf = ({ incoming, payments, accounts, charges }: MonthBalance): Money => incoming + payments - accounts - charges;

/** The balance of a month; one without movement carries what came in (spec 2.4). */
export async function monthBalance(db: Queryable, contractId: number, day: Temporal.PlainDate): Promise<MonthBalance> {
  const month = monthOf(day);
  const [row] = await lastBalance(db, contractId, month);
  if (!row) return { month, incoming: 0n, payments: 0n, accounts: 0n, charges: 0n };
  const found = toMonthBalance(row);
  if (found.month.equals(month)) return found;
  return { month, incoming: outgoingOf(found), payments: 0n, accounts: 0n, charges: 0n };
}
