import type { Transaction } from '../core/database/statement.ts';
import type { NewEvent } from '../core/events/publish.ts';
import { type AuditEntry, auditAndPublish } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import type { ClosedKind } from './closed-dates.ts';
import type { PaidContract } from './find-contract.ts';
import { type Money, money, moneyText } from './money.ts';
import { type Movement, monthOf } from './move-balance.ts';
import { type BalanceChange, debtEvent, type Move, moveMoney } from './move-money.ts';
import { eventOfContract, type ToldContract } from './publish-contract-event.ts';
import { type MoneyChange, reactToMoney } from './react-to-money.ts';
import { dropEmptyMonth } from './sql/figures.ts';
import type { ManagedRow } from './sql/managed-contracts.ts';
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

interface Told {
  readonly event: NewEvent;
  readonly entry: AuditEntry;
}

function toldOf(act: Act, noun: MoneyNoun, { contract, before, after }: RowChange, balanceAfter: Money): Told[] {
  const row = after ?? before;
  if (!row) return [];
  const verb = before && after ? 'changed' : after ? 'created' : 'deleted';
  const event = eventOfContract(act, contract, `${noun.name}.${verb}`, {
    timestamp: act.now.toString(),
    id: row.id,
    typeTitle: row.typeTitle,
    userId: act.operatorId,
    ...fieldsOf(row),
    externalId: row.externalId,
    balanceAfter: moneyText(balanceAfter),
    ...(verb === 'changed' && before && { before: fieldsOf(before) }),
  });
  const entry = {
    action: `billing.${noun.name}.${{ created: 'add', changed: 'change', deleted: 'delete' }[verb]}`,
    object: String(row.contractId),
    ...(before && { before: { id: before.id, ...fieldsOf(before) } }),
    ...(after && { after: { id: after.id, ...fieldsOf(after) } }),
  };
  return [{ event, entry }];
}

/** Money that came in may unlock; what took money away, be it a payment that was withdrawn, may lock. */
async function react(
  tx: Transaction,
  act: Act,
  noun: MoneyNoun,
  contractId: number,
  came: boolean,
  changes: readonly RowChange[],
  managed: readonly ManagedRow[] | undefined,
): Promise<void> {
  const paymentId = changes.find(({ after }) => after)?.after?.id;
  const change: MoneyChange =
    noun.name === 'charge' || !came ? { cause: 'charge' } : { cause: 'payment', ...(paymentId !== undefined && { paymentId }) };
  await reactToMoney(tx, act, contractId, change, managed);
}

/**
 * What follows from rows that were written and booked: each is told and audited, the debt is told, and modules react (spec 2.4, 2.11, 2.13).
 * @param managed what `managedContracts` answers, where it is known
 */
export async function followMoney(
  tx: Transaction,
  act: Act,
  noun: MoneyNoun,
  { contract, payer }: PaidContract,
  changes: readonly RowChange[],
  balance: BalanceChange,
  managed?: readonly ManagedRow[],
): Promise<void> {
  const told = changes.flatMap((change) => toldOf(act, noun, change, balance.after));
  const debt = debtEvent(act, payer, balance);
  const events = told.map(({ event }) => event);
  await auditAndPublish(
    tx,
    act.caller,
    told.map(({ entry }) => entry),
    debt ? [...events, debt] : events,
  );
  await react(tx, act, noun, contract.id, balance.after >= balance.before, changes, managed);
}

/** The balance of the payer moves by rows that were written, and what follows from that (`followMoney`). All in the transaction of the rows. */
export async function settleMoney(
  tx: Transaction,
  act: Act,
  noun: MoneyNoun,
  paid: PaidContract,
  changes: readonly RowChange[],
): Promise<void> {
  const balance = await moveMoney(tx, act, paid.payer, movesOf(noun, changes));
  for (const { before } of changes) if (before) await dropEmptyMonth(tx, paid.payer.id, monthOf(before.day), 0);
  await followMoney(tx, act, noun, paid, changes, balance);
}
