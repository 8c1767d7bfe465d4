import { type Command, InvalidArgumentError } from 'commander';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { monthField, monthText, shownMonth } from '../api/balances-answers.ts';
import { shownReserve } from '../api/reserves-answers.ts';
import { findContract } from '../find-contract.ts';
import { listReserves } from '../list-reserves.ts';
import { moneyText } from '../money.ts';
import { monthOf } from '../move-balance.ts';
import { payerOf } from '../payer.ts';
import { listMonths, readBalance } from '../read-balance.ts';
import { closeReserve, findReserve, saveReserve } from '../save-reserve.ts';
import { commandAct } from './command-act.ts';
import { amountOption, contractArgument, contractIdOf, dayOption } from './contracts-arguments.ts';

/** Reads a month: `2026-11`. */
const monthOption =
  (t: Translate) =>
  (text: string): Temporal.PlainDate => {
    const month = monthField.safeParse(text);
    if (month.success) return month.data;
    throw new InvalidArgumentError(t('a month such as 2026-11.', 'месяц, например 2026-11.'));
  };

function addBalance(billing: Command, { t, withPorts }: Making): void {
  const balance = contractArgument(billing.command('balance'), t)
    .summary(t('the balance of a contract and its months', 'баланс договора и его месяцы'))
    .option('--from <month>', t('first month (default: a year ago)', 'первый месяц (по умолчанию год назад)'), monthOption(t))
    .option('--to <month>', t('last month', 'последний месяц'), monthOption(t));
  withExamples(withJson(balance, t), t, 'balance title:A-17', 'balance 17 --from 2025-01 --json').action(
    (text: string, { from, to = null, json }) =>
      withPorts(async (ports) => {
        const db = ports.database.work;
        const act = commandAct(ports);
        const contract = await findContract(db, act, await contractIdOf(db, act, text));
        const now = await readBalance(db, act, contract, act.today);
        const months = await listMonths(db, act, contract, { from: from ?? act.today.subtract({ years: 1 }), to });
        const [available, limit] = [moneyText(now.available), moneyText(now.outgoing - now.available - now.reserve)];
        const shown = months.map((month) => shownMonth(month.month, month));
        if (json) {
          const present = { ...shownMonth(monthOf(act.today), now), limit, available };
          return ports.print(toJson({ contract_id: contract.id, payer_id: payerOf(contract), present, items: shown }));
        }
        ports.print(
          renderFields([
            [t('contract', 'договор'), `${contract.title} (${contract.id})`],
            [t('balance', 'баланс'), moneyText(now.outgoing)],
            [t('limit', 'лимит'), limit],
            [t('reserved', 'в резерве'), moneyText(now.reserve)],
            [t('available', 'доступно'), available],
          ]),
        );
        const titles = [
          t('MONTH', 'МЕСЯЦ'),
          t('INCOMING', 'ВХОДЯЩИЙ'),
          t('PAYMENTS', 'ПРИХОД'),
          t('ACCRUED', 'НАРАБОТКА'),
          t('CHARGES', 'РАСХОД'),
          t('OUTGOING', 'ИСХОДЯЩИЙ'),
        ];
        const rows = months.map(({ month, ...sums }) => [
          monthText(month),
          ...[sums.incoming, sums.payments, sums.accounts, sums.charges, sums.outgoing].map(moneyText),
        ]);
        if (rows.length > 0) ports.print(`\n${renderTable(titles, rows)}`);
      }),
  );
}

function addReserves(billing: Command, { t, withPorts }: Making): void {
  const reserve = billing.command('reserve').summary(t('amounts that are held', 'резервы'));
  const list = reserve
    .command('list')
    .summary(t('list reserves, the newest first', 'резервы, сначала новые'))
    .option('--contract <contract>', t('of a contract: its number, or title:ITS-TITLE', 'договора: номер или title:НАЗВАНИЕ'))
    .option('--on <day>', t('held on this day', 'действующие в этот день'), dayOption(t));
  withPage(list, t).action(({ contract, on, after, limit = 100, json }) =>
    withPorts(async (ports) => {
      const db = ports.database.work;
      const act = commandAct(ports);
      const contractId = contract === undefined ? undefined : await contractIdOf(db, act, contract);
      const { items, next } = await listReserves(db, act, { contractId, on, after, limit });
      if (json) return ports.print(toJson({ items: items.map(shownReserve), next }));
      const titles = [
        t('NUMBER', 'НОМЕР'),
        t('CONTRACT', 'ДОГОВОР'),
        t('AMOUNT', 'СУММА'),
        t('TYPE', 'ТИП'),
        t('FROM', 'С'),
        t('TO', 'ПО'),
        t('RELEASED', 'ЗАКРЫТ'),
      ];
      const rows = items.map((row) => [
        ...[row.id, row.contractTitle, row.sum, row.typeTitle, row.dateFrom.toString()],
        ...[row.dateTo?.toString() ?? null, row.closedOn?.toString() ?? null],
      ]);
      ports.print(pageText(renderTable(titles, rows), next, t));
    }),
  );
  const add = contractArgument(reserve.command('add'), t)
    .argument('<sum>', t('the amount: 100.50', 'сумма: 100.50'), amountOption(t))
    .requiredOption('--type <id>', t('its type', 'тип'), identifier(t))
    .summary(t('hold an amount', 'зарезервировать сумму'))
    .option('--from <day>', t('from this day on (default: today)', 'с этого дня (по умолчанию сегодня)'), dayOption(t))
    .option('--to <day>', t('up to this day (default: until it is closed)', 'по этот день (по умолчанию до закрытия)'), dayOption(t))
    .option('--comment <text>', t('a comment', 'комментарий'));
  withExamples(withJson(add, t), t, 'reserve add title:A-17 500 --type 1 --to 2026-12-31').action(
    (text: string, sum: bigint, { type: typeId, from: dateFrom, to: dateTo, comment, json }) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const contractId = await contractIdOf(ports.database.work, act, text);
        const id = await ports.database.transaction((tx) => saveReserve(tx, act, { contractId, typeId, sum, dateFrom, dateTo, comment }));
        ports.print(
          json ? toJson(shownReserve(await findReserve(ports.database.work, act, id))) : t(`reserve ${id} made`, `резерв ${id} создан`),
        );
      }),
  );
  reserve
    .command('close')
    .argument('<id>', t('its number', 'номер'), identifier(t))
    .summary(t('release what is held', 'закрыть резерв'))
    .action((id: number) =>
      withPorts(async (ports) => {
        await ports.database.transaction((tx) => closeReserve(tx, commandAct(ports), id));
        ports.print(t(`reserve ${id} closed`, `резерв ${id} закрыт`));
      }),
    );
}

/** `vestnik billing balance ...` and `vestnik billing reserve ...` */
export function addBalanceCommands(billing: Command, making: Making): void {
  addBalance(billing, making);
  addReserves(billing, making);
}
