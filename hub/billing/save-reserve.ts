import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { badValue, checkText } from './bad-value.ts';
import { checkPeriod } from './day-period.ts';
import { fenceValues } from './fence.ts';
import { lockContract } from './find-contract.ts';
import { type Money, money, moneyText } from './money.ts';
import { publishOfContract, type ToldContract } from './publish-contract-event.ts';
import { findReserveType } from './save-reserve-type.ts';
import { closeReserveRow, insertReserve, type ReserveRow, reserveById, updateReserve } from './sql/reserves.ts';

/*
 * An amount that is held for a period: it lowers what is available, not the balance (spec 2.5).
 * held (from its first day to its last) -> released: by its last day, or by hand (closed), and stays so.
 */

export type { ReserveRow };

/** A reserve as it is asked for; what is left out of a change stays. */
export interface ReserveInput {
  /** Absent: a new one. */
  readonly id?: number | undefined;
  readonly contractId?: number | undefined;
  readonly typeId?: number | undefined;
  /** Above zero. */
  readonly sum?: Money | undefined;
  /** Of a new one the default is today. */
  readonly dateFrom?: Temporal.PlainDate | undefined;
  /** Null: until it is closed. */
  readonly dateTo?: Temporal.PlainDate | null | undefined;
  readonly comment?: string | undefined;
}

const LONGEST_COMMENT = 1_000;

/** @throws HubError NOT_FOUND, also for a reserve of a contract outside the fence */
export async function findReserve(db: Queryable, act: Pick<Act, 'fence'>, id: number): Promise<ReserveRow> {
  const [row] = await reserveById(db, id, ...fenceValues(act.fence));
  if (!row) throw new HubError('NOT_FOUND', `there is no reserve ${id}`, { reason: 'reserve', russian: `Резерв не найден: ${id}` });
  return row;
}

const shown = ({ typeId, sum, dateFrom, dateTo, comment }: Pick<ReserveRow, 'typeId' | 'sum' | 'dateFrom' | 'dateTo' | 'comment'>) => ({
  typeId,
  sum,
  dateFrom: dateFrom.toString(),
  dateTo: dateTo?.toString() ?? null,
  comment,
});

type ToldReserve = Pick<ReserveRow, 'id' | 'typeId' | 'typeTitle' | 'sum' | 'dateFrom' | 'dateTo' | 'comment'>;

/** What events say of a reserve, and of what it was before a change; amounts are called as those of payments. */
const told = ({ typeId, sum, dateFrom, dateTo, comment }: Omit<ToldReserve, 'id' | 'typeTitle'>) => ({
  typeId,
  amount: sum,
  dateFrom: dateFrom.toString(),
  dateTo: dateTo?.toString() ?? null,
  description: comment,
});

const tell = (
  tx: Transaction,
  act: Act,
  contract: ToldContract,
  verb: 'created' | 'changed' | 'closed',
  row: ToldReserve,
  more: Readonly<Record<string, unknown>> | undefined,
): Promise<void> =>
  publishOfContract(tx, act, contract, `reserve.${verb}`, {
    timestamp: act.now.toString(),
    id: row.id,
    typeTitle: row.typeTitle,
    userId: act.operatorId,
    ...told(row),
    ...more,
  });

const isClosed = (id: number): HubError =>
  new HubError('CONFLICT', `reserve ${id} is closed`, { reason: 'reserve_closed', russian: `Резерв ${id} уже закрыт` });

/** @returns the title of the type @throws HubError NOT_FOUND, CONFLICT: the type is not used any more */
async function checkType(tx: Transaction, typeId: number, former: number | undefined): Promise<string> {
  const type = await findReserveType(tx, typeId);
  if (!type.used && typeId !== former)
    throw new HubError('CONFLICT', `the type ${typeId} is not used any more`, {
      reason: 'type_not_used',
      russian: `Тип резерва «${type.title}» больше не используется`,
    });
  return type.title;
}

interface LockedReserve {
  readonly row: ReserveRow;
  readonly contract: ToldContract;
}

/** The reserve with its contract locked, so that it stays as it is. */
async function lockReserve(tx: Transaction, act: Act, id: number): Promise<LockedReserve> {
  const { contractId } = await findReserve(tx, act, id);
  const contract = await lockContract(tx, act, contractId);
  const row = await findReserve(tx, act, id);
  if (row.closedOn) throw isClosed(id);
  return { row, contract };
}

/**
 * Makes or changes a reserve.
 * @returns its number
 * @throws HubError NOT_FOUND (contract, type, reserve), BAD_REQUEST, CONFLICT (it is closed; its type is not used)
 */
export async function saveReserve(tx: Transaction, act: Act, input: ReserveInput): Promise<number> {
  const locked = input.id === undefined ? undefined : await lockReserve(tx, act, input.id);
  const before = locked?.row;
  const contractId = before?.contractId ?? input.contractId;
  if (!contractId) throw badValue('contractId', 'a contract is needed', 'не указан договор');
  const contract = locked?.contract ?? (await lockContract(tx, act, contractId));
  const typeId = input.typeId ?? before?.typeId;
  if (!typeId) throw badValue('typeId', 'a type is needed', 'не указан тип');
  const typeTitle = await checkType(tx, typeId, before?.typeId);
  const sum = input.sum ?? (before && money(before.sum));
  if (sum === undefined || sum <= 0n) throw badValue('sum', 'an amount above zero is needed', 'ожидается сумма больше нуля');
  const dateFrom = input.dateFrom ?? before?.dateFrom ?? act.today;
  const dateTo = input.dateTo === undefined ? (before?.dateTo ?? null) : input.dateTo;
  checkPeriod(dateFrom, dateTo, ['date_from', 'date_to']);
  const comment = checkText('comment', input.comment ?? before?.comment ?? '', LONGEST_COMMENT);
  const after = shown({ typeId, sum: moneyText(sum), dateFrom, dateTo, comment });
  const columns = [typeId, after.sum, dateFrom, dateTo, comment];
  const id = before?.id ?? (await insertReserve(tx, contractId, ...columns))[0]?.id ?? 0;
  if (before) await updateReserve(tx, id, ...columns);
  await audit(tx, act.caller, {
    action: `billing.reserve.${before ? 'change' : 'add'}`,
    object: String(contractId),
    ...(before && { before: { id, ...shown(before) } }),
    after: { id, ...after },
  });
  const row = { id, typeId, typeTitle, sum: after.sum, dateFrom, dateTo, comment };
  await tell(tx, act, contract, before ? 'changed' : 'created', row, before && { before: told(before) });
  return id;
}

/** Releases what is held, from today on (spec 2.5). @throws HubError NOT_FOUND, CONFLICT (it is closed) */
export async function closeReserve(tx: Transaction, act: Act, id: number): Promise<void> {
  const { row, contract } = await lockReserve(tx, act, id);
  await closeReserveRow(tx, id, act.today);
  await audit(tx, act.caller, {
    action: 'billing.reserve.close',
    object: String(row.contractId),
    before: { id, ...shown(row) },
    after: { id, closedOn: act.today.toString() },
  });
  await tell(tx, act, contract, 'closed', row, { closedOn: act.today.toString() });
}
