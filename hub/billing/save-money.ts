import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue, checkText } from './bad-value.ts';
import { refuseClosed } from './check-closed.ts';
import { closing } from './closed-dates.ts';
import { checkPeriod } from './day-period.ts';
import { fenceValues } from './fence.ts';
import { lockPayer, type PaidContract } from './find-contract.ts';
import { type Money, money, moneyText } from './money.ts';
import { monthOf } from './move-balance.ts';
import { balanceChange } from './move-money.ts';
import type { ToldContract } from './publish-contract-event.ts';
import { followMoney, type MoneyNoun, settleMoney } from './settle-money.ts';
import type { MoneyRow, TypeCheck } from './sql/money-rows.ts';

/** A payment or a charge as it is asked for; what is left out of a change stays as it was. */
export interface MoneyInput {
  /** Of the row to change; absent, 0 or negative: a new one (spec 2.5). */
  readonly id?: number | undefined;
  readonly contractId?: number | undefined;
  readonly typeId?: number | undefined;
  /** Of a new row the default is today. */
  readonly day?: Temporal.PlainDate | undefined;
  /** Not zero (`readSum`). */
  readonly sum?: Money | undefined;
  readonly comment?: string | undefined;
  /** False: a module of the server does it, which may use types that are not editable. (Default: true) */
  readonly byHand?: boolean | undefined;
}

/** One row to make; several rows of one act share type and day. */
export interface FreshRow {
  readonly contract: ToldContract;
  readonly sum: Money;
}

export interface FreshMoney {
  readonly typeId: number;
  readonly day: Temporal.PlainDate;
  readonly comment: string;
  readonly byHand: boolean;
  readonly external?: { readonly source: string; readonly id: string } | undefined;
  readonly rows: readonly FreshRow[];
}

const LONGEST_COMMENT = 2_000;

export const isNew = ({ id }: MoneyInput): boolean => id === undefined || id <= 0;

const notEditable = (typeId: number, title: string): HubError =>
  new HubError('CONFLICT', `the type ${typeId} is not used by hand`, {
    reason: 'type_not_editable',
    russian: `Тип «${title}» нельзя использовать вручную`,
  });

/** A row that an operator may change or delete. @throws HubError CONFLICT */
export function checkEditable({ editable, typeId, typeTitle }: MoneyRow, byHand: boolean): void {
  if (byHand && !editable) throw notEditable(typeId, typeTitle);
}

/** Whether a type may be used, and all days are open. @throws HubError NOT_FOUND, CONFLICT */
function checkUse<Type extends TypeCheck>(
  noun: MoneyNoun,
  typeId: number,
  type: Type | undefined,
  byHand: boolean,
  days: readonly Temporal.PlainDate[],
): Type {
  if (!type)
    throw new HubError('NOT_FOUND', `there is no type ${typeId} of a ${noun.name}`, {
      reason: 'type',
      russian: `Тип не найден: ${typeId}`,
    });
  if (type.isClass)
    throw new HubError('CONFLICT', `the type ${typeId} is a class, which holds types and no rows`, {
      reason: 'type_is_class',
      russian: `«${type.title}» является классом, укажите тип внутри него`,
    });
  if (byHand && !type.editable) throw notEditable(typeId, type.title);
  refuseClosed(type.closed, days);
  return type;
}

/** What a new row needs. @throws HubError BAD_REQUEST */
export function readFresh(
  act: Act,
  { typeId, day = act.today, sum, comment = '', byHand = true }: MoneyInput,
): Omit<FreshMoney, 'rows'> & { sum: Money } {
  if (!typeId) throw badValue('typeId', 'a type is needed', 'не указан тип');
  if (sum === undefined) throw badValue('sum', 'an amount is needed', 'не указана сумма');
  checkPeriod(day, null, ['date', 'date']);
  return { typeId, day, sum, comment: checkText('comment', comment, LONGEST_COMMENT), byHand };
}

