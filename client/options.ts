import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { CLIENT_OPTIONS, type ClientOption, type ClientOptionKey, FEED_PORT } from '@vestnik/protocol/client-options.ts';
import { compileFileName } from '@vestnik/protocol/file-name.ts';
import { type CommandTemplate, parseCommand } from './command-template.ts';
import type { Encoding } from './encode.ts';
import type { LogLevel } from './log.ts';
import type { Language, Text } from './messages.ts';

/** One address of the feed. `host` is a name or an IP address without brackets. */
export type FeedAddress = { host: string; port: number };

export type ProxySetting = { origin: string; credentials: { user: string; password: string } | undefined };

/** The configuration as the program uses it: parsed once, every path absolute. */
export type Settings = {
  connect: readonly FeedAddress[];
  caCert: string;
  clientCert: string;
  storage: string;
  logger: string;
  proxy: ProxySetting | undefined;
  waitSeconds: number;
  batch: number;
  fileName: string | undefined;
  encoding: Encoding;
  onMessage: CommandTemplate | undefined;
  logLevel: LogLevel;
  /** MiB. */
  logSize: number;
  logFiles: number;
  language: Language | undefined;
  /** MiB. */
  minFree: number;
};

/** A value as it was given: its text, the folder its relative paths are taken from, and where it stands (for messages). */
export type GivenValue = { text: string; folder: string; at: string };

const BY_NAME = new Map(CLIENT_OPTIONS.map((option) => [option.key.toLowerCase(), option]));
const MOST_ADDRESSES = 16;

/** The option of a key in any case, or undefined. */
export function findOption(name: string): ClientOption | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/**
 * Reads all values by the table of keys. Every fault is reported, each with the place of the value.
 * @param missingAt what a missing required key is reported for: the configuration file's name.
 */
export function parseSettings(
  given: ReadonlyMap<ClientOptionKey, GivenValue>,
  missingAt: string,
): { settings: Settings } | { faults: Text[] } {
  const faults: Text[] = [];
  const values = new Map<ClientOptionKey, unknown>();
  for (const option of CLIENT_OPTIONS) {
    const value = given.get(option.key) ?? presetOf(option);
    if (value === undefined) {
      if (option.required) {
        faults.push({
          en: `${missingAt}: the key ${option.key} is missing: ${option.en}`,
          ru: `${missingAt}: не указан параметр ${option.key}: ${option.ru}`,
        });
      }
      continue;
    }
    const parsed = parseValue(option, value);
    if ('why' in parsed) {
      faults.push({ en: `${value.at}: ${option.key}: ${parsed.why.en}`, ru: `${value.at}: ${option.key}: ${parsed.why.ru}` });
    } else {
      values.set(option.key, parsed.value);
    }
  }
  if (faults.length > 0) return { faults };
  return {
    settings: {
      connect: values.get('Connect') as FeedAddress[],
      caCert: values.get('Ca_cert') as string,
      clientCert: values.get('Client_cert') as string,
      storage: values.get('Storage') as string,
      logger: values.get('Logger') as string,
      proxy: values.get('Proxy') as ProxySetting | undefined,
      waitSeconds: values.get('Wait') as number,
      batch: values.get('Batch') as number,
      fileName: values.get('File_name') as string | undefined,
      encoding: values.get('Encoding') as Encoding,
      onMessage: values.get('On_message') as CommandTemplate | undefined,
      logLevel: values.get('Log_level') as LogLevel,
      logSize: values.get('Log_size') as number,
      logFiles: values.get('Log_files') as number,
      language: values.get('Language') as Language | undefined,
      minFree: values.get('Min_free') as number,
    },
  };
}

type Parsed = { value: unknown } | { why: Text };

function presetOf(option: ClientOption): GivenValue | undefined {
  return option.preset === undefined ? undefined : { text: option.preset, folder: '.', at: '' };
}

function parseValue(option: ClientOption, given: GivenValue): Parsed {
  const { form } = option;
  const { text } = given;
  if (text === '') return { why: { en: 'the value is empty', ru: 'значение не указано' } };
  switch (form.kind) {
    case 'path':
      return { value: resolve(given.folder, text) };
    case 'addresses':
      return parseAddresses(text);
    case 'proxy':
      return text.toLowerCase() === 'none' ? { value: undefined } : parseProxy(text);
    case 'number': {
      const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      if (number >= form.least && number <= form.most) return { value: number };
      if (form.least === form.most) {
        return {
          why: { en: `only ${form.least} can be chosen in this version`, ru: `в этой версии возможно только значение ${form.least}` },
        };
      }
      return {
        why: {
          en: `${text} is not a whole number from ${form.least} to ${form.most}`,
          ru: `${text} не является целым числом от ${form.least} до ${form.most}`,
        },
      };
    }
    case 'choice': {
      const chosen = form.values.find((value) => value.toLowerCase() === text.toLowerCase());
      if (chosen !== undefined) return { value: chosen };
      return {
        why: { en: `${text} is none of ${form.values.join(', ')}`, ru: `${text} не входит в список ${form.values.join(', ')}` },
      };
    }
    case 'pattern': {
      const compiled = compileFileName(text);
      return compiled.ok ? { value: text } : { why: compiled.why };
    }
    case 'command': {
      if (text.toLowerCase() === 'none') return { value: undefined };
      return parseCommand(text, given.folder);
    }
  }
}

function parseAddresses(text: string): Parsed {
  const addresses: FeedAddress[] = [];
  for (const part of text.split(',')) {
    const address = parseAddress(part.trim());
    if (address === undefined) {
      return {
        why: {
          en: `"${part.trim()}" is not an address; right would be host, host:port or https://host:port`,
          ru: `«${part.trim()}» не является адресом; правильно: узел, узел:порт или https://узел:порт`,
        },
      };
    }
    addresses.push(address);
  }
  if (addresses.length > MOST_ADDRESSES) {
    return { why: { en: `more than ${MOST_ADDRESSES} addresses`, ru: `больше ${MOST_ADDRESSES} адресов` } };
  }
  return { value: addresses };
}

function parseAddress(text: string): FeedAddress | undefined {
  const bare = text.replace(/^https:\/\//i, '').replace(/\/$/, '');
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+))(?::(\d{1,5}))?$/i.exec(bare);
  if (match === null) return undefined;
  const host = match[1] ?? match[2] ?? '';
  const port = match[3] === undefined ? FEED_PORT : Number(match[3]);
  if (port < 1 || port > 65_535) return undefined;
  if (match[1] !== undefined) return isIP(host) === 6 ? { host, port } : undefined;
  return URL.canParse(`https://${host}:${port}`) ? { host, port } : undefined;
}

function parseProxy(text: string): Parsed {
  // The value is not repeated in the message: it may hold a password.
  const why = {
    en: 'not an address of an HTTP proxy; right would be http://[user:password@]host:port or none',
    ru: 'не является адресом прокси-сервера HTTP; правильно: http://[имя:пароль@]узел:порт или none',
  };
  if (!URL.canParse(text)) return { why };
  const url = new URL(text);
  if (url.protocol !== 'http:' || url.hostname === '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') return { why };
  try {
    const user = decodeURIComponent(url.username);
    const credentials = user === '' ? undefined : { user, password: decodeURIComponent(url.password) };
    const proxy: ProxySetting = { origin: url.origin, credentials };
    return { value: proxy };
  } catch {
    return { why };
  }
}
