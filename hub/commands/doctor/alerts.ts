import { checkReadiness, MOST_TEXTS, type Readiness } from '../../alerts/serving.ts';
import type { Configuration } from '../../config.ts';
import type { Database } from '../../core/database/database.ts';
import type { CommandContext } from '../context.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

type Words = Pick<CommandContext, 't'>;

/** Things that a line names; the rest is counted. */
const NAMED = 5;
/** Days before the end of a licence in which it is told of. */
const LICENCE_SOON = 30;
/** Of PostgreSQL: a table or column that a migration will make. */
const NOT_MIGRATED: ReadonlySet<unknown> = new Set(['42P01', '42703']);

/** `7 «Fire», 9 «Flood» and 3 more` */
function listed<T extends { readonly id: number; readonly name: string }>(
  things: readonly T[],
  { t }: Words,
  more: (thing: T) => string = () => '',
): string {
  const shown = things.slice(0, NAMED).map((thing) => `${thing.id} «${thing.name}»${more(thing)}`);
  const rest = things.length - shown.length;
  return shown.join(', ') + (rest > 0 ? t(` and ${rest} more`, ` и ещё ${rest}`) : '');
}

function licenceFindings({ licence, settings, tasks }: Readiness, { t }: Words): Finding[] {
  const name = t('alerts licence', 'лицензия оповещения');
  const next = t(
    '`vestnik alerts setting list licence.` and `setting set`, or PUT /api/v1/alerts/licence',
    '`vestnik alerts setting list licence.` и `setting set` либо PUT /api/v1/alerts/licence',
  );
  const { validTo, present, gsmModems } = settings.licence;
  const findings: Finding[] = [];
  if (licence.ended) {
    const said =
      present === 'no'
        ? t('there is none: no task can be started', 'её нет: ни одно задание не запустится')
        : t(`ended on ${validTo}: no task can be started`, `кончилась ${validTo}: ни одно задание не запустится`);
    findings.push(tasks > 0 ? fail(name, said, next) : warn(name, said, next));
  } else if (licence.days !== undefined && licence.days <= LICENCE_SOON)
    findings.push(
      warn(name, t(`ends on ${validTo}, ${licence.days} days left`, `кончается ${validTo}, осталось дней: ${licence.days}`), next),
    );
  else findings.push(ok(name, validTo === undefined ? t('without an end', 'бессрочная') : t(`until ${validTo}`, `до ${validTo}`)));
  if (licence.modems > gsmModems)
    findings.push(
      warn(
        name,
        t(
          `${licence.modems} GSM modems are on, ${gsmModems} are allowed`,
          `включено модемов GSM: ${licence.modems}, разрешено: ${gsmModems}`,
        ),
        t('switch some off: `vestnik alerts channel disable N`', 'отключите лишние: `vestnik alerts channel disable N`'),
      ),
    );
  return findings;
}

function channelFinding({ channels, faults, hubRuns, tasks }: Readiness, { t }: Words): Finding {
  const name = t('alerts channels', 'каналы оповещения');
  const next = t('`vestnik alerts channel list`; docs/alerts.md', '`vestnik alerts channel list`; docs/alerts.ru.md');
  if (channels === 0) {
    const none = t('none is switched on', 'ни один не включён');
    return tasks === 0 ? ok(name, none) : warn(name, none, t('`vestnik alerts channel-group add`', '`vestnik alerts channel-group add`'));
  }
  if (!hubRuns)
    return ok(
      name,
      t(
        `${channels} are on; no hub runs, so nobody knows how they stand`,
        `включено: ${channels}; сервер не работает, их состояние неизвестно`,
      ),
    );
  if (faults.length === 0) return ok(name, t(`${channels} are on, none is in fault`, `включено: ${channels}, неисправных нет`));
  const said = listed(faults, { t }, ({ group, info }) => ` (${[group, info].filter((part) => part !== '').join(': ')})`);
  const text = t(`${faults.length} of ${channels} are in fault: ${said}`, `неисправны ${faults.length} из ${channels}: ${said}`);
  return faults.length === channels ? fail(name, text, next) : warn(name, text, next);
}

function pinFinding({ refusedPins }: Readiness, words: Words): Finding[] {
  const { t } = words;
  if (refusedPins.length === 0) return [];
  return [
    warn(
      t('alerts channels', 'каналы оповещения'),
      t(
        `the SIM did not take its PIN, which is not given again: ${listed(refusedPins, words)}`,
        `SIM-карта не приняла ПИН-код, больше он не вводится: ${listed(refusedPins, words)}`,
      ),
      t(
        'correct the PIN in the settings of the group; three wrong ones lock the SIM',
        'исправьте ПИН-код в настройках группы: после трёх неверных SIM-карта блокируется',
      ),
    ),
  ];
}

function taskFindings({ tasks, unstartable, refused, unconfirmable }: Readiness, words: Words): Finding[] {
  const { t } = words;
  const name = t('alerts tasks', 'задания оповещения');
  const findings: Finding[] = [];
  if (unstartable.length > 0) {
    const said = listed(unstartable, words, ({ english, russian }) => ` (${t(english, russian)})`);
    findings.push(
      warn(
        name,
        t(`${unstartable.length} of ${tasks} cannot be started: ${said}`, `не запустятся ${unstartable.length} из ${tasks}: ${said}`),
        t('see channels and licence, or disable the tasks', 'проверьте каналы и лицензию или отключите задания'),
      ),
    );
  }
  if (refused.length > 0)
    findings.push(
      warn(
        name,
        t(
          `the last start by itself was refused: ${listed(refused, words)}`,
          `последний самостоятельный пуск не состоялся: ${listed(refused, words)}`,
        ),
        t('GETLOG and the event vestnik.alerts.start.refused say why', 'причину говорят GETLOG и событие vestnik.alerts.start.refused'),
      ),
    );
  if (unconfirmable.length > 0)
    findings.push(
      warn(
        name,
        t(
          `mails ask for a confirmation and carry no link: ${listed(unconfirmable, words)}`,
          `письма просят подтверждения, но ссылки в них нет: ${listed(unconfirmable, words)}`,
        ),
        t('set alerts.publicUrl', 'задайте alerts.publicUrl'),
      ),
    );
  return findings.length > 0 ? findings : [ok(name, t(`${tasks} enabled, all can be started`, `включено: ${tasks}, запустить можно все`))];
}

