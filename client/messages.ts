/**
 * What the client writes into its log, by code and language. The first table is the one of spec online-ticket 7.7, word for word; the
 * second holds what the spec leaves without a code.
 */

export type Language = 'ru' | 'en';
/** One text in both languages. */
export type Text = { en: string; ru: string };

export const SPEC_MESSAGES = {
  OT1001: {
    en: 'Stat_Client {v} started, client {name}, storage {dir}',
    ru: 'Stat_Client {v} запущен, клиент {name}, папка {dir}',
  },
  OT1002: { en: 'connected to {addr}', ru: 'установлено соединение с {addr}' },
  OT1003: { en: 'stored {file}', ru: 'сохранён файл {file}' },
  OT1004: {
    en: '{n} messages confirmed, {m} waiting on the server',
    ru: 'подтверждено сообщений: {n}, ожидает на сервере: {m}',
  },
  OT1005: { en: 'duplicate {id} skipped', ru: 'повтор сообщения {id} пропущен' },
  OT1006: {
    en: 'recovery: {n} files completed, {m} temporary files removed',
    ru: 'восстановление: завершено файлов {n}, удалено временных {m}',
  },
  OT1007: { en: 'stopped', ru: 'работа завершена' },
  OT1101: { en: 'connection lost: {why}; next attempt in {s} s', ru: 'связь потеряна: {why}; повтор через {s} с' },
  OT1102: {
    en: 'another copy with the same certificate took over; standing by',
    ru: 'работает другая копия с тем же сертификатом; ожидание',
  },
  OT1103: { en: 'certificate expires on {date}', ru: 'срок действия сертификата истекает {date}' },
  OT1104: { en: '{n} messages expired on the server undelivered', ru: 'на сервере истёк срок хранения сообщений: {n}' },
  OT1105: { en: 'delivery is held by the operator', ru: 'выдача приостановлена оператором' },
  OT2001: { en: 'no space in {dir}; delivery paused', ru: 'нет места в папке {dir}; приём приостановлен' },
  OT2002: { en: 'folder {dir} is missing', ru: 'папка {dir} не найдена' },
  OT2003: { en: '{file} is locked ({err}); will retry', ru: 'файл {file} занят ({err}); будет повтор' },
  OT2004: { en: '{pem} can be read by others; run -protect', ru: 'файл {pem} доступен другим пользователям; выполните -protect' },
  OT2005: { en: '{dir} is used by another client (pid {pid}, {host})', ru: 'папку {dir} использует другой клиент (pid {pid}, {host})' },
  OT2006: { en: 'digest of message {id} is wrong', ru: 'неверная контрольная сумма сообщения {id}' },
  OT2007: {
    en: 'journal is damaged and was set aside; duplicates are possible',
    ru: 'журнал повреждён и отложен; возможны повторы',
  },
  OT2008: { en: 'the server refused the certificate: {code}', ru: 'сервер отклонил сертификат: {code}' },
} as const satisfies Record<string, Text>;

const FURTHER_MESSAGES = {
  OT1008: { en: 'Storage is usable again; delivery goes on', ru: 'папка хранилища снова доступна; приём продолжается' },
  OT1009: {
    en: 'temporary files are kept in {dir} itself, since {inner} is on another file system',
    ru: 'временные файлы создаются в самой папке {dir}, так как {inner} находится на другой файловой системе',
  },
  OT1010: { en: 'delivery goes on after the hold', ru: 'выдача возобновлена оператором' },
  OT1106: { en: 'On_message: {why} ({file})', ru: 'On_message: {why} ({file})' },
  OT1107: { en: '{file}:{line}: unknown key {key} is ignored', ru: '{file}:{line}: неизвестный параметр {key} пропущен' },
  OT1108: {
    en: 'the server did not accept confirmations ({why}); they are dropped and the queue is read from its beginning',
    ru: 'сервер не принял подтверждения ({why}); они отброшены, очередь читается с начала',
  },
  OT1109: { en: 'message from the server: {code}', ru: 'сообщение сервера: {code}' },
  OT1110: { en: 'log lines lost while the log could not be written: {n}', ru: 'потеряно строк журнала, пока запись была невозможна: {n}' },
  OT3001: { en: 'answer of {addr}: {n} messages, at most {m} behind them', ru: 'ответ {addr}: сообщений {n}, за ними не больше {m}' },
  OT2009: { en: 'the program ends: {why}', ru: 'программа завершается: {why}' },
} as const satisfies Record<string, Text>;

const ALL = { ...SPEC_MESSAGES, ...FURTHER_MESSAGES };

export type MessageCode = keyof typeof ALL;
export type Parameters = Record<string, string | number>;

/** The text of one message with its `{parameters}` filled in; a parameter that is not given stays as it stands. */
export function messageText(code: MessageCode, parameters: Parameters, language: Language): string {
  return fill(ALL[code][language], parameters);
}

/** Fills `{name}` places of a text. Control characters in values become spaces, so that no value can forge a line. */
export function fill(template: string, parameters: Parameters): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = parameters[name];
    return value === undefined ? place : oneLine(String(value));
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const LONGEST = 1_000;

function oneLine(value: string): string {
  const plain = value.replace(CONTROL, ' ');
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}...` : plain;
}

/** The language of the system: Russian where its settings say so, English otherwise. */
export function systemLanguage(environment: Record<string, string | undefined>, locale: string): Language {
  const set = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || locale;
  return /^ru\b|^ru_/i.test(set) ? 'ru' : 'en';
}
