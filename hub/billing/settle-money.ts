import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import type { ClosedKind } from './closed-dates.ts';
import type { PaidContract } from './find-contract.ts';
import { type Money, money, moneyText } from './money.ts';
import { type Movement, monthOf } from './move-balance.ts';
import { type Move, moveMoney, tellDebt } from './move-money.ts';
import { publishOfContract, type ToldContract } from './publish-contract-event.ts';
import { reactToMoney } from './react-to-money.ts';
import { dropEmptyMonth } from './sql/figures.ts';
import type { MoneyRow, MoneyTable } from './sql/money-rows.ts';

/** What tells payments from charges: `save-payment.ts`, `save-charge.ts`. */
export interface MoneyNoun {
  readonly name: 'payment' | 'charge';
  /** Of a row, as a person reads it. */
  readonly russian: string;
  readonly closed: ClosedKind;
  readonly table: MoneyTable;
  movement(sum: Money): Movement;
}

/** A row of a contract as it was (none: it is new) and as it is (none: it is gone). */
export interface RowChange {
  readonly contract: ToldContract;
  readonly before?: MoneyRow;
  readonly after?: MoneyRow;
}

/** Where two rows move the same month, it moves once. */
function movesOf(noun: MoneyNoun, changes: readonly RowChange[]): Move[] {
  const months = new Map<string, { day: Temporal.PlainDate; sum: Money }>();
  const add = (row: MoneyRow | undefined, sign: bigint): void => {
    if (!row) return;
    const day = monthOf(row.day);
    const month = months.getOrInsertComputed(day.toString(), () => ({ day, sum: 0n }));
    month.sum += sign * money(row.sum);
  };
  for (const { before, after } of changes) {
    add(before, -1n);
    add(after, 1n);
  }
  return [...months.values()].map(({ day, sum }) => ({ day, movement: noun.movement(sum) }));
}

const fieldsOf = ({ typeId, day, sum, comment }: MoneyRow) => ({ typeId, date: day.toString(), amount: sum, description: comment });

async function tell(
  tx: Transaction,
  act: Act,
  noun: MoneyNoun,
  { contract, before, after }: RowChange,
  balanceAfter: Money,
): Promise<void> {
  const row = after ?? before;
  if (!row) return;
  const verb = before && after ? 'changed' : after ? 'created' : 'deleted';
  await publishOfContract(tx, act, contract, `${noun.name}.${verb}`, {
    timestamp: act.now.toString(),
    id: row.id,
    typeTitle: row.typeTitle,
    userId: act.operatorId,
    ...fieldsOf(row),
    externalId: row.externalId,
    balanceAfter: moneyText(balanceAfter),
    ...(verb === 'changed' && before && { before: fieldsOf(before) }),
  });
  await audit(tx, act.caller, {
    action: `billing.${noun.name}.${{ created: 'add', changed: 'change', deleted: 'delete' }[verb]}`,
    object: String(row.contractId),
    ...(before && { before: { id: before.id, ...fieldsOf(before) } }),
    ...(after && { after: { id: after.id, ...fieldsOf(after) } }),
  });
}

/** Money that came in may unlock; what took money away, be it a payment that was withdrawn, may lock. */
async function react(
  tx: Transaction,
  act: Act,
  noun: MoneyNoun,
  contractId: number,
  came: boolean,
  changes: readonly RowChange[],
): Promise<void> {
  const paymentId = changes.find(({ after }) => after)?.after?.id;
  if (noun.name === 'charge' || !came) await reactToMoney(tx, act, contractId, { cause: 'charge' });
  else await reactToMoney(tx, act, contractId, { cause: 'payment', ...(paymentId !== undefined && { paymentId }) });
}

/**
 * What follows from rows that were written: the balance of the payer moves, each is told and audited, the debt is told, and modules react
 * (spec 2.4, 2.11, 2.13). All in the transaction of the rows.
 */
export async function settleMoney(
  tx: Transaction,
  act: Act,
  noun: MoneyNoun,
  { contract, payer }: PaidContract,
  changes: readonly RowChange[],
): Promise<void> {
  const balance = await moveMoney(tx, act, payer, movesOf(noun, changes));
  for (const { before } of changes) if (before) await dropEmptyMonth(tx, payer.id, monthOf(before.day), 0);
  for (const change of changes) await tell(tx, act, noun, change, balance.after);
  await tellDebt(tx, act, payer, balance);
  await react(tx, act, noun, contract.id, balance.after >= balance.before, changes);
}
