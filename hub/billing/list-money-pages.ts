import type { Queryable } from '../core/database/statement.ts';
import type { Page } from '../core/http/page.ts';
import type { Act } from './act.ts';
import { badValue, checkLine } from './bad-value.ts';
import { checkPeriod } from './day-period.ts';
import { isOpen } from './fence.ts';
import { contractsOf } from './list-money.ts';
import type { WhoseRows } from './members.ts';
import { rowCursor } from './row-cursor.ts';
import type { MoneyNoun } from './settle-money.ts';
import { externalIds } from './sql/external-payments.ts';
import { type MoneyFilter, pageOfAll, pageOfContracts, rowsById, totalsOf } from './sql/money-pages.ts';
import type { MoneyRow } from './sql/money-rows.ts';

/** Whose rows are wanted: of the contract, of its members, of both. */
export const MONEY_OF = {
  contract: { own: true, subContracts: false },
  members: { own: false, subContracts: true },
  family: { own: true, subContracts: true },
} as const satisfies Readonly<Record<string, WhoseRows>>;
export type MoneyOf = keyof typeof MONEY_OF;

export interface MoneyWish extends MoneyFilter {
  /** Absent: of everybody whom the operator may see. */
  readonly contractId?: number | undefined;
  /** (Default: contract) */
  readonly of?: MoneyOf | undefined;
  /** Only the payments that were sent under this name. `source` is the caller's login unless it is given. */
  readonly external?: { readonly source?: string | undefined; readonly id: string } | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

export type { MoneyRow };

export interface MoneyTotals {
  readonly count: number;
  readonly sum: string;
}

/** Rows of everybody that one page looks at, where not all of them fit. */
const LOOK = 10_000;
/** Rows that are added up at most. */
const LOOK_TO_ADD = 1_000_000;

const CURSORS = { payment: rowCursor('bp', ['day', 'number']), charge: rowCursor('bc', ['day', 'number']) } as const;

function check({ contractId, of = 'contract', from, to, external, after }: MoneyWish): void {
  if (contractId === undefined && of !== 'contract') throw badValue('of', 'members are those of a contract: name it', 'укажите договор');
  checkPeriod(from, to, ['from', 'to']);
  if (external && after !== undefined)
    throw badValue('after', 'what was sent under one name is one page', 'список по external_id не делится на страницы');
}

/** Rows by their numbers, as far as they are there and the operator may see them. */
export const findRows = (db: Queryable, act: Act, { name }: MoneyNoun, ids: readonly number[]): Promise<MoneyRow[]> =>
  rowsById(db, name, act.fence, ids);

/** What was sent under one name, as far as it is still there. */
async function sentAs(db: Queryable, act: Act, { external }: MoneyWish): Promise<MoneyRow[]> {
  const source = checkLine('source', external?.source?.trim() || act.caller.login, 200);
  const [known] = await externalIds(db, source, external?.id ?? '');
  return known ? rowsById(db, 'payment', act.fence, known.ids) : [];
}

/**
 * Payments or charges, the newest first: of a contract, its members, or everybody within the fence. A page of everybody's may be short or empty although
 * more follow, because it looks at a bounded number of rows: only `next` null is the end.
 * @throws HubError NOT_FOUND (contract), BAD_REQUEST (`cursor`, days)
 */
export async function pageOfMoney(db: Queryable, act: Act, { name }: MoneyNoun, wish: MoneyWish): Promise<Page<MoneyRow>> {
  check(wish);
  const { limit, typeId, login } = wish;
  if (wish.external) return { items: await sentAs(db, act, wish), next: null };
  const cursor = CURSORS[name];
  const before = cursor.placeOf(wish.after);
  const { contractId, of = 'contract' } = wish;
  const behind = (rows: readonly MoneyRow[]): string | null => {
    const last = rows[limit - 1];
    return rows.length > limit && last ? cursor.after([last.day, last.id]) : null;
  };
  if (contractId !== undefined) {
    const contracts = await contractsOf(db, act, contractId, MONEY_OF[of]);
    const rows = await pageOfContracts(db, name, { ...wish, contracts, before, limit: limit + 1 });
    return { items: rows.slice(0, limit), next: behind(rows) };
  }
  const everyRowFits = typeId === undefined && login === undefined && isOpen(act.fence);
  const { rows, lookedTo } = await pageOfAll(db, name, act.fence, {
    ...wish,
    before,
    limit: limit + 1,
    look: everyRowFits ? limit + 1 : LOOK,
  });
  return { items: rows.slice(0, limit), next: behind(rows) ?? (lookedTo ? cursor.after(lookedTo) : null) };
}

/**
 * How many rows fit a wish, whatever its page, and their sum; null: they are too many to be added up while somebody waits.
 * @throws HubError as `pageOfMoney`
 */
export async function addUpMoney(db: Queryable, act: Act, { name }: MoneyNoun, wish: MoneyWish): Promise<MoneyTotals | null> {
  check(wish);
  const { contractId, of = 'contract' } = wish;
  const contracts = contractId === undefined ? null : await contractsOf(db, act, contractId, MONEY_OF[of]);
  return totalsOf(db, name, act.fence, { ...wish, contracts, look: LOOK_TO_ADD });
}
