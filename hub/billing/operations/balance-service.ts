import type { Act } from '../act.ts';
import { badValue } from '../bad-value.ts';
import type { Binding } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { listDetail } from '../list-detail.ts';
import { listAccounts } from '../list-money.ts';
import { type Money, moneyText } from '../money.ts';
import { listMonths, readBalance } from '../read-balance.ts';
import { type PeriodBean, spanOf } from './money-beans.ts';

interface MonthFigures {
  readonly incoming: Money;
  readonly payments: Money;
  readonly accounts: Money;
  readonly charges: Money;
  readonly reserve: Money;
}

/** `timestamp`: when the month begins, in milliseconds since 1970. */
const balanceBean = ({ settings }: Act, month: Temporal.PlainDate, figures: MonthFigures) => ({
  year: month.year,
  month: month.month,
  incomingSaldo: moneyText(figures.incoming),
  payments: moneyText(figures.payments),
  accounts: moneyText(figures.accounts),
  charges: moneyText(figures.charges),
  reserve: moneyText(figures.reserve),
  timestamp: BigInt(month.toZonedDateTime(settings.timeZone).epochMilliseconds),
});

const [FIRST_YEAR, LAST_YEAR] = [1900, 2200];

/** @throws HubError BAD_REQUEST */
function monthNamed(year: number, month: number): Temporal.PlainDate {
  if (year < FIRST_YEAR || year > LAST_YEAR)
    throw badValue('year', `${year} is outside ${FIRST_YEAR}..${LAST_YEAR}`, `год ${year} вне пределов ${FIRST_YEAR}..${LAST_YEAR}`);
  if (month < 1 || month > 12) throw badValue('month', `${month} is no month from 1 to 12`, 'ожидается месяц от 1 до 12');
  return Temporal.PlainDate.from({ year, month, day: 1 });
}

/** Balances (catalogue 4.2). */
export const balanceService: Binding = {
  service: 'BalanceService',
  operations: {
    async balanceDetailList(
      call,
      { contractId, period, available }: { contractId: number; period: PeriodBean | null; available: boolean },
    ) {
      const lines = await listDetail(call.db, call, { contractId, available, ...spanOf(call, period) });
      return lines.map(({ kind, day, contractTitle, title, comment, sum, after }) => ({
        type: kind,
        date: day,
        contractTitle,
        title,
        comment,
        sum: moneyText(sum),
        sumAfterChange: moneyText(after),
      }));
    },
    async contractBalanceList(call, { contractId, period }: { contractId: number; period: PeriodBean | null }) {
      const contract = await findContract(call.db, call, contractId);
      return (await listMonths(call.db, call, contract, spanOf(call, period))).map((month) => balanceBean(call, month.month, month));
    },
    async contractAccountList(call, { contractId, period, members }: { contractId: number; period: PeriodBean | null; members: number }) {
      const { rows, total } = await listAccounts(call.db, call, { contractId, members, ...spanOf(call, period) });
      return {
        value: rows.map((row) => ({ contractId: row.contractId, date: row.month, serviceId: row.serviceId, sum: row.sum })),
        out: { holderTotalSum: moneyText(total) },
      };
    },
    async contractBalanceGet(call, { contractId, year, month }: { contractId: number; year: number; month: number }) {
      const first = monthNamed(year, month);
      const contract = await findContract(call.db, call, contractId);
      return balanceBean(call, first, await readBalance(call.db, call, contract, first));
    },
  },
};