/** Makes rows whose payer is locked. @returns their ids @throws HubError NOT_FOUND, CONFLICT (type, closed period) */
export async function createMoney(tx: Transaction, act: Act, noun: MoneyNoun, paid: PaidContract, fresh: FreshMoney): Promise<number[]> {
  const { typeId, day, comment, byHand, external, rows } = fresh;
  const month = monthOf(day);
  const total = rows.reduce((all, { sum }) => all + sum, 0n);
  const operatorId = act.operatorId || null;
  const [answer] = await noun.table.create(
    tx,
    rows.map(({ contract }) => contract.id),
    rows.map(({ sum }) => moneyText(sum)),
    ...[typeId, day, comment, operatorId, act.caller.login, act.now],
    ...[paid.payer.id, month, moneyText(total), closing(noun.closed), byHand, paid.contract.id, act.today],
    ...(noun.name === 'payment' ? [external?.source ?? null, external?.id ?? null] : []),
  );
  const { title: typeTitle, ids, outgoing, managed } = checkUse(noun, typeId, answer, byHand, [day]);
  if (ids.length !== rows.length) throw new HubError('INTERNAL', `${ids.length} of ${rows.length} rows of a ${noun.name} were stored`);
  const made = rows.map(({ contract, sum }, at) => {
    const after: MoneyRow = {
      id: ids[at] as number,
      contractId: contract.id,
      contractTitle: contract.title,
      typeId,
      typeTitle,
      editable: true,
      payback: false,
      day,
      sum: moneyText(sum),
      comment,
      operatorId,
      login: act.caller.login,
      userName: act.caller.login,
      changedAt: act.now,
      externalId: external?.id ?? null,
      externalSource: external?.source ?? null,
    };
    return { contract, after };
  });
  const balance = balanceChange(act, money(outgoing ?? '0'), [{ day: month, movement: noun.movement(total) }]);
  await followMoney(tx, act, noun, paid, made, balance, managed);
  return ids;
}

/** @throws HubError NOT_FOUND, also for a row of another contract than the one named or of one outside the fence */
export async function findMoney(db: Queryable, act: Act, noun: MoneyNoun, id: number, contractId: number | undefined): Promise<MoneyRow> {
  const [row] = await noun.table.byId(db, id, ...fenceValues(act.fence));
  if (row && (!contractId || contractId === row.contractId)) return row;
  const whose = contractId ? ` of contract ${contractId}` : '';
  throw new HubError('NOT_FOUND', `there is no ${noun.name} ${id}${whose}`, {
    reason: noun.name,
    russian: `${noun.russian} не найден: ${id}`,
  });
}

/** The row with its payer locked, so that it stays as it is. @throws HubError NOT_FOUND */
export async function lockMoney(
  tx: Transaction,
  act: Act,
  noun: MoneyNoun,
  id: number,
  contractId: number | undefined,
): Promise<{ row: MoneyRow; paid: PaidContract }> {
  const found = await findMoney(tx, act, noun, id, contractId);
  const paid = await lockPayer(tx, act, found.contractId);
  return { row: await findMoney(tx, act, noun, id, found.contractId), paid };
}

/**
 * Changes a row (spec 2.5); the day may move it to another month. What is as it was before is no change: nothing is told.
 * @throws HubError NOT_FOUND, BAD_REQUEST, CONFLICT (type, closed period of the former or the new day)
 */
export async function changeMoney(tx: Transaction, act: Act, noun: MoneyNoun, id: number, input: MoneyInput): Promise<void> {
  const byHand = input.byHand ?? true;
  const { row: before, paid } = await lockMoney(tx, act, noun, id, input.contractId);
  checkEditable(before, byHand);
  const { typeId = before.typeId, day = before.day, comment = before.comment } = input;
  const sum = input.sum === undefined ? before.sum : moneyText(input.sum);
  checkPeriod(day, null, ['date', 'date']);
  checkText('comment', comment, LONGEST_COMMENT);
  const [type] = await noun.table.check(tx, typeId, closing(noun.closed));
  const { title: typeTitle } = checkUse(noun, typeId, type, byHand, [before.day, day]);
  if (typeId === before.typeId && day.equals(before.day) && sum === before.sum && comment === before.comment) return;
  await noun.table.update(tx, id, typeId, day, sum, comment, act.operatorId || null, act.caller.login, act.now);
  const after = { ...before, typeId, typeTitle, day, sum, comment };
  await settleMoney(tx, act, noun, paid, [{ contract: paid.contract, before, after }]);
}
