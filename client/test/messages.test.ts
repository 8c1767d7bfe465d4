import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fill, messageText, SPEC_MESSAGES, systemLanguage } from '../messages.ts';

/** The table of spec online-ticket 7.7, copied from there: code, English / Russian. */
const TABLE = `
OT1001 | Stat_Client {v} started, client {name}, storage {dir} / Stat_Client {v} запущен, клиент {name}, папка {dir}
OT1002 | connected to {addr} / установлено соединение с {addr}
OT1003 | stored {file} / сохранён файл {file}
OT1004 | {n} messages confirmed, {m} waiting on the server / подтверждено сообщений: {n}, ожидает на сервере: {m}
OT1005 | duplicate {id} skipped / повтор сообщения {id} пропущен
OT1006 | recovery: {n} files completed, {m} temporary files removed / восстановление: завершено файлов {n}, удалено временных {m}
OT1007 | stopped / работа завершена
OT1101 | connection lost: {why}; next attempt in {s} s / связь потеряна: {why}; повтор через {s} с
OT1102 | another copy with the same certificate took over; standing by / работает другая копия с тем же сертификатом; ожидание
OT1103 | certificate expires on {date} / срок действия сертификата истекает {date}
OT1104 | {n} messages expired on the server undelivered / на сервере истёк срок хранения сообщений: {n}
OT1105 | delivery is held by the operator / выдача приостановлена оператором
OT2001 | no space in {dir}; delivery paused / нет места в папке {dir}; приём приостановлен
OT2002 | folder {dir} is missing / папка {dir} не найдена
OT2003 | {file} is locked ({err}); will retry / файл {file} занят ({err}); будет повтор
OT2004 | {pem} can be read by others; run -protect / файл {pem} доступен другим пользователям; выполните -protect
OT2005 | {dir} is used by another client (pid {pid}, {host}) / папку {dir} использует другой клиент (pid {pid}, {host})
OT2006 | digest of message {id} is wrong / неверная контрольная сумма сообщения {id}
OT2007 | journal is damaged and was set aside; duplicates are possible / журнал повреждён и отложен; возможны повторы
OT2008 | the server refused the certificate: {code} / сервер отклонил сертификат: {code}`;

test('the messages are the table of the spec, word for word', () => {
  const rows = TABLE.trim()
    .split('\n')
    .map((row) => /^(\w+) \| (.+) \/ (.+)$/.exec(row)!);
  expect(rows.length).toBe(20);
  expect(SPEC_MESSAGES).toEqual(Object.fromEntries(rows.map(([, code, en, ru]) => [code, { en, ru }])));
});

test('parameters are filled in, in either language', () => {
  expect(messageText('OT1004', { n: 3, m: 0 }, 'en')).toBe('3 messages confirmed, 0 waiting on the server');
  expect(messageText('OT2008', { code: 'CERT_REVOKED' }, 'ru')).toBe('сервер отклонил сертификат: CERT_REVOKED');
  expect(fill('{a} {b}', { a: '{b}' })).toBe('{b} {b}');
});

test('no value can make a second line, or a line without end', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (value) => {
      const text = messageText('OT1101', { why: value, s: '1' }, 'en');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(text.length).toBeLessThan(1_100);
    }),
  );
  expect(messageText('OT1101', { why: 'x\n2026-11-22 INFO OT1007 stopped', s: 1 }, 'en').split('\n').length).toBe(1);
});

test('the language of the system', () => {
  expect(systemLanguage({ LANG: 'ru_RU.UTF-8' }, 'en-US')).toBe('ru');
  expect(systemLanguage({ LANG: 'en_US.UTF-8' }, 'ru-RU')).toBe('en');
  expect(systemLanguage({ LC_ALL: 'C', LANG: 'ru_RU.UTF-8' }, 'ru')).toBe('en');
  expect(systemLanguage({}, 'ru-RU')).toBe('ru');
  expect(systemLanguage({ LANG: '' }, 'ru')).toBe('ru');
  expect(systemLanguage({}, 'run-BI')).toBe('en');
});
