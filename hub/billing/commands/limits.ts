import type { Command } from 'commander';
import { wholeNumber } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { showLimit } from '../api/limits.ts';
import { listLimitHistory, readLimit } from '../list-limit-history.ts';
import { type Money, moneyText } from '../money.ts';
import { cancelLimitPlan, setContractLimit, setTemporaryLimit } from '../set-limit.ts';
import { commandAct } from './command-act.ts';
import { amountOption, contractArgument, contractIdOf } from './contracts-arguments.ts';

const MOST_DAYS = 3_660;

function addReading(limit: Command, { t, withPorts }: Making): void {
  withJson(
    contractArgument(limit.command('show'), t).summary(t('the limit, and the return that is planned', 'лимит и запланированный возврат')),
    t,
  ).action((which: string, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const db = ports.database.work;
      const shown = await showLimit(db, act, await contractIdOf(db, act, which));
      if (options.json) return ports.print(toJson(shown));
      ports.print(
        renderFields([
          [t('limit', 'лимит'), shown.limit],
          [t('returns to', 'вернётся к'), shown.plan?.limit],
          [t('on', 'дата возврата'), shown.plan?.due_on],
        ]),
      );
    }),
  );
  withPage(
    contractArgument(limit.command('log'), t).summary(t('which limits it had, the newest first', 'какие лимиты были, новые сначала')),
    t,
  ).action((which: string, options) =>
    withPorts(async (ports) => {
      const { after, limit: rows = 100 } = options;
      const db = ports.database.work;
      const act = commandAct(ports);
      const id = await contractIdOf(db, act, which);
      const page = await listLimitHistory(db, act, id, { limit: rows, after });
      if (options.json) return ports.print(toJson(page));
      const titles = [t('AT', 'КОГДА'), t('BY', 'КЕМ'), t('LIMIT', 'ЛИМИТ'), t('DAYS', 'ДНЕЙ'), t('COMMENT', 'КОММЕНТАРИЙ')];
      ports.print(
        pageText(
          renderTable(
            titles,
            page.items.map((row) => [row.at, row.login, row.value, row.days, row.comment]),
          ),
          page.next,
          t,
        ),
      );
    }),
  );
}

/** `vestnik billing limit ...` */
export function addLimitCommands(billing: Command, making: Making): void {
  const { t, withPorts } = making;
  const limit = billing
    .command('limit')
    .summary(t('the limit of a contract: the lowest balance still allowed', 'лимит договора: наименьший допустимый баланс'));
  addReading(limit, making);
  const set = contractArgument(limit.command('set'), t)
    .argument('<amount>', t('the limit; a negative one gives credit', 'лимит; отрицательный даёт кредит'), amountOption(t))
    .summary(t('set the limit for good, or for some days', 'задать лимит навсегда или на несколько дней'))
    .option(
      '--days <number>',
      t('for so many days, then it returns by itself', 'на столько дней, затем вернётся сам'),
      wholeNumber(t, 1, MOST_DAYS),
    )
    .option('--comment <text>', t('why', 'причина'));
  withExamples(set, t, 'limit set 17 -500', 'limit set 17 --days 3 --comment "обещанный платёж" -500').action(
    (which: string, amount: Money, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        const { days, comment } = options;
        await ports.database.transaction((tx) =>
          days === undefined ? setContractLimit(tx, act, id, amount, comment) : setTemporaryLimit(tx, act, id, amount, days, comment),
        );
        const text = moneyText(amount);
        ports.print(
          days === undefined
            ? t(`contract ${id}: limit ${text}`, `договор ${id}: лимит ${text}`)
            : t(`contract ${id}: limit ${text} for ${days} days`, `договор ${id}: лимит ${text} на ${days} дн.`),
        );
      }),
  );
  contractArgument(limit.command('keep'), t)
    .summary(t('cancel the planned return: the present limit stays', 'отменить возврат: лимит остаётся'))
    .action((which: string) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        const { plan } = await readLimit(ports.database.work, act, id);
        await ports.database.transaction((tx) => cancelLimitPlan(tx, act, id, plan?.id ?? 0));
        ports.print(t(`contract ${id}: the limit stays`, `договор ${id}: лимит остаётся`));
      }),
    );
}
