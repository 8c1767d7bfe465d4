import type { Transaction } from '../core/database/statement.ts';
import { type NewEvent, publish } from '../core/events/publish.ts';
import type { Act } from './act.ts';
import { isInDebt } from './balance-figures.ts';
import { type Money, money, moneyText } from './money.ts';
import { type Movement, monthOf, moveBalance } from './move-balance.ts';
import { eventOfContract, type ToldContract } from './publish-contract-event.ts';
import type { ContractRow } from './sql/contracts.ts';

/** Money that moves on a day. */
export interface Move {
  readonly day: Temporal.PlainDate;
  readonly movement: Movement;
}

/** The outgoing balance of the present month, before and after a change. */
export interface BalanceChange {
  readonly before: Money;
  readonly after: Money;
}

const worth = ({ payments = 0n, accounts = 0n, charges = 0n }: Movement): Money => payments - accounts - charges;

/** What moves make of a balance; what moves in a month to come does not count for the present one. */
export function balanceChange({ today }: Pick<Act, 'today'>, before: Money, moves: readonly Move[]): BalanceChange {
  let after = before;
  for (const { day, movement } of moves) if (Temporal.PlainDate.compare(monthOf(day), today) <= 0) after += worth(movement);
  return { before, after };
}

/**
 * Books moves on the balance of a payer whose row this transaction has locked.
 * Tell of it afterwards: the event of the change itself, then `tellDebt`.
 */
export async function moveMoney(tx: Transaction, act: Act, payer: Pick<ContractRow, 'id'>, moves: readonly Move[]): Promise<BalanceChange> {
  let before: Money | undefined;
  for (const { day, movement } of moves) {
    const outgoing = await moveBalance(tx, payer.id, day, movement, act.today);
    before ??= outgoing;
  }
  return balanceChange(act, before ?? 0n, moves);
}

/** A payer whose debt is told of. */
type Debtor = ToldContract & Pick<ContractRow, 'balanceLimit' | 'mode'>;

/**
 * That a payer fell below its limit, or is back above it (spec 2.13); undefined: neither.
 * @param former the limit before, where it was the limit that changed
 */
export function debtEvent(act: Act, payer: Debtor, { before, after }: BalanceChange, former = payer.balanceLimit): NewEvent | undefined {
  const isNow = isInDebt(after, money(payer.balanceLimit));
  if (isNow === isInDebt(before, money(former))) return undefined;
  return eventOfContract(act, payer, isNow ? 'balance.below-limit' : 'balance.restored', {
    balance: moneyText(after),
    limit: payer.balanceLimit,
    mode: payer.mode === 1 ? 'debit' : 'credit',
  });
}

/** Publishes `debtEvent`. */
export async function tellDebt(tx: Transaction, act: Act, payer: Debtor, change: BalanceChange, former?: string): Promise<void> {
  const event = debtEvent(act, payer, change, former);
  if (event) await publish(tx, event);
}
