import type { ClientOptionKey } from '@vestnik/protocol/client-options.ts';
import { EXIT, ExitError } from './exit.ts';
import type { Text } from './messages.ts';
import { findOption } from './options.ts';

/** What the program is asked to do. `run` delivers until it is stopped. */
export type Command =
  | { kind: 'run' | 'once' | 'help' | 'version' | 'check' | 'protect' }
  | { kind: 'inspect'; path: string }
  | { kind: 'replay'; selection: string };

export type CommandLine = {
  command: Command;
  /** File of `-conf`. */
  file: string | undefined;
  values: Map<ClientOptionKey, string>;
};

type CommandEntry = { name: string; kind: Command['kind']; argument: Text | undefined; en: string; ru: string };

/** The commands beside the keys of the configuration, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'help', kind: 'help', argument: undefined, en: 'print this help', ru: 'показать эту справку' },
  { name: 'version', kind: 'version', argument: undefined, en: 'print the version', ru: 'показать версию' },
  {
    name: 'check',
    kind: 'check',
    argument: undefined,
    en: 'test configuration, files, rights, Storage, TLS, certificate and server; takes no message',
    ru: 'проверить конфигурацию, файлы, права, хранилище, TLS, сертификат и сервер; сообщения не принимаются',
  },
  { name: 'once', kind: 'once', argument: undefined, en: 'take what waits and exit', ru: 'принять ожидающие сообщения и выйти' },
  {
    name: 'protect',
    kind: 'protect',
    argument: undefined,
    en: 'make the personal certificate readable by its user only',
    ru: 'закрыть файл персонального сертификата от других пользователей',
  },
  {
    name: 'inspect',
    kind: 'inspect',
    argument: { en: 'PATH', ru: 'ПУТЬ' },
    en: 'read XML files or folders of them and print what does not add up; exit 9 when there are errors',
    ru: 'прочитать файлы XML или папки с ними и показать, что не сходится; код 9 при ошибках',
  },
  {
    name: 'replay',
    kind: 'replay',
    argument: { en: 'WHAT', ru: 'ЧТО' },
    en: 'ask the server for messages again: NUMBER,NUMBER... or seq:FROM-TO or FROM..TO (dates)',
    ru: 'запросить повторную выдачу: НОМЕР,НОМЕР... или seq:С-ПО или С..ПО (даты)',
  },
];

/**
 * Reads the arguments: one dash or two, any case, `-key VALUE` or `-key=VALUE`.
 * @throws ExitError with exit 2.
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const values = new Map<ClientOptionKey, string>();
  let command: Command = { kind: 'run' };
  let chosen: string | undefined;
  let file: string | undefined;
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    const match = /^--?([A-Za-z][A-Za-z0-9_]*)(?:=(.*))?$/s.exec(argument);
    if (match === null)
      throw misuse(`"${argument}" is not a key; keys begin with a dash`, `«${argument}» не является ключом; ключ начинается с дефиса`);
    const [, name = '', attached] = match;
    const take = (): string => {
      const value = attached ?? argv[++i];
      if (value === undefined) throw misuse(`-${name} needs a value`, `после -${name} нужно значение`);
      return value;
    };
    const lower = name.toLowerCase();
    const entry = COMMANDS.find((known) => known.name === lower);
    const option = findOption(lower);
    if (entry !== undefined) {
      if (entry.argument === undefined && attached !== undefined) {
        throw misuse(`-${entry.name} takes no value`, `у ключа -${entry.name} нет значения`);
      }
      if (chosen !== undefined)
        throw misuse(`-${chosen} and -${entry.name} exclude each other`, `-${chosen} и -${entry.name} исключают друг друга`);
      chosen = entry.name;
      command = toCommand(entry.kind, take);
    } else if (lower === 'conf') {
      if (file !== undefined) throw misuse('-conf is given twice', 'ключ -conf указан дважды');
      file = take();
    } else if (option !== undefined) {
      if (values.has(option.key)) throw misuse(`-${option.key} is given twice`, `ключ -${option.key} указан дважды`);
      values.set(option.key, take());
    } else {
      throw misuse(`unknown key -${name}; -help lists the keys`, `неизвестный ключ -${name}; список ключей: -help`);
    }
  }
  return { command, file, values };
}

function toCommand(kind: Command['kind'], take: () => string): Command {
  if (kind === 'inspect') return { kind, path: take() };
  if (kind === 'replay') return { kind, selection: take() };
  return { kind };
}

function misuse(en: string, ru: string): ExitError {
  return new ExitError(EXIT.configuration, { en, ru });
}
