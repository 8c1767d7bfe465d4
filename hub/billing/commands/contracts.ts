import { type Command, Option } from 'commander';
import { identifier } from '../../core/terminal/arguments.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { showFound } from '../api/contract-answers.ts';
import { showCard } from '../api/contract-card.ts';
import { changeContract } from '../change-contract.ts';
import { changeFamily } from '../change-family.ts';
import { createContract } from '../create-contract.ts';
import { deleteContract } from '../delete-contract.ts';
import { readContractPassword } from '../read-contract-password.ts';
import { searchContracts } from '../search-contracts.ts';
import { setContractPassword } from '../set-contract-password.ts';
import { commandAct } from './command-act.ts';
import { contractArgument, contractIdOf, dayOption, dayOrNone, endOf, numbersOption } from './contracts-arguments.ts';
import { addContractMarkCommands } from './contracts-marks.ts';
import { addContractOptionCommands } from './contracts-options.ts';
import { addContractParameterCommands } from './contracts-parameters.ts';
import { addContractServiceCommands } from './contracts-services.ts';
import { cardText, foundTable } from './contracts-texts.ts';

function addFind(contract: Command, { t, withPorts }: Making): void {
  const find = contract
    .command('find [title]')
    .summary(t('find contracts by the beginning of the title', 'найти договоры по началу названия'))
    .option('--comment <text>', t('contained in the comment', 'часть комментария'))
    .option('--parameter <id>', t('the parameter in which --value is looked for', 'параметр, в котором искать --value'), identifier(t))
    .option('--value <text>', t('contained in the value of a parameter', 'часть значения параметра'))
    .option('--group <ids>', t('with one of these groups', 'с одной из этих групп'), numbersOption(t))
    .option('--label <ids>', t('with one of these labels', 'с одной из этих меток'), numbersOption(t))
    .option('--status <codes>', t('with one of these statuses', 'с одним из этих статусов'), numbersOption(t))
    .option('--domain <id>', t('of this domain', 'этого домена'), identifier(t))
    .option('--head <id>', t('members of this head', 'субдоговоры этого договора'), identifier(t))
    .option('--members', t('members of families, too', 'вместе с субдоговорами'))
    .option('--closed', t('those that are over, too', 'вместе с закрытыми'))
    .option('--hidden', t('hidden ones, too', 'вместе со скрытыми'))
    .option('--total', t('say how many there are', 'сказать, сколько всего'));
  withExamples(
    withPage(find, t),
    t,
    'contract find Д-10',
    'contract find --value "+7 900 555" --json',
    'contract find --status 3 --total',
  ).action((title: string | undefined, options) =>
    withPorts(async (ports) => {
      const { comment, parameter, value, group, label, status, domain, head, after, limit = 100 } = options;
      const { items, next, total } = await searchContracts(ports.database.work, commandAct(ports), {
        ...(title !== undefined && { beginning: title }),
        ...(comment !== undefined && { comment }),
        ...((parameter !== undefined || value !== undefined) && {
          value: { ...(parameter !== undefined && { parameterId: parameter }), ...(value !== undefined && { text: value }) },
        }),
        ...(group && { groups: group }),
        ...(label && { labels: label }),
        ...(status && { statuses: status }),
        ...(domain !== undefined && { domainId: domain }),
        ...(head !== undefined && { headId: head }),
        members: options.members === true || head !== undefined,
        closed: options.closed === true,
        hidden: options.hidden === true,
        total: options.total === true,
        limit,
        after,
      });
      const shown = items.map(showFound);
      if (options.json) return ports.print(toJson({ items: shown, next, ...(total !== undefined && { total }) }));
      ports.print(pageText(foundTable(shown, t), next, t));
      if (total !== undefined) ports.print(t(`${total} in all`, `всего ${total}`));
    }),
  );
}

function addCreate(contract: Command, { t, withPorts }: Making): void {
  const create = contract
    .command('create [title]')
    .summary(t('make a contract by a pattern, a title or both', 'создать договор по шаблону, названию или тому и другому'))
    .option('--pattern <id>', t('the pattern; without a title it gives the number', 'шаблон; без названия он даёт номер'), identifier(t))
    .option('--comment <text>', t('a comment', 'комментарий'))
    .option('--from <day>', t('the first day (default: today)', 'первый день (по умолчанию сегодня)'), dayOption(t))
    .option('--head <id>', t('makes it a member of this head', 'сделать субдоговором этого договора'), identifier(t))
    .option('--independent', t('a member with a balance of its own', 'субдоговор со своим балансом'));
  withExamples(withJson(create, t), t, 'contract create --pattern 1', 'contract create Д-100 --comment "Иванов И. И."').action(
    (title: string | undefined, options) =>
      withPorts(async (ports) => {
        const { pattern = 0, comment, from, head = 0, independent } = options;
        const act = commandAct(ports);
        const made = await ports.database.transaction((tx) =>
          createContract(tx, act, {
            patternId: pattern,
            superId: head,
            subMode: independent ? 1 : 0,
            ...(title !== undefined && { title }),
            ...(comment !== undefined && { comment }),
            ...(from && { dateFrom: from }),
          }),
        );
        ports.print(options.json ? toJson(made) : t(`contract ${made.id} made: ${made.title}`, `договор ${made.id} создан: ${made.title}`));
      }),
  );
}

