import type { Language } from '../messages.ts';
import type { ServerLine } from './connection.ts';
import { LINE_EXIT, type LineExit, misuse } from './exit.ts';
import type { LineOptions } from './options.ts';
import { requestOf } from './request.ts';
import type { Session } from './session.ts';
import { errorOf, type Printer, type Screen } from './show.ts';

/** Status of a run that is under way, and kinds of news that MONITORING 1 brings. */
const RUNNING = '2';

/**
 * Shows how the last run of a task goes until it ends, then how it went. One that has ended is shown at once.
 * @param stop ends it early: by the user
 */
export async function watchTask(
  session: Session,
  [task, ...more]: readonly string[],
  view: { screen: Screen; printer: Printer; form: LineOptions['form']; language: Language },
  stop: AbortSignal,
): Promise<LineExit> {
  if (task === undefined || !/^\d+$/.test(task) || more.length > 0)
    throw misuse('watch needs one number: watch TASK', 'команде watch нужен один номер: watch ЗАДАНИЕ');
  const id = String(Number(task));
  let over: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  stop.addEventListener('abort', over, { once: true });
  const heard: ServerLine[] = [];
  let shown = Promise.resolve();
  const hear = (line: ServerLine): void => {
    const [name, first, second, , , status] = line.words;
    if ((name === 'REPORTREADY' ? first : second) !== id) return;
    if (name === 'GETTASKINFO') shown = shown.then(() => showProgress(line, view));
    else if (name === 'REPORTREADY' || (name === 'UPDATETASK' && status !== RUNNING)) over();
  };
  // What comes before the first picture is shown after it.
  const before = session.onNews((line) => void heard.push(line));
  try {
    const monitoring = await lastLine(session, ['MONITORING', '1']);
    if (errorOf(monitoring)) return await refuse(monitoring, view.printer);
    const first = await firstLine(session, ['GETTASKINFO', id]);
    if (errorOf(first)) return await refuse(first, view.printer);
    await showProgress(first, view);
    if (first.words[4] === RUNNING) {
      session.onNews(hear);
      heard.forEach(hear);
      await Promise.race([ended, session.over]);
      await shown;
      if (!stop.aborted) await showProgress(await firstLine(session, ['GETTASKINFO', id]), view);
    }
    await lastLine(session, ['MONITORING', '0']);
    return LINE_EXIT.done;
  } finally {
    stop.removeEventListener('abort', over);
    session.onNews(before);
  }
}

async function refuse(line: ServerLine, printer: Printer): Promise<LineExit> {
  await printer.answer(line);
  return LINE_EXIT.refused;
}

/** The first line of an answer; the others are read and dropped. */
async function firstLine(session: Session, words: readonly string[]): Promise<ServerLine> {
  let first: ServerLine | undefined;
  for await (const line of session.ask(requestOf([words]))) first ??= line;
  return first!;
}

async function lastLine(session: Session, words: readonly string[]): Promise<ServerLine> {
  let last: ServerLine | undefined;
  for await (const line of session.ask(requestOf([words]))) last = line;
  return last!;
}

/** Counters of a run (`BEGIN`, `OK`), or the result of one subscriber (`ABON`). */
async function showProgress(
  line: ServerLine,
  { screen, printer, form, language }: { screen: Screen; printer: Printer; form: LineOptions['form']; language: Language },
): Promise<void> {
  if (form !== 'text') return printer.answer(line);
  const [, kind, , run, ...values] = line.words;
  if (kind === 'ABON') {
    const [person, result, attempts, time, address = '', channel = ''] = values;
    return screen.out(
      `  ${time} ${resultText(result, language)}: ${language === 'ru' ? 'абонент' : 'subscriber'} ${person} ${address} (${attempts}, ${channel})\n`,
    );
  }
  const [status, start, total, done, notified, confirmed, failed, left] = values;
  const state = statusText(status, language);
  return screen.out(
    language === 'ru'
      ? `запуск ${run}, ${start}, ${state}: готово ${done} из ${total}, оповещено ${notified}, подтвердили ${confirmed}, неудачно ${failed}, осталось ${left}\n`
      : `run ${run}, ${start}, ${state}: done ${done} of ${total}, notified ${notified}, confirmed ${confirmed}, failed ${failed}, left ${left}\n`,
  );
}

const STATUSES = {
  en: ['idle', 'waiting', 'running', 'stopped', 'finished', 'failed', 'disabled'],
  ru: ['не запущено', 'ждёт расписания', 'выполняется', 'остановлено', 'завершено', 'не выполнено', 'отключено'],
} as const;
const RESULTS = {
  en: 'queued,in progress,notified,confirmed,no answer,busy,refused or invalid,wrong PIN or code,answering machine,excluded,no usable address,channel error,cancelled,heard but not confirmed,unknown,expired'.split(
    ',',
  ),
  ru: 'в очереди,в работе,оповещён,подтвердил,нет ответа,занято,отказ или неверный адрес,неверный PIN или код,автоответчик,исключён,нет подходящего адреса,сбой канала,отменено,прослушал и не подтвердил,неизвестно,время истекло'.split(
    ',',
  ),
} as const;

function statusText(number = '', language: Language): string {
  return STATUSES[language][Number(number)] ?? number;
}

function resultText(number = '', language: Language): string {
  return RESULTS[language][Number(number)] ?? number;
}
