import { type Command, Option } from 'commander';
import { identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { provingPassword } from '../../core/terminal/password-input.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { beforeStartJson, runJson, standingJson } from '../api/run-answers.ts';
import { checkBeforeStart } from '../check-before-start.ts';
import { provePassword } from '../confirm-start.ts';
import { listRuns, runOfTask } from '../list-runs.ts';
import { recordReport } from '../record-report.ts';
import type { ReportLanguage } from '../report-words.ts';
import { startRun } from '../start-run.ts';
import { stopRun } from '../stop-run.ts';
import { beginReport, REPORT_FORMATS, type ReportFormat, reportOfRun } from '../write-report.ts';
import type { AlertMaking, AlertPorts } from './alert-ports.ts';
import { writeNewFile } from './local-files.ts';
import { shownState } from './shown-words.ts';

async function proveOperator({ authentication }: AlertPorts, login: string, t: Translate): Promise<Temporal.Instant> {
  await provePassword(authentication, login, await provingPassword(login, t), 'local');
  return Temporal.Now.instant();
}

/** `vestnik alerts task start|check|stop|runs`. @param task the noun of tasks */
function addRuns(task: Command, { t, withPorts }: AlertMaking): void {
  withJson(
    task
      .command('start')
      .summary(t('start a task, or continue one that was stopped', 'запустить задание или продолжить остановленное'))
      .argument('<id>', '', identifier(t))
      .option('--restart', t('a new run from scratch', 'новый запуск с начала'))
      .option(
        '--operator <login>',
        t(
          'confirm by the password of an operator, where alerts.confirmStart is on; it is asked for, or read from standard input',
          'подтвердить паролем оператора, если включена alerts.confirmStart; он спрашивается или читается со стандартного ввода',
        ),
      ),
    t,
  ).action((id: number, { restart = false, operator, json }) =>
    withPorts(async (ports) => {
      const provedAt = operator === undefined ? undefined : await proveOperator(ports, operator, t);
      const initiator = { login: ports.caller.login, how: 'cli', from: operator ?? '' } as const;
      const standing = await ports.database.transaction((tx) => startRun(tx, ports.act(), id, { restart, initiator, provedAt }));
      if (json) return ports.print(toJson(standingJson(standing)));
      const number = standing.run?.number ?? '';
      ports.print(
        standing.changed
          ? t(`task ${id} runs, run ${number}`, `задание ${id} выполняется, запуск ${number}`)
          : t(`task ${id} runs already, run ${number}`, `задание ${id} уже выполняется, запуск ${number}`),
      );
      const { withoutAddress = 0, withoutPin = 0 } = standing.warnings ?? {};
      if (withoutAddress > 0)
        ports.print(t(`people without an address that does: ${withoutAddress}`, `абонентов без подходящего адреса: ${withoutAddress}`));
      if (withoutPin > 0)
        ports.print(
          t(
            `people who cannot confirm, as they have no PIN: ${withoutPin}`,
            `абонентов без ПИН-кода, подтвердить они не смогут: ${withoutPin}`,
          ),
        );
    }),
  );
  withJson(
    task
      .command('check')
      .summary(t('what a start would do now; nothing is started', 'что сделал бы пуск сейчас; ничего не запускается'))
      .argument('<id>', '', identifier(t)),
    t,
  ).action((id: number, { json }) =>
    withPorts(async (ports) => {
      const found = await checkBeforeStart(ports.database.work, ports.act(), id);
      // A script asks by the exit code.
      if (found.refusal) process.exitCode = 1;
      if (json) return ports.print(toJson(beforeStartJson(found)));
      const { refusal, running, people, excluded, withoutAddress, withoutPin, proof } = found;
      const lines = [
        refusal
          ? t(refusal.message, refusal.russian ?? refusal.message)
          : running
            ? t(`task ${id} runs already`, `задание ${id} уже выполняется`)
            : t(`task ${id} can be started`, `задание ${id} можно запустить`),
        t(
          `people ${people}, excluded now ${excluded}, without an address that fits ${withoutAddress}, without the PIN that is asked for ${withoutPin}`,
          `абонентов ${people}, исключено сейчас ${excluded}, без подходящего адреса ${withoutAddress}, без ПИН-кода, который спрашивается, ${withoutPin}`,
        ),
        ...(proof ? [t('the password is asked for: --operator LOGIN', 'спрашивается пароль: --operator ЛОГИН')] : []),
      ];
      ports.print(lines.join('\n'));
    }),
  );
  withJson(task.command('stop').summary(t('stop a task', 'остановить задание')).argument('<id>', '', identifier(t)), t).action(
    (id: number, { json }) =>
      withPorts(async (ports) => {
        const standing = await ports.database.transaction((tx) => stopRun(tx, ports.act(), id));
        if (json) return ports.print(toJson(standingJson(standing)));
        ports.print(
          standing.changed
            ? t(`task ${id} is stopped`, `задание ${id} остановлено`)
            : t(`task ${id} does not run`, `задание ${id} не выполняется`),
        );
      }),
  );
  withPage(
    task
      .command('runs')
      .summary(t('runs of a task, the newest first', 'запуски задания, начиная с последнего'))
      .argument('<id>', '', identifier(t)),
    t,
  ).action((id: number, { limit = 100, after, json }) =>
    withPorts(async ({ database, print }) => {
      const { items, next } = await listRuns(database.work, { taskId: id, limit, after });
      if (json) return print(toJson({ items: items.map(runJson), next }));
      const titles = [
        t('RUN', 'ЗАПУСК'),
        t('STATUS', 'СОСТОЯНИЕ'),
        t('STARTED', 'НАЧАЛО'),
        t('TOTAL', 'ВСЕГО'),
        t('NOTIFIED', 'ОПОВЕЩЕНО'),
        t('CONFIRMED', 'ПОДТВЕРДИЛИ'),
        t('FAILED', 'НЕ ОПОВЕЩЕНО'),
        t('LEFT', 'ОСТАЛОСЬ'),
      ];
      const rows = items.map((view) => {
        const { number, status, total, notified, confirmed, failed, left } = runJson(view);
        return [number, shownState(status, t), view.row.startedAt, total, notified, confirmed, failed, left];
      });
      print(pageText(renderTable(titles, rows), next, t));
    }),
  );
}

/** `vestnik alerts report <task>`. */
function addReport(alerts: Command, { t, withPorts }: AlertMaking): void {
  const command = alerts
    .command('report')
    .summary(t('write the report of a run into a file', 'записать отчёт о запуске в файл'))
    .argument('<task>', '', identifier(t))
    .option(
      '--run <number>',
      t('number of the run (default: the last)', 'номер запуска (по умолчанию последний)'),
      wholeNumber(t, 1, 2_147_483_647),
    )
    .addOption(
      new Option(
        '--format <format>',
        t('form of the file (default: that of the settings)', 'вид файла (по умолчанию из настроек)'),
      ).choices(REPORT_FORMATS),
    )
    .requiredOption('--out <file>', t('a file that is not there yet', 'файл, которого ещё нет'));
  withExamples(command, t, 'report 7 --format xlsx --out report.xlsx', 'report 7 --run 3 --out report.html').action(
    (task: number, { run, format, out }) =>
      withPorts(async ({ caller, database, settings, print }) => {
        const wanted: ReportFormat = format ?? settings.reportFormat.toLowerCase();
        // Of the command line, as all that it prints; not of the hub.
        const language = t('en', 'ru') as ReportLanguage;
        const ports = { db: database.work, manner: { language, zone: settings.zone } };
        const wantedRun = await runOfTask(database.work, task, run);
        const pieces = await beginReport(reportOfRun(ports, wantedRun.runId, wanted));
        await recordReport(database, caller, wantedRun, wanted);
        await writeNewFile(out, pieces);
        print(t(`the report is in ${out}`, `отчёт записан в ${out}`));
      }),
  );
}

/** Runs and their reports on the command line. @param task the noun of tasks */
export function addRunCommands(alerts: Command, task: Command, making: AlertMaking): void {
  addRuns(task, making);
  addReport(alerts, making);
}