function scheduleFindings({ unreadable, neverStarting, overdue, hubRuns }: Readiness, words: Words): Finding[] {
  const { t } = words;
  const name = t('alerts schedules', 'расписания оповещения');
  const findings: Finding[] = [];
  if (unreadable.length > 0)
    findings.push(
      warn(
        name,
        t(
          `cannot be read, and start nothing: ${listed(unreadable, words)}`,
          `не читаются и ничего не запускают: ${listed(unreadable, words)}`,
        ),
        t('set the schedule again: `vestnik alerts task set N`', 'задайте расписание заново: `vestnik alerts task set N`'),
      ),
    );
  if (neverStarting.length > 0)
    findings.push(
      warn(
        name,
        t(
          `will never start, their time has passed: ${listed(neverStarting, words)}`,
          `не запустятся никогда, их время прошло: ${listed(neverStarting, words)}`,
        ),
        t('give them another time, or start them by hand', 'задайте другое время или запустите вручную'),
      ),
    );
  if (overdue.length > 0)
    findings.push(
      warn(
        name,
        t(`late: ${listed(overdue, words, ({ at }) => ` (${at})`)}`, `опаздывают: ${listed(overdue, words, ({ at }) => ` (${at})`)}`),
        hubRuns
          ? t('the log of the hub says why', 'причина в журнале сервера')
          : t(
              'start the hub; what is later than `late` allows is skipped',
              'запустите сервер; что опоздало больше, чем разрешает `late`, пропускается',
            ),
      ),
    );
  return findings;
}

function peopleFindings({ gaps }: Readiness, words: Words): Finding[] {
  const { t } = words;
  const name = t('alerts people', 'абоненты оповещения');
  const findings: Finding[] = [];
  const unreachable = gaps.filter((task) => task.unreachable > 0);
  const pinless = gaps.filter((task) => task.pinless > 0);
  if (unreachable.length > 0)
    findings.push(
      warn(
        name,
        t(
          `without an address that fits, by task: ${listed(unreachable, words, (task) => ` (${task.unreachable})`)}`,
          `без подходящего адреса, по заданиям: ${listed(unreachable, words, (task) => ` (${task.unreachable})`)}`,
        ),
        t(
          'complete the directory: mobile phones for SMS, e-mails for mail',
          'дополните справочник: мобильные телефоны для SMS, адреса для почты',
        ),
      ),
    );
  if (pinless.length > 0)
    findings.push(
      warn(
        name,
        t(
          `without the PIN that is asked for, by task: ${listed(pinless, words, (task) => ` (${task.pinless})`)}`,
          `без ПИН-кода, который спрашивается, по заданиям: ${listed(pinless, words, (task) => ` (${task.pinless})`)}`,
        ),
        t('they can be told, but cannot confirm: give them PINs', 'оповестить их можно, подтвердить они не смогут: задайте ПИН-коды'),
      ),
    );
  return findings;
}

function textFindings({ foreign }: Readiness, words: Words): Finding[] {
  const { t } = words;
  if (foreign.length === 0) return [];
  const count = foreign.length > MOST_TEXTS ? t(`more than ${MOST_TEXTS}`, `больше ${MOST_TEXTS}`) : String(foreign.length);
  return [
    warn(
      t('alerts texts', 'тексты оповещения'),
      t(
        `${count} with signs outside of windows-1251: ${listed(foreign, words, ({ kind }) => ` (${kind})`)}`,
        `вне windows-1251: ${count}: ${listed(foreign, words, ({ kind }) => ` (${kind})`)}`,
      ),
      t('clients of the line protocol see ? in their place', 'клиенты строкового протокола видят вместо них ?'),
    ),
  ];
}

function ruleFindings({ deadRules }: Readiness, words: Words): Finding[] {
  const { t } = words;
  if (deadRules.length === 0) return [];
  return [
    warn(
      t('alerts rules', 'правила оповещения'),
      t(
        `start nothing, their tasks are disabled or deleted: ${listed(deadRules, words)}`,
        `ничего не запускают, их задания отключены или удалены: ${listed(deadRules, words)}`,
      ),
      t(
        '`vestnik alerts rule set N --set enabled=false`, or another task',
        '`vestnik alerts rule set N --set enabled=false` или другое задание',
      ),
    ),
  ];
}

/** Whether alerts could go out now: licence, channels, tasks, schedules, people, texts and rules; nothing before the first start. */
export async function alertFindings(
  database: Database,
  { alerts }: Configuration,
  words: Words,
  now = Temporal.Now.instant(),
): Promise<Finding[]> {
  try {
    const readiness = await checkReadiness(database.work, alerts, now);
    return [
      ...licenceFindings(readiness, words),
      channelFinding(readiness, words),
      ...pinFinding(readiness, words),
      ...taskFindings(readiness, words),
      ...scheduleFindings(readiness, words),
      ...peopleFindings(readiness, words),
      ...textFindings(readiness, words),
      ...ruleFindings(readiness, words),
    ];
  } catch (error) {
    if (NOT_MIGRATED.has((error as { code?: unknown }).code)) return [];
    throw error;
  }
}
