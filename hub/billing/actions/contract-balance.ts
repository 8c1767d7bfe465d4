import { SUMMA } from '../balance-figures.ts';
import type { ActionArgs, ActionBinding, Call, XmlAttributes, XmlOut } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { listDetail } from '../list-detail.ts';
import { listAccounts } from '../list-money.ts';
import { type Money, moneyText } from '../money.ts';
import { type ListedMonth, listMonths, readBalance } from '../read-balance.ts';
import { dayText } from '../wire/texts.ts';
import { wantedBy } from './contract-money.ts';

const MONTHS = 'Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь'.split(' ');

const monthTitle = ({ month, year }: Temporal.PlainDate): string => `${MONTHS[month - 1]} ${year}`;

type Sums = Readonly<Record<'incoming' | 'payments' | 'accounts' | 'charges' | 'outgoing', Money>>;

/** The lines of a month, in the order of summa1 to summa5. */
const LINES = [
  [SUMMA.summa1, 'Входящий остаток'],
  [SUMMA.summa2, 'Приход'],
  [SUMMA.summa3, 'Наработка'],
  [SUMMA.summa4, 'Расход'],
  [SUMMA.summa5, 'Исходящий остаток'],
] as const;

/** What came in before the first month, what moved in all of them, what there was after the last; so the formula of one month holds for all. */
function totalOf(months: readonly ListedMonth[], carried: Money): Sums {
  const sum = (field: 'payments' | 'accounts' | 'charges'): Money => months.reduce((all, month) => all + month[field], 0n);
  return {
    incoming: months[0]?.incoming ?? carried,
    payments: sum('payments'),
    accounts: sum('accounts'),
    charges: sum('charges'),
    outgoing: months.at(-1)?.outgoing ?? carried,
  };
}

const totals = (sums: Sums): XmlAttributes => Object.fromEntries(LINES.map(([field], at) => [`summa${at + 1}`, moneyText(sums[field])]));

async function monthsBy(call: Call, args: ActionArgs): Promise<{ readonly months: readonly ListedMonth[]; readonly total: XmlAttributes }> {
  const { contractId, from, to } = wantedBy(args, 1);
  const contract = await findContract(call.db, call, contractId);
  const months = await listMonths(call.db, call, contract, { from, to });
  const carried = months.length > 0 ? 0n : (await readBalance(call.db, call, contract, from ?? to ?? call.today)).incoming;
  return { months, total: totals(totalOf(months, carried)) };
}

async function writeAccounts(call: Call, args: ActionArgs, out: XmlOut): Promise<void> {
  const own = await listAccounts(call.db, call, wantedBy(args, 1));
  const subs = await listAccounts(call.db, call, wantedBy(args, 3));
  out.table(
    own.rows.map(({ serviceId, month, sum, serviceTitle }) => ({ sid: serviceId, date: dayText(month), summa: sum, title: serviceTitle })),
    { summa: moneyText(own.total) },
  );
  out.table(
    subs.rows.map(({ contractTitle, month, sum, serviceTitle }) => ({
      contract: contractTitle,
      date: dayText(month),
      summa: sum,
      service: serviceTitle,
    })),
    { summa: moneyText(subs.total) },
    'sub_table',
  );
}

/** Balances (catalogue 2.3). */
export const contractBalanceActions: ActionBinding = {
  module: 'contract',
  actions: {
    async ContractBalance(call, args, out) {
      const { months, total } = await monthsBy(call, args);
      const rows = months.flatMap((month) =>
        LINES.map(([field, title]) => ({ f0: monthTitle(month.month), f1: title, f2: moneyText(month[field]) })),
      );
      out.table(rows, total);
    },
    async ContractBalanceGeneral(call, args, out) {
      const { months, total } = await monthsBy(call, args);
      const rows = months.map((month) => ({
        month: monthTitle(month.month),
        input_balance: moneyText(month.incoming),
        payment: moneyText(month.payments),
        account: moneyText(month.accounts),
        charge: moneyText(month.charges),
        output_balance: moneyText(month.outgoing),
      }));
      out.table(rows, total);
    },
    /** Movements only, without the balance before them; `table@summa` is what they make together. */
    async ContractBalanceDetail(call, args, out) {
      const { contractId, from, to } = wantedBy(args, 1);
      const moved = (await listDetail(call.db, call, { contractId, from, to, available: false })).filter(({ kind }) => kind !== 0);
      const rows = moved.map(({ contractTitle, day, title, sum, comment }) => ({
        contractTitle,
        date: dayText(day),
        type: title,
        summa: moneyText(sum),
        comment,
      }));
      out.table(rows, { summa: moneyText(moved.reduce((all, { sum }) => all + sum, 0n)) });
    },
    ContractAccounts: writeAccounts,
  },
};
