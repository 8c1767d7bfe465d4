import type { Language, Text } from '../messages.ts';
import { VERSION } from '../version.ts';
import { LINE_OPTIONS } from './options.ts';

const INDENT = 26;
const WIDTH = 100;

const HEAD: Text = {
  en: `vestnik-line ${VERSION}: speaks the line protocol of the alerts, at a terminal and in scripts

Usage:  vestnik-line [options] COMMAND [ARGUMENT]...
        vestnik-line [options] watch TASK
        vestnik-line [options] report TASK [--format HTML|XLS] [--run N] [--out FILE]
        vestnik-line [options] send FILE [--name NAME]
        vestnik-line [options]               reads commands: a terminal is asked, else standard input, one a line

Arguments are escaped by the program. In a line they stand between spaces; in double quotes one may hold spaces or be
empty: ADDGROUP "Цех 2" "". ADDABONENT, UPDATEABONENT and SENDRAWFILE take several lines: BEGIN, DATA..., END.`,
  ru: `vestnik-line ${VERSION}: работа по строковому протоколу оповещения, в терминале и в сценариях

Запуск: vestnik-line [параметры] КОМАНДА [АРГУМЕНТ]...
        vestnik-line [параметры] watch ЗАДАНИЕ
        vestnik-line [параметры] report ЗАДАНИЕ [--format HTML|XLS] [--run N] [--out ФАЙЛ]
        vestnik-line [параметры] send ФАЙЛ [--name ИМЯ]
        vestnik-line [параметры]             читает команды: в терминале диалог, иначе стандартный ввод, по строке

Аргументы экранирует сама программа. В строке они разделены пробелами; в двойных кавычках аргумент может содержать
пробелы и быть пустым: ADDGROUP "Цех 2" "". ADDABONENT, UPDATEABONENT и SENDRAWFILE состоят из строк BEGIN, DATA..., END.`,
};

const COMMANDS: readonly { readonly name: Text; readonly en: string; readonly ru: string }[] = [
  {
    name: { en: 'watch TASK', ru: 'watch ЗАДАНИЕ' },
    en: 'shows the run of a task until it ends',
    ru: 'показывает ход задания до завершения',
  },
  {
    name: { en: 'report TASK', ru: 'report ЗАДАНИЕ' },
    en: 'stores the report of a run in a file; - is standard output',
    ru: 'сохраняет отчёт о запуске в файл; - означает стандартный вывод',
  },
  { name: { en: 'send FILE', ru: 'send ФАЙЛ' }, en: 'stores a sound file on the server', ru: 'сохраняет звуковой файл на сервере' },
];

const TAIL: Text = {
  en: `Exit codes
  0 done   1 the server answered an error (ERR_...)   2 command line or input   3 connection or certificate

The commands of the protocol are described in docs/alerts-protocol.md.`,
  ru: `Коды завершения
  0 выполнено   1 сервер ответил ошибкой (ERR_...)   2 командная строка или ввод   3 связь или сертификат

Команды протокола описаны в docs/alerts-protocol.ru.md.`,
};

/** The text of `--help`, made from the table of options. */
export function renderLineHelp(language: Language): string {
  const russian = language === 'ru';
  const lines = [HEAD[language], '', russian ? 'Команды программы' : 'Commands of the program'];
  for (const command of COMMANDS) lines.push(...entry(command.name[language], command[language]));
  lines.push('', russian ? 'Параметры' : 'Options');
  for (const option of LINE_OPTIONS) {
    const value = option.value === undefined ? '' : ` ${option.value[language]}`;
    const preset = option.preset === undefined ? '' : russian ? ` (по умолчанию ${option.preset})` : ` (default ${option.preset})`;
    lines.push(...entry(`--${option.key}${value}`, option[language] + preset));
  }
  return [...lines, '', TAIL[language]].join('\n');
}

function entry(name: string, text: string): string[] {
  const lines: string[] = [];
  let line = `  ${name} `.padEnd(INDENT);
  for (const word of text.split(' ')) {
    if (line.length > INDENT && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(INDENT);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
