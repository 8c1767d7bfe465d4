import { type Command, Option } from 'commander';
import type { CommandPorts } from '../../core/module.ts';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { shownCharge, shownList, shownPayment } from '../api/payments-answers.ts';
import { deleteCharge } from '../delete-charge.ts';
import { deletePayment } from '../delete-payment.ts';
import { addUpMoney, MONEY_OF, type MoneyOf, type MoneyRow, pageOfMoney } from '../list-money-pages.ts';
import { CHARGES, saveCharge } from '../save-charge.ts';
import { findMoney } from '../save-money.ts';
import { PAYMENTS, savePayment } from '../save-payment.ts';
import type { MoneyNoun } from '../settle-money.ts';
import { commandAct } from './command-act.ts';
import { amountOption, contractArgument, contractIdOf, dayOption } from './contracts-arguments.ts';

interface Words {
  readonly noun: MoneyNoun;
  readonly shown: (row: MoneyRow) => object;
  /** In the language of the command line: "payments", "payment". */
  readonly many: string;
  readonly one: string;
}

const renderRow = (row: MoneyRow, t: Translate): string =>
  renderFields([
    [t('number', 'номер'), row.id],
    [t('contract', 'договор'), `${row.contractTitle} (${row.contractId})`],
    [t('type', 'тип'), `${row.typeTitle} (${row.typeId})`],
    [t('day', 'дата'), row.day.toString()],
    [t('amount', 'сумма'), row.sum],
    [t('comment', 'комментарий'), row.comment],
    [t('entered by', 'внёс'), row.userName],
    [t('at', 'когда'), row.changedAt],
    ['external_id', row.externalId],
  ]);

function addReading(group: Command, { t, withPorts }: Making, { noun, shown, many, one }: Words): void {
  const list = group
    .command('list')
    .summary(t(`list ${many}, the newest first`, `${many}, сначала новые`))
    .option('--contract <contract>', t('of a contract: its number, or title:ITS-TITLE', 'договора: номер или title:НАЗВАНИЕ'))
    .addOption(
      new Option('--of <whose>', t('rows of the contract, its members, or both', 'строки договора, его субдоговоров или всех')).choices(
        Object.keys(MONEY_OF),
      ),
    )
    .option('--type <id>', t('of this type', 'этого типа'), identifier(t))
    .option('--from <day>', t('from this day on', 'с этого дня'), dayOption(t))
    .option('--to <day>', t('up to this day', 'по этот день'), dayOption(t))
    .option('--login <login>', t('entered or changed by', 'кто внёс или изменил'))
    .option('--totals', t('with number and sum of all', 'с числом и суммой всех'));
  withExamples(withPage(list, t), t, `${noun.name} list --from 2026-11-01 --totals`, `${noun.name} list --contract title:A-17`).action(
    ({ contract, of, type: typeId, from = null, to = null, login, totals, after, limit = 100, json }) =>
      withPorts(async (ports) => {
        const db = ports.database.work;
        const act = commandAct(ports);
        const contractId = contract === undefined ? undefined : await contractIdOf(db, act, contract);
        const wish = { contractId, of: of as MoneyOf | undefined, typeId, from, to, login, after, limit };
        const { items, next } = await pageOfMoney(db, act, noun, wish);
        const all = totals ? await addUpMoney(db, act, noun, wish) : undefined;
        if (json) return ports.print(toJson(shownList({ items: items.map(shown), next }, all)));
        const titles = [
          t('NUMBER', 'НОМЕР'),
          t('DAY', 'ДАТА'),
          t('CONTRACT', 'ДОГОВОР'),
          t('AMOUNT', 'СУММА'),
          t('TYPE', 'ТИП'),
          t('COMMENT', 'КОММЕНТАРИЙ'),
        ];
        const rows = items.map((row) => [row.id, row.day.toString(), row.contractTitle, row.sum, row.typeTitle, row.comment]);
        ports.print(pageText(renderTable(titles, rows), next, t));
        if (all) ports.print(t(`${all.count} in all, ${all.sum}`, `всего ${all.count}, сумма ${all.sum}`));
        if (all === null)
          ports.print(t('too many to add up: give a shorter period', 'слишком много, чтобы сложить: укажите период короче'));
      }),
  );
  withJson(
    group
      .command('show')
      .argument('<id>', t('its number', 'номер'), identifier(t))
      .summary(t(`show a ${one}`, `показать ${one}`)),
    t,
  ).action((id: number, { json }) =>
    withPorts(async (ports) => {
      const row = await findMoney(ports.database.work, commandAct(ports), noun, id, undefined);
      ports.print(json ? toJson(shown(row)) : renderRow(row, t));
    }),
  );
}

