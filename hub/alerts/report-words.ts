import type { RESULT } from './result.ts';

/** Languages of reports. */
export type ReportLanguage = 'ru' | 'en';
type Words = Readonly<Record<ReportLanguage, string>>;

const both = (ru: string, en: string): Words => ({ ru, en });

/** Texts of reports (specification of alerts 6.2). */
export const REPORT_WORDS = {
  title: both('Отчёт об оповещении', 'Report of an alert'),
  task: both('Задание', 'Task'),
  run: both('Запуск', 'Run'),
  ofRun: both('запуск', 'run'),
  made: both('Отчёт составлен', 'Report made'),
  type: both('Способ', 'Way'),
  list: both('Список рассылки', 'List'),
  message: both('Сообщение', 'Message'),
  text: both('Текст', 'Text'),
  started: both('Начало', 'Started'),
  ended: both('Конец', 'Ended'),
  underWay: both('ещё идёт', 'under way'),
  stopped: both('остановлен', 'stopped'),
  by: both('Кто запустил', 'Started by'),
  how: both('Как запущен', 'Started how'),
  total: both('Всего абонентов', 'People in all'),
  notified: both('Оповещено', 'Notified'),
  confirmed: both('Подтвердили', 'Confirmed'),
  failed: both('Не оповещено', 'Not reached'),
  left: both('Осталось', 'Left'),
  targets: both('Абоненты', 'People'),
  attempts: both('Попытки', 'Attempts'),
  number: both('№', 'No.'),
  name: both('Имя', 'Name'),
  organization: both('Организация', 'Organization'),
  department: both('Отдел', 'Department'),
  rank: both('Звание', 'Rank'),
  position: both('Должность', 'Position'),
  address: both('Адрес', 'Address'),
  channel: both('Канал', 'Channel'),
  tries: both('Попыток', 'Attempts'),
  result: both('Результат', 'Result'),
  confirmedHow: both('Как подтверждено', 'Confirmed how'),
  heard: both('Прослушано, с', 'Heard, s'),
  first: both('Первая попытка', 'First'),
  last: both('Последняя попытка', 'Last'),
  detail: both('Подробности', 'Detail'),
  round: both('Круг', 'Round'),
  begun: both('Начало', 'Begun'),
  over: both('Конец', 'Over'),
  code: both('Код', 'Code'),
  together: both('вместе с абонентом №', 'together with No.'),
} as const satisfies Record<string, Words>;

export const RESULT_WORDS: Readonly<Record<(typeof RESULT)[keyof typeof RESULT], Words>> = {
  0: both('в очереди', 'queued'),
  1: both('выполняется', 'in progress'),
  2: both('оповещён', 'notified'),
  3: both('подтвердил', 'confirmed'),
  4: both('не ответил', 'no answer'),
  5: both('занято', 'busy'),
  6: both('отказ или неверный адрес', 'refused or invalid address'),
  7: both('неверный PIN или код', 'wrong PIN or code'),
  8: both('автоответчик', 'answering machine'),
  9: both('исключён', 'excluded'),
  10: both('нет подходящего адреса', 'no usable address'),
  11: both('ошибка канала', 'channel error'),
  12: both('отменён', 'cancelled'),
  13: both('получил, но не подтвердил', 'received, not confirmed'),
  14: both('неизвестно', 'unknown'),
  15: both('время истекло', 'expired'),
};

/** By type of task. */
export const TYPE_WORDS: readonly Words[] = [
  both('обзвон', 'calls'),
  both('громкая связь', 'loudspeaker'),
  both('SMS', 'SMS'),
  both('электронная почта', 'e-mail'),
];

/** How a run was started, by `Initiator.how`; other words stand for themselves. */
export const HOW_WORDS: Readonly<Record<string, Words>> = {
  line: both('по протоколу', 'line protocol'),
  rest: both('через консоль или REST', 'console or REST'),
  cli: both('командой', 'command line'),
  schedule: both('по расписанию', 'schedule'),
  rule: both('по правилу', 'rule'),
  sms: both('по SMS', 'SMS'),
};

/** How somebody confirmed; other words stand for themselves. */
export const CONFIRMED_WORDS: Readonly<Record<string, Words>> = {
  sms: both('ответом SMS', 'SMS reply'),
  mail: both('на странице из письма', 'page of the mail'),
  pin: both('PIN-кодом', 'PIN'),
};