function addChange(contract: Command, { t, withPorts }: Making): void {
  const change = contractArgument(contract.command('change'), t)
    .summary(t('change the record of a contract', 'изменить запись договора'))
    .option('--title <title>', t('a new title', 'новое название'))
    .option('--comment <text>', t('a new comment', 'новый комментарий'))
    .option('--from <day>', t('the first day', 'первый день'), dayOption(t))
    .option('--to <day>', t('the last day, or none', 'последний день или none'), dayOrNone(t))
    .addOption(new Option('--mode <mode>', t('when fees are taken', 'режим списания')).choices(['credit', 'debit']))
    .addOption(new Option('--person <kind>', t('person or company', 'физическое или юридическое лицо')).choices(['person', 'company']))
    .option('--hide', t('hide it', 'скрыть'))
    .option('--unhide', t('show it again', 'снова показывать'));
  withExamples(change, t, 'contract change 17 --comment "переезд" --to 2026-12-31', 'contract change title:Д-100 --to none').action(
    (which: string, options) =>
      withPorts(async (ports) => {
        const { title, comment, from, to, mode, person, hide, unhide } = options;
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction((tx) =>
          changeContract(tx, act, id, {
            ...(title !== undefined && { title }),
            ...(comment !== undefined && { comment }),
            ...(from && { dateFrom: from }),
            ...(to !== undefined && { dateTo: endOf(to) }),
            ...(mode && { mode: mode === 'debit' ? 1 : 0 }),
            ...(person && { personType: person === 'company' ? 1 : 0 }),
            ...((hide || unhide) && { hidden: hide === true }),
          }),
        );
        ports.print(t(`contract ${id} changed`, `договор ${id} изменён`));
      }),
  );
  contractArgument(contract.command('delete'), t)
    .summary(t('move a contract with all its rows to the archive', 'перенести договор со всеми данными в архив'))
    .action((which: string) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction((tx) => deleteContract(tx, act, id));
        ports.print(t(`contract ${id} deleted`, `договор ${id} удалён`));
      }),
    );
}

const withFamilyOptions = (command: Command, t: Translate): Command =>
  command
    .option('--head <id>', t('becomes a member of this head', 'становится субдоговором этого договора'), identifier(t))
    .option('--independent', t('with a balance of its own', 'со своим балансом'))
    .option('--leave', t('becomes a plain contract', 'становится обычным договором'));

function addRest(contract: Command, { t, withPorts }: Making): void {
  const family = contractArgument(contract.command('family'), t).summary(
    t(
      'make it a member of a head, or let it leave; its money moves with it',
      'сделать субдоговором или вывести; деньги переходят вместе с ним',
    ),
  );
  withExamples(withFamilyOptions(family, t), t, 'contract family 17 --head 5', 'contract family 17 --leave').action(
    (which: string, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        if ((options.head === undefined) === (options.leave !== true))
          throw family.error(t('error: either --head or --leave is needed', 'ошибка: нужно --head или --leave'));
        await ports.database.transaction((tx) =>
          changeFamily(tx, act, id, { superId: options.head ?? 0, subMode: options.independent ? 1 : 0 }),
        );
        ports.print(t(`contract ${id} changed`, `договор ${id} изменён`));
      }),
  );
  contractArgument(contract.command('password'), t)
    .summary(
      t(
        'print the password of the subscriber; that it was read stands in the audit',
        'вывести пароль абонента; чтение записывается в аудит',
      ),
    )
    .option('--generate', t('make a new one first', 'сначала создать новый'))
    .action((which: string, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        const password = await ports.database.transaction(async (tx) => {
          if (options.generate) await setContractPassword(tx, act, id, undefined);
          return readContractPassword(tx, act, id);
        });
        ports.print(password === '' ? t('there is no password', 'пароля нет') : password);
      }),
    );
}

/** `vestnik billing contract ...` */
export function addContractCommands(billing: Command, making: Making): void {
  const { t, withPorts } = making;
  const contract = billing.command('contract').alias('contracts').summary(t('contracts', 'договоры'));
  addFind(contract, making);
  const show = contractArgument(contract.command('show'), t).summary(t('show the card of a contract', 'показать карточку договора'));
  withExamples(withJson(show, t), t, 'contract show 17', 'contract show title:Д-100 --json').action((which: string, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const card = await showCard(ports.database.work, act, await contractIdOf(ports.database.work, act, which));
      ports.print(options.json ? toJson(card) : cardText(card, t));
    }),
  );
  addCreate(contract, making);
  addChange(contract, making);
  addRest(contract, making);
  addContractMarkCommands(contract, making);
  addContractParameterCommands(contract, making);
  addContractServiceCommands(contract, making);
  addContractOptionCommands(contract, making);
}
