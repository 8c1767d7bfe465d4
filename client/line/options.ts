import { readFileSync } from 'node:fs';
import type { Language, Text } from '../messages.ts';
import { errorCode } from '../ports.ts';
import { LINE_EXIT, LineFault, misuse } from './exit.ts';

/** What the program is told before its command. */
export type LineOptions = {
  readonly host: string;
  readonly port: number;
  readonly ca: string | undefined;
  readonly fingerprint: string | undefined;
  readonly login: string;
  /** undefined: to be asked for. */
  readonly password: string | undefined;
  readonly form: 'text' | 'json' | 'raw';
  /** Whether a script ends at the first error. */
  readonly stop: boolean;
  /** Milliseconds. */
  readonly timeout: number;
};

export type LineCommandLine =
  | { readonly kind: 'help' | 'version'; readonly language: Language | undefined }
  | { readonly kind: 'run'; readonly language: Language | undefined; readonly options: LineOptions; readonly words: readonly string[] };

type Option = {
  readonly key: string;
  readonly value: Text | undefined;
  readonly preset: string | undefined;
  readonly en: string;
  readonly ru: string;
};

/** The options, in the order of the help. */
export const LINE_OPTIONS = [
  { key: 'host', value: { en: 'HOST', ru: 'УЗЕЛ' }, preset: undefined, en: 'name or address of the server', ru: 'имя или адрес сервера' },
  { key: 'port', value: { en: 'PORT', ru: 'ПОРТ' }, preset: '8500', en: 'its port', ru: 'его порт' },
  {
    key: 'ca',
    value: { en: 'FILE', ru: 'ФАЙЛ' },
    preset: undefined,
    en: "certificate of the server's authority, PEM; without it and --fingerprint the authorities of this computer are trusted",
    ru: 'сертификат удостоверяющего центра сервера, PEM; без него и без --fingerprint доверие к центрам этого компьютера',
  },
  {
    key: 'fingerprint',
    value: { en: 'SHA256', ru: 'SHA256' },
    preset: undefined,
    en: "fingerprint of the server's own certificate, as it is printed at its first start; trusted alone",
    ru: 'отпечаток сертификата самого сервера, который печатается при первом запуске; доверие только ему',
  },
  { key: 'login', value: { en: 'LOGIN', ru: 'ЛОГИН' }, preset: undefined, en: 'user', ru: 'пользователь' },
  {
    key: 'password-file',
    value: { en: 'FILE', ru: 'ФАЙЛ' },
    preset: undefined,
    en: 'file whose first line is the password; without it a terminal is asked',
    ru: 'файл, первая строка которого пароль; без него пароль спрашивается в терминале',
  },
  {
    key: 'json',
    value: undefined,
    preset: undefined,
    en: 'print each line of an answer as JSON',
    ru: 'печатать каждую строку ответа в JSON',
  },
  {
    key: 'raw',
    value: undefined,
    preset: undefined,
    en: 'send and print lines as they are on the wire, escapes included; only the character set is converted',
    ru: 'передавать и печатать строки как в протоколе, с экранированием; преобразуется только кодировка',
  },
  { key: 'stop', value: undefined, preset: undefined, en: 'end a script at its first error', ru: 'завершить сценарий при первой ошибке' },
  { key: 'timeout', value: { en: 'S', ru: 'С' }, preset: '60', en: 'seconds to wait for an answer', ru: 'сколько секунд ждать ответа' },
  { key: 'language', value: { en: 'en|ru', ru: 'en|ru' }, preset: undefined, en: 'language of this program', ru: 'язык программы' },
] as const satisfies readonly Option[];

type Key = (typeof LINE_OPTIONS)[number]['key'];

/**
 * Reads the arguments: options, then the command with its own arguments, which may look like anything.
 * @throws LineFault with exit 2
 */