/** Options that a new row and a change of one have in common. */
const withRow = (command: Command, t: Translate): Command =>
  command.option('--date <day>', t('its day', 'дата'), dayOption(t)).option('--comment <text>', t('a comment', 'комментарий'));

function addWriting(group: Command, { t, withPorts }: Making, { noun, shown, one }: Words): void {
  /** What is stored, as it is after the commit. */
  const tell = async (ports: CommandPorts, ids: readonly number[], said: string, json: boolean): Promise<void> => {
    const act = commandAct(ports);
    if (!json) return ports.print(said);
    const rows = await Promise.all(ids.map((id) => findMoney(ports.database.work, act, noun, id, undefined)));
    ports.print(toJson(rows.length === 1 ? rows.map(shown)[0] : { items: rows.map(shown) }));
  };
  const add = withRow(
    contractArgument(group.command('add'), t)
      .argument('<sum>', t('the amount: 100.50', 'сумма: 100.50'), amountOption(t))
      .requiredOption('--type <id>', t('its type', 'тип'), identifier(t))
      .summary(t(`store a ${one}`, `внести ${one}`)),
    t,
  );
  if (noun.name === 'payment')
    add
      .option(
        '--distribution <rule>',
        t('split over members: equal, or 12:100.00,13:50.00', 'разделить по субдоговорам: equal или 12:100.00,13:50.00'),
      )
      .option('--external-id <id>', t('paid once for it', 'по нему платёж принимается один раз'))
      .option('--source <name>', t('whose external id it is', 'чей это external id'));
  withExamples(withJson(add, t), t, `${noun.name} add title:A-17 100.50 --type 3`).action(
    (contract: string, sum: bigint, { type: typeId, date: day, comment, distribution, externalId, source, json }) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const contractId = await contractIdOf(ports.database.work, act, contract);
        const input = { contractId, typeId, day, sum, comment };
        if (noun.name === 'charge') {
          const id = await ports.database.transaction((tx) => saveCharge(tx, act, input));
          return tell(ports, [id], t(`charge ${id} stored`, `расход ${id} внесён`), json);
        }
        const external = externalId === undefined ? undefined : { id: externalId, source };
        const { ids, replayed } = await ports.database.transaction((tx) => savePayment(tx, act, { ...input, distribution, external }));
        const said = replayed
          ? t(`it was sent before: payment ${ids.join(', ')}; nothing was done`, `уже принят: платёж ${ids.join(', ')}; ничего не сделано`)
          : t(`payment ${ids.join(', ')} stored`, `платёж ${ids.join(', ')} внесён`);
        return tell(ports, replayed ? [] : ids, said, json && !replayed);
      }),
  );
  const change = withRow(group.command('change').argument('<id>', t('its number', 'номер'), identifier(t)), t)
    .summary(t(`change a ${one}; what is left out stays`, `изменить ${one}; что не указано, остаётся`))
    .option('--sum <amount>', t('the amount', 'сумма'), amountOption(t))
    .option('--type <id>', t('its type', 'тип'), identifier(t));
  withJson(change, t).action((id: number, { sum, type: typeId, date: day, comment, json }) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const input = { id, sum, typeId, day, comment };
      await ports.database.transaction<unknown>((tx) =>
        noun.name === 'charge' ? saveCharge(tx, act, input) : savePayment(tx, act, input),
      );
      await tell(ports, [id], t(`${one} ${id} changed`, `${one} ${id}: изменено`), json);
    }),
  );
  group
    .command('delete')
    .argument('<id>', t('its number', 'номер'), identifier(t))
    .summary(t(`delete a ${one}; it goes to the archive`, `удалить ${one}; запись уходит в архив`))
    .action((id: number) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        await ports.database.transaction((tx) => (noun.name === 'charge' ? deleteCharge(tx, act, { id }) : deletePayment(tx, act, { id })));
        ports.print(t(`${one} ${id} deleted`, `${one} ${id}: удалено`));
      }),
    );
}

/** `vestnik billing payment ...` and `vestnik billing charge ...` */
export function addPaymentCommands(billing: Command, making: Making): void {
  const { t } = making;
  const families: readonly Words[] = [
    { noun: PAYMENTS, shown: shownPayment, many: t('payments', 'платежи'), one: t('payment', 'платёж') },
    { noun: CHARGES, shown: shownCharge, many: t('charges', 'расходы'), one: t('charge', 'расход') },
  ];
  for (const words of families) {
    const group = billing.command(words.noun.name).summary(words.many);
    addReading(group, making, words);
    addWriting(group, making, words);
  }
}
