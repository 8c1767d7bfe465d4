import type { Queryable } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { checkPeriod } from './day-period.ts';
import { findContract } from './find-contract.ts';
import { type Money, money } from './money.ts';
import { monthBalance, monthOf } from './move-balance.ts';
import { payerOf } from './payer.ts';
import { readBalance, refuseTooMany, type Span } from './read-balance.ts';
import { type DetailRow, detailRows } from './sql/figures.ts';

/** What the kinds of lines are called. */
export const DETAIL_KINDS = { 0: 'incoming', 1: 'payment', 2: 'account', 3: 'charge', 4: 'reserve' } as const satisfies Record<
  DetailLine['kind'],
  string
>;

/** One line of what happened to a balance. `kind` 0: what there was before (catalogue 7). */
export interface DetailLine extends Omit<DetailRow, 'kind' | 'sum'> {
  readonly kind: DetailRow['kind'] | 0;
  readonly sum: Money;
  /** What there was after it. */
  readonly after: Money;
}

export interface DetailWanted extends Span {
  readonly contractId: number;
  /** Count what is available, outgoing - limit - reserve, with what was reserved and released; otherwise the balance. */
  readonly available: boolean;
}

const compare = Temporal.PlainDate.compare;

/**
 * Everything that moved a contract's balance, in order of time, with what there was after each; the first line says what there was before, unless that is
 * nothing and the list begins with the contract. The limit is that of today.
 * @throws HubError NOT_FOUND, BAD_REQUEST, CONFLICT (too many)
 */
export async function listDetail(db: Queryable, act: Act, { contractId, from, to, available }: DetailWanted): Promise<DetailLine[]> {
  checkPeriod(from, to);
  const contract = await findContract(db, act, contractId);
  const payer = payerOf(contract);
  // Reserves are not in the balance: what was held before the first day is found from the start.
  const start = from && !available ? monthOf(from) : null;
  const rows = await detailRows(db, payer, start, to, available, act.settings.mostRows + 1);
  refuseTooMany(rows.length, act.settings);
  let sum = start ? (await monthBalance(db, payer, start)).incoming : 0n;
  if (available) {
    const figures = await readBalance(db, act, contract, act.today);
    sum -= figures.outgoing - figures.available - figures.reserve;
  }
  const before = from ? rows.filter(({ day }) => compare(day, from) < 0) : [];
  for (const row of before) sum += money(row.sum);
  const lines: DetailLine[] = [];
  const opening = from ?? contract.dateFrom;
  if (from || sum !== 0n)
    lines.push({ kind: 0, day: opening, contractTitle: contract.title, title: 'Входящий остаток', comment: '', sum, after: sum });
  for (const row of rows.slice(before.length)) {
    const moved = money(row.sum);
    sum += moved;
    lines.push({ ...row, sum: moved, after: sum });
  }
  return lines;
}
