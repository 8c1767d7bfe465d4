import type { Queryable } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { checkPeriod } from './day-period.ts';
import { fenceValues } from './fence.ts';
import { findContract } from './find-contract.ts';
import { type WhoseRows, whoseRows } from './members.ts';
import { type Money, money } from './money.ts';
import { monthOf } from './move-balance.ts';
import { PORTION, type Portions, portionsByIds } from './portions.ts';
import { refuseTooMany, type Span } from './read-balance.ts';
import type { MoneyNoun } from './settle-money.ts';
import { type AccountSum, accountSums } from './sql/figures.ts';
import type { MoneyRow } from './sql/money-rows.ts';
import { memberRows } from './sql/payers.ts';

/** Which rows: of whom (`whoseRows`), from when to when. */
export interface RowsWanted extends Span {
  readonly contractId: number;
  readonly members: number;
}

export interface Listed<R> {
  readonly rows: readonly R[];
  readonly total: Money;
}

/** The contracts whose rows are wanted, as far as the operator may see them. @throws HubError NOT_FOUND */
export async function contractsOf(db: Queryable, act: Act, contractId: number, { own, subContracts }: WhoseRows): Promise<number[]> {
  const { id } = await findContract(db, act, contractId);
  const subs = subContracts ? await memberRows(db, id, ...fenceValues(act.fence)) : [];
  return [...(own ? [id] : []), ...subs.map((sub) => sub.id)];
}

/** The same as an old caller asks for them. @throws HubError NOT_FOUND, BAD_REQUEST */
function contractsWanted(db: Queryable, act: Act, { contractId, members, from, to }: RowsWanted): Promise<number[]> {
  checkPeriod(from, to);
  return contractsOf(db, act, contractId, whoseRows(members));
}

const listed = <R extends { readonly sum: string }>(act: Act, rows: readonly R[]): Listed<R> => {
  refuseTooMany(rows.length, act.settings);
  return { rows, total: rows.reduce((total, row) => total + money(row.sum), 0n) };
};

/**
 * Payments or charges of a contract, oldest first, with their sum (spec 2.5).
 * @param typeId only of this type; 0: of all
 * @throws HubError NOT_FOUND, BAD_REQUEST, CONFLICT (too many)
 */
export async function listMoney(db: Queryable, act: Act, noun: MoneyNoun, wanted: RowsWanted, typeId = 0): Promise<Listed<MoneyRow>> {
  const contracts = await contractsWanted(db, act, wanted);
  return listed(act, await noun.table.list(db, contracts, wanted.from, wanted.to, act.settings.mostRows + 1, typeId));
}

/**
 * The same, read as it is sent where it is long; the sum is of all of it.
 * @throws HubError NOT_FOUND, BAD_REQUEST, CONFLICT (too many)
 */
export async function listMoneyInPortions(
  db: Queryable,
  act: Act,
  { table }: MoneyNoun,
  wanted: RowsWanted,
  typeId = 0,
): Promise<{ readonly rows: Portions<MoneyRow>; readonly total: Money }> {
  const contracts = await contractsWanted(db, act, wanted);
  const { from, to } = wanted;
  const first = await table.list(db, contracts, from, to, PORTION + 1, typeId);
  if (first.length <= PORTION) return { ...listed(act, first), rows: { first, rest: undefined } };
  const [all] = await table.ids(db, contracts, from, to, act.settings.mostRows + 1, typeId);
  const { ids, total } = all ?? { ids: [], total: '0' };
  refuseTooMany(ids.length, act.settings);
  return { rows: portionsByIds(first, ids, (some) => table.byIds(db, some)), total: money(total) };
}

/**
 * What was accrued for services in the months that a span touches, with the sum.
 * @throws HubError NOT_FOUND, BAD_REQUEST, CONFLICT (too many)
 */
export async function listAccounts(db: Queryable, act: Act, wanted: RowsWanted): Promise<Listed<AccountSum>> {
  const { from, to } = wanted;
  const contracts = await contractsWanted(db, act, wanted);
  return listed(act, await accountSums(db, contracts, from && monthOf(from), to && monthOf(to), act.settings.mostRows + 1));
}
