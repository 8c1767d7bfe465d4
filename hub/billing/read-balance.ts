import { sharedLookup } from '../core/database/shared-lookup.ts';
import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { type BalanceFigures, balanceFigures } from './balance-figures.ts';
import { checkPeriod } from './day-period.ts';
import { type Money, money } from './money.ts';
import { type MonthBalance, monthOf, outgoingOf, toMonthBalance } from './move-balance.ts';
import { payerOf } from './payer.ts';
import { balancesOf } from './sql/balances.ts';
import type { ContractRow } from './sql/contracts.ts';
import { type FiguresRow, figuresRows, reservesOn } from './sql/figures.ts';

/** Days of a list, both inside; null: open. */
export interface Span {
  readonly from: Temporal.PlainDate | null;
  readonly to: Temporal.PlainDate | null;
}

export const EVER: Span = { from: null, to: null };

/** Refuses a list of more rows than are answered at once. @throws HubError CONFLICT */
export function refuseTooMany(rows: number, { mostRows }: Act['settings']): void {
  if (rows > mostRows)
    throw new HubError('CONFLICT', `the list has more than ${mostRows} rows: ask for a shorter period`, {
      reason: 'too_many_rows',
      russian: `В списке более ${mostRows} строк, укажите период короче`,
    });
}

type Payee = Pick<ContractRow, 'id' | 'superId' | 'subMode'>;

/** Reserves count as they are today, in a month that is over as they were at its end, in one to come as they will be at its begin. */
function reserveDay(month: Temporal.PlainDate, today: Temporal.PlainDate): Temporal.PlainDate {
  const end = month.with({ day: month.daysInMonth });
  if (Temporal.PlainDate.compare(end, today) <= 0) return end;
  return Temporal.PlainDate.compare(month, today) > 0 ? month : today;
}

interface Asked {
  readonly month: Temporal.PlainDate;
  /** The day whose reserves count. */
  readonly day: Temporal.PlainDate;
}

const figuresOf = sharedLookup<Asked, FiguresRow & { contractId: number }>({
  load: (db, payers, { month, day }) => figuresRows(db, payers, month, day),
  keyOf: ({ contractId }) => contractId,
  groupOf: ({ month, day }) => `${month} ${day}`,
});

const NOTHING = { incoming: 0n, payments: 0n, accounts: 0n, charges: 0n };

/** What the last month with movement says of a month: of a later one that it came in. */
export function figuresIn(row: FiguresRow, month: Temporal.PlainDate): BalanceFigures {
  const [limit, reserve] = [money(row.limit), money(row.reserve)];
  if (!row.month) return balanceFigures(NOTHING, limit, reserve);
  const found = toMonthBalance({ ...row, month: row.month });
  return balanceFigures(found.month.equals(month) ? found : { ...NOTHING, incoming: outgoingOf(found) }, limit, reserve);
}

/**
 * The balance of a contract in the month of a day (spec 2.4); of a dependent member its head's. A month without movement carries what came in.
 * @example const { outgoing, available } = await readBalance(db, act, contract, act.today)
 */
export async function readBalance(
  db: Queryable,
  act: Pick<Act, 'today'>,
  contract: Payee,
  day: Temporal.PlainDate,
): Promise<BalanceFigures> {
  const month = monthOf(day);
  const row = await figuresOf(db, payerOf(contract), { month, day: reserveDay(month, act.today) });
  return row ? figuresIn(row, month) : balanceFigures(NOTHING, 0n, 0n);
}

/** A month with movement, and what was reserved in it. */
export interface ListedMonth extends MonthBalance {
  readonly outgoing: Money;
  readonly reserve: Money;
}

/** Months with movement that a span touches, oldest first. @throws HubError BAD_REQUEST, CONFLICT (too many) */
export async function listMonths(
  db: Queryable,
  act: Pick<Act, 'today' | 'settings'>,
  contract: Payee,
  { from, to }: Span,
): Promise<ListedMonth[]> {
  checkPeriod(from, to);
  const payer = payerOf(contract);
  const months = (await balancesOf(db, payer, from && monthOf(from), to && monthOf(to))).map(toMonthBalance);
  const reserves =
    months.length === 0
      ? []
      : await reservesOn(
          db,
          payer,
          months.map(({ month }) => reserveDay(month, act.today)),
        );
  return months.map((month, at) => ({ ...month, outgoing: outgoingOf(month), reserve: money(reserves[at]?.reserve ?? '0') }));
}