export function parseLineArguments(argv: readonly string[]): LineCommandLine {
  const given = new Map<Key, string>();
  let at = 0;
  let asked: 'help' | 'version' | undefined;
  for (; at < argv.length && argv[at]!.startsWith('-'); at++) {
    const [, name = '', attached] = /^--?([a-z-]*)(?:=(.*))?$/s.exec(argv[at]!) ?? [];
    if (argv[at] === '--') {
      at += 1;
      break;
    }
    if (name === 'help' || name === 'h' || name === 'version') {
      asked = name === 'version' ? 'version' : 'help';
      continue;
    }
    const option = LINE_OPTIONS.find(({ key }) => key === name);
    if (!option) throw misuse(`there is no option ${argv[at]}; --help lists them`, `нет параметра ${argv[at]}; список: --help`);
    if (given.has(option.key)) throw misuse(`--${name} is given twice`, `параметр --${name} указан дважды`);
    if (option.value === undefined) {
      if (attached !== undefined) throw misuse(`--${name} takes no value`, `у параметра --${name} нет значения`);
      given.set(option.key, '');
    } else {
      const value = attached ?? argv[++at];
      if (value === undefined) throw misuse(`--${name} needs a value`, `после --${name} нужно значение`);
      given.set(option.key, value);
    }
  }
  const language = readLanguage(given.get('language'));
  const words = argv.slice(at);
  if (asked !== undefined) return { kind: asked, language };
  return { kind: 'run', language, options: readOptions(given), words };
}

function readLanguage(text: string | undefined): Language | undefined {
  if (text === undefined || text === 'ru' || text === 'en') return text;
  throw misuse(`--language is ${text}; right would be en or ru`, `--language ${text}: возможны en и ru`);
}

function readOptions(given: ReadonlyMap<Key, string>): LineOptions {
  const needed = (key: 'host' | 'login'): string => {
    const value = given.get(key);
    if (value === undefined || value === '')
      throw misuse(`--${key} is missing; --help shows how to run this program`, `не указан --${key}; как запускать программу: --help`);
    return value;
  };
  if (given.has('json') && given.has('raw')) throw misuse('--json and --raw exclude each other', '--json и --raw исключают друг друга');
  if (given.has('ca') && given.has('fingerprint'))
    throw misuse('--ca and --fingerprint exclude each other', '--ca и --fingerprint исключают друг друга');
  const ca = given.get('ca');
  const passwordFile = given.get('password-file');
  return {
    host: needed('host'),
    port: readNumber('port', given.get('port') ?? '8500', 65_535),
    ca: ca === undefined ? undefined : readText('ca', ca),
    fingerprint: readFingerprint(given.get('fingerprint')),
    login: needed('login'),
    password: passwordFile === undefined ? undefined : (/^[^\r\n]*/.exec(readText('password-file', passwordFile))?.[0] ?? ''),
    form: given.has('json') ? 'json' : given.has('raw') ? 'raw' : 'text',
    stop: given.has('stop'),
    timeout: readNumber('timeout', given.get('timeout') ?? '60', 86_400) * 1_000,
  };
}

/** A whole number of an option, from 1. @throws LineFault with exit 2 */
export function readNumber(key: string, text: string, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  throw misuse(
    `--${key} is "${text}"; right would be a whole number from 1 to ${most}`,
    `--${key} «${text}»: нужно целое число от 1 до ${most}`,
  );
}

function readFingerprint(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const digits = text
    .replace(/^sha256[:=]/i, '')
    .replaceAll(':', '')
    .toUpperCase();
  if (/^[0-9A-F]{64}$/.test(digits)) return digits;
  throw misuse(
    '--fingerprint is no SHA-256: right would be 64 hexadecimal digits, with colons or without',
    '--fingerprint не является SHA-256: нужны 64 шестнадцатеричные цифры, с двоеточиями или без них',
  );
}

function readText(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    throw new LineFault(
      LINE_EXIT.usage,
      {
        en: `--${key}: the file ${path} cannot be read (${code}); check its name and rights`,
        ru: `--${key}: файл ${path} не читается (${code}); проверьте имя и права`,
      },
      error,
    );
  }
}
