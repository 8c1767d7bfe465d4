import { CLIENT_OPTIONS } from '@vestnik/protocol/client-options.ts';
import { COMMANDS } from './command-line.ts';
import type { Language, Text } from './messages.ts';
import { VERSION } from './version.ts';

const WIDTH = 96;
const INDENT = 22;

const HEAD: Text = {
  en: `Stat_Client ${VERSION}: takes an agency's XML files from the Online Ticket server into a folder

Usage:  Stat_Client [-conf FILE] [-key VALUE]... [command]

Without a command it runs until it is stopped and reconnects by itself. The configuration file is Stat_Client.conf in the
program's folder or in the current one. Keys may be written in any case, with one dash or two; here they win over the file.`,
  ru: `Stat_Client ${VERSION}: принимает файлы XML агентства с сервера Online Ticket в папку

Запуск:  Stat_Client [-conf ФАЙЛ] [-ключ ЗНАЧЕНИЕ]... [команда]

Без команды программа работает, пока её не остановят, и сама восстанавливает связь. Файл конфигурации: Stat_Client.conf в
папке программы или в текущей. Ключи пишутся в любом регистре, с одним дефисом или двумя; здесь они важнее файла.`,
};

const EXITS: Text = {
  en: `Exit codes
  0 done or stopped   1 unexpected failure   2 configuration or command line   3 certificate files
  4 Storage missing or not writable   5 Storage or Logger used by another client
  6 refused by the server   7 server unreachable   9 -inspect found errors`,
  ru: `Коды завершения
  0 выполнено или остановлено   1 непредвиденный сбой   2 конфигурация или командная строка   3 файлы сертификатов
  4 папка хранилища не найдена или закрыта для записи   5 папку или журнал использует другой клиент
  6 отказ сервера   7 сервер недоступен   9 -inspect нашёл ошибки`,
};

/** The text of `-help`, made from the tables of commands and keys. */
export function renderHelp(language: Language): string {
  const russian = language === 'ru';
  const lines = [HEAD[language], '', russian ? 'Команды' : 'Commands'];
  for (const command of COMMANDS) {
    const argument = command.argument === undefined ? '' : ` ${command.argument[language]}`;
    lines.push(...entry(`-${command.name}${argument}`, command[language]));
  }
  lines.push('', russian ? 'Ключи' : 'Keys');
  lines.push(...entry(`-conf ${russian ? 'ФАЙЛ' : 'FILE'}`, russian ? 'другой файл конфигурации' : 'another configuration file'));
  for (const option of CLIENT_OPTIONS) {
    const notes = option.required
      ? russian
        ? ' (обязательный)'
        : ' (required)'
      : option.preset === undefined
        ? ''
        : russian
          ? ` (по умолчанию ${option.preset})`
          : ` (default ${option.preset})`;
    lines.push(...entry(`-${option.key}`, option[language] + notes));
  }
  lines.push('', EXITS[language]);
  return `${lines.join('\n')}\n`;
}

function entry(name: string, text: string): string[] {
  const lines: string[] = [];
  let line = `  ${name}`.padEnd(INDENT);
  let empty = name.length + 3 <= INDENT;
  if (!empty) {
    lines.push(line);
    line = ' '.repeat(INDENT);
    empty = true;
  }
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(INDENT);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
