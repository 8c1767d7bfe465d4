import type { Queryable, Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import type { Act } from './act.ts';
import { type FeeGround, type FeePrice, feeOf } from './fee-rules.ts';
import { type Money, money, moneyText } from './money.ts';
import { debtEvent } from './move-money.ts';
import {
  type AccountRow,
  accountsOfObjects,
  deleteAccounts,
  feeContracts,
  feeObjects,
  feePrices,
  feeStatuses,
  feeTariffs,
  moveAccounts,
  payersMoney,
  putAccounts,
} from './sql/accrual.ts';
import { overwrite } from './status-periods.ts';

/** Whose money a contract's fees are, and all that they depend on. */
interface Ground extends FeeGround {
  readonly id: number;
  readonly payerId: number;
}

function byContract<R extends { contractId: number }>(rows: readonly R[]): (id: number) => R[] {
  const groups = Map.groupBy(rows, ({ contractId }) => contractId);
  return (id) => groups.get(id) ?? [];
}

/** What the fees of these contracts depend on, in five statements whatever their number. */
export async function loadGrounds(db: Queryable, act: Act, ids: readonly number[]): Promise<Ground[]> {
  const contracts = await feeContracts(db, ids);
  const objects = byContract(await feeObjects(db, ids));
  const tariffRows = await feeTariffs(db, ids);
  const tariffs = byContract(tariffRows);
  const statuses = byContract(await feeStatuses(db, ids));
  const plans = [...new Set(tariffRows.map(({ planId }) => planId))];
  const prices = new Map<number, FeePrice[]>(
    [...Map.groupBy(await feePrices(db, plans), ({ planId }) => planId)].map(([planId, rows]) => [
      planId,
      rows.map((row) => ({ ...row, price: money(row.price) })),
    ]),
  );
  return contracts.map(({ id, payerId, mode, dateFrom, dateTo }) => ({
    id,
    payerId,
    contract: { dateFrom, dateTo },
    mode,
    objects: objects(id),
    tariffs: tariffs(id),
    statuses: statuses(id),
    prices,
    suspendCodes: act.settings.suspendCodes,
  }));
}

export const feeKey = ({ contractId, month, serviceId, objectId }: Omit<AccountRow, 'sum'>): string =>
  `${contractId} ${month} ${serviceId} ${objectId}`;

/** Every row that should be: of each object and month with a fee. */
function* wanted(grounds: readonly Ground[], months: readonly Temporal.PlainDate[], today: Temporal.PlainDate) {
  for (const ground of grounds)
    for (const object of ground.objects)
      for (const month of months) {
        const sum = feeOf(ground, object, month, today);
        if (sum !== 0n) yield { contractId: ground.id, month, serviceId: object.serviceId, objectId: object.id, sum, ground };
      }
}

/** The last day that a row is for: of a month that is over its end, of the present one in credit mode yesterday, in debit mode its end. */
function lastDayIn(month: Temporal.PlainDate, mode: 0 | 1, today: Temporal.PlainDate): Temporal.PlainDate {
  const end = month.with({ day: month.daysInMonth });
  const yesterday = today.subtract({ days: 1 });
  return mode === 1 || Temporal.PlainDate.compare(end, yesterday) <= 0 ? end : yesterday;
}

/** Moves the balances of payers, by month, and tells who fell below the limit or rose above it. */
async function book(tx: Transaction, act: Act, moved: ReadonlyMap<string, ReadonlyMap<number, Money>>): Promise<void> {
  const present = act.today.with({ day: 1 });
  const changes = new Map<number, Money>();
  const months = [...moved].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [month, amounts] of months)
    if (Temporal.PlainDate.compare(month, present) <= 0)
      for (const [id, amount] of amounts) changes.set(id, (changes.get(id) ?? 0n) + amount);
  const payers = changes.size > 0 ? await payersMoney(tx, [...changes.keys()], present) : [];
  for (const [month, amounts] of months) await moveAccounts(tx, month, [...amounts.keys()], [...amounts.values()].map(moneyText));
  const events = payers.map((payer) => {
    const before = money(payer.outgoing);
    return debtEvent(act, payer, { before, after: before - (changes.get(payer.id) ?? 0n) });
  });
  await publish(tx, ...events.filter((event) => event !== undefined));
}

/**
 * Brings what is accrued for these contracts in these months to what it should be today (spec 2.10), rows and balances. What is so already is not
 * touched: a second run changes nothing. The contracts and their payers are locked by this transaction (`lockWithPayers`); the months are open.
 * @returns the contracts with a difference
 */
export async function accrueFees(
  tx: Transaction,
  act: Act,
  ids: readonly number[],
  months: readonly Temporal.PlainDate[],
): Promise<number[]> {
  if (ids.length === 0 || months.length === 0) return [];
  const grounds = await loadGrounds(tx, act, ids);
  const payers = new Map(grounds.map(({ id, payerId }) => [id, payerId]));
  const stored = new Map((await accountsOfObjects(tx, ids, months)).map((row) => [feeKey(row), row]));
  const changed = new Set<number>();
  const moved = new Map<string, Map<number, Money>>();
  const move = (contractId: number, month: Temporal.PlainDate, amount: Money): void => {
    const payer = payers.get(contractId) ?? contractId;
    const ofMonth = moved.getOrInsertComputed(month.toString(), () => new Map<number, Money>());
    ofMonth.set(payer, (ofMonth.get(payer) ?? 0n) + amount);
    changed.add(contractId);
  };
  const puts: { readonly row: AccountRow; readonly until: Temporal.PlainDate }[] = [];
  for (const { sum, ground, ...place } of wanted(grounds, months, act.today)) {
    const key = feeKey(place);
    const before = money(stored.get(key)?.sum ?? '0');
    stored.delete(key);
    if (sum === before) continue;
    puts.push({ row: { ...place, sum: moneyText(sum) }, until: lastDayIn(place.month, ground.mode, act.today) });
    move(place.contractId, place.month, sum - before);
  }
  const gone = [...stored.values()];
  for (const row of gone) move(row.contractId, row.month, -money(row.sum));
  const columns = (rows: readonly AccountRow[]) =>
    [
      rows.map((row) => row.contractId),
      rows.map((row) => row.month),
      rows.map((row) => row.serviceId),
      rows.map((row) => row.objectId),
    ] as const;
  const rows = puts.map(({ row }) => row);
  if (rows.length > 0)
    await putAccounts(
      tx,
      ...columns(rows),
      rows.map(({ sum }) => sum),
      puts.map(({ until }) => until),
    );
  if (gone.length > 0) await deleteAccounts(tx, ...columns(gone));
  await book(tx, act, moved);
  return [...changed];
}

/**
 * What would be charged in advance if a contract had this status from today on, and is not charged yet (spec 2.11). Nothing in credit mode.
 */
export async function advanceFee(db: Queryable, act: Act, contractId: number, status: number): Promise<Money> {
  const [ground] = await loadGrounds(db, act, [contractId]);
  if (!ground || ground.mode === 0) return 0n;
  const month = act.today.with({ day: 1 });
  const periods = ground.statuses.map((period) => ({ ...period, id: 0, comment: '' }));
  const statuses = overwrite(periods, { status, dateFrom: act.today, dateTo: null, comment: '' });
  const target = ground.objects.reduce((sum, object) => sum + feeOf({ ...ground, statuses }, object, month, act.today), 0n);
  const stored = await accountsOfObjects(db, [contractId], [month]);
  const due = target - stored.reduce((sum, row) => sum + money(row.sum), 0n);
  return due > 0n ? due : 0n;
}
