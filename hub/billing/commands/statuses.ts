import type { Command } from 'commander';
import { identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { showTimeLine } from '../api/statuses.ts';
import { cancelScheduledStatus, changeStatus } from '../change-status.ts';
import { listStatusLog, type When } from '../list-statuses.ts';
import { commandAct } from './command-act.ts';
import { contractArgument, contractIdOf, dayOption, dayOrNone, endOf, periodText } from './contracts-arguments.ts';

const whenText = (when: When, t: Translate): string =>
  ({ past: t('was', 'был'), present: t('is', 'действует'), planned: t('planned', 'план') })[when];

function addLog(status: Command, { t, withPorts }: Making): void {
  withPage(
    contractArgument(status.command('log'), t).summary(
      t('who set which status, the newest first', 'кто какой статус ставил, новые сначала'),
    ),
    t,
  ).action((which: string, options) =>
    withPorts(async (ports) => {
      const { after, limit = 100 } = options;
      const db = ports.database.work;
      const act = commandAct(ports);
      const id = await contractIdOf(db, act, which);
      const page = await listStatusLog(db, act, id, { limit, after });
      if (options.json) return ports.print(toJson(page));
      const titles = [
        t('AT', 'КОГДА'),
        t('BY', 'КЕМ'),
        t('STATUS', 'СТАТУС'),
        t('DAYS', 'СРОК'),
        t('WHY', 'ПРИЧИНА'),
        t('COMMENT', 'КОММЕНТАРИЙ'),
      ];
      const rows = page.items.map((row) => [
        row.at,
        row.login,
        row.status,
        periodText(row.dateFrom.toString(), row.dateTo?.toString() ?? null),
        row.reason,
        row.comment,
      ]);
      ports.print(pageText(renderTable(titles, rows), page.next, t));
    }),
  );
}

/** Options of a status to set; `what-if status` takes the same. */
export const withStatusOptions = (command: Command, t: Translate): Command =>
  command
    .argument(
      '<status>',
      t(
        'code of the status: 0 active, 2 disconnected, 3 closed, 4 suspended',
        'код статуса: 0 активен, 2 отключен, 3 закрыт, 4 приостановлен',
      ),
      wholeNumber(t, 0, 32_767),
    )
    .option(
      '--from <day>',
      t('the first day (default: today); a later one is a plan', 'первый день (по умолчанию сегодня); более поздний — план'),
      dayOption(t),
    )
    .option('--to <day>', t('the last day, or none (default)', 'последний день или none (по умолчанию)'), dayOrNone(t));

/** `vestnik billing status ...` */
export function addStatusCommands(billing: Command, making: Making): void {
  const { t, withPorts } = making;
  const status = billing.command('status').summary(t('statuses of a contract', 'статусы договора'));
  withJson(
    contractArgument(status.command('show'), t).summary(t('what was, what is, what is planned', 'что было, что есть, что запланировано')),
    t,
  ).action((which: string, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const db = ports.database.work;
      const line = await showTimeLine(db, act, await contractIdOf(db, act, which));
      if (options.json) return ports.print(toJson(line));
      const titles = ['ID', t('STATUS', 'СТАТУС'), t('DAYS', 'СРОК'), t('WHEN', 'КОГДА'), t('COMMENT', 'КОММЕНТАРИЙ')];
      ports.print(
        renderTable(
          titles,
          line.periods.map((row) => [
            row.id,
            `${row.title} (${row.status})`,
            periodText(row.date_from, row.date_to),
            whenText(row.when, t),
            row.comment,
          ]),
        ),
      );
    }),
  );
  const set = withStatusOptions(contractArgument(status.command('set'), t), t)
    .summary(t('set a status for a period, now or later', 'установить статус на период, сейчас или позже'))
    .option('--comment <text>', t('why', 'причина'));
  withExamples(set, t, 'status set 17 4 --to 2026-12-31 --comment "отпуск"', 'status set title:Д-100 2 --from 2026-12-01').action(
    (which: string, code: number, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        const { from = act.today, comment = '' } = options;
        const to = endOf(options.to);
        await ports.database.transaction((tx) =>
          changeStatus(tx, act, id, { status: code, dateFrom: from, dateTo: to, comment }, { reason: 'manual' }),
        );
        ports.print(t(`contract ${id}: status ${code} ${periodText(from, to)}`, `договор ${id}: статус ${code} ${periodText(from, to)}`));
      }),
  );
  contractArgument(status.command('cancel'), t)
    .argument('<period>', t('number of the planned status, as show prints it', 'номер плана, как его печатает show'), identifier(t))
    .summary(t('take a planned status back', 'отменить запланированный статус'))
    .action((which: string, period: number) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction((tx) => cancelScheduledStatus(tx, act, id, period));
        ports.print(t(`contract ${id}: plan ${period} canceled`, `договор ${id}: план ${period} отменён`));
      }),
    );
  addLog(status, making);
}
