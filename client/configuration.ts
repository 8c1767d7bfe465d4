import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ClientOptionKey } from '@vestnik/protocol/client-options.ts';
import { decodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { EXIT, ExitError } from './exit.ts';
import type { Text } from './messages.ts';
import { findOption, type GivenValue, parseSettings, type Settings } from './options.ts';
import { errorCode } from './ports.ts';

/** A line with a key that this version does not know. */
export type UnknownKey = { file: string; line: number; key: string };

export type Configuration = { settings: Settings; unknown: UnknownKey[]; file: string | undefined };

const CONFIGURATION_NAME = 'Stat_Client.conf';
const MOST_BYTES = 1024 * 1024;
const MOST_UNKNOWN = 100;

/**
 * Reads the configuration file and puts the command line's values over it (spec online-ticket 7.2).
 * @param source.file the file of `-conf`; without it the program's folder and then the current one are looked through.
 * @param source.values values of the command line; their relative paths are taken from the current folder.
 * @throws ExitError with exit 2 that lists every fault with its line.
 */
export function loadConfiguration(source: {
  file: string | undefined;
  values: ReadonlyMap<ClientOptionKey, string>;
  programFolder: string;
  currentFolder: string;
}): Configuration {
  const given = new Map<ClientOptionKey, GivenValue>();
  const found = findFile(source);
  const faults: Text[] = [];
  let unknown: UnknownKey[] = [];
  if (found !== undefined) {
    const read = parseConfigurationText(decodeText(found.content), found.path);
    for (const [key, value] of read.given) given.set(key, value);
    faults.push(...read.faults);
    unknown = read.unknown;
  }
  for (const [key, text] of source.values) given.set(key, { text, folder: source.currentFolder, at: `-${key}` });
  const parsed = parseSettings(given, found?.path ?? CONFIGURATION_NAME);
  if ('faults' in parsed) faults.push(...parsed.faults);
  if (faults.length > 0 || 'faults' in parsed) {
    throw new ExitError(EXIT.configuration, {
      en: faults.map((fault) => fault.en).join('\n'),
      ru: faults.map((fault) => fault.ru).join('\n'),
    });
  }
  return { settings: parsed.settings, unknown, file: found?.path };
}

function findFile(source: {
  file: string | undefined;
  values: ReadonlyMap<ClientOptionKey, string>;
  programFolder: string;
  currentFolder: string;
}): { path: string; content: Buffer } | undefined {
  if (source.file !== undefined) {
    const path = resolve(source.currentFolder, source.file);
    const content = readFile(path);
    if (content === undefined) {
      throw new ExitError(EXIT.configuration, {
        en: `${path}: there is no such configuration file`,
        ru: `${path}: нет такого файла конфигурации`,
      });
    }
    return { path, content };
  }
  const places = [...new Set([resolve(source.programFolder, CONFIGURATION_NAME), resolve(source.currentFolder, CONFIGURATION_NAME)])];
  for (const path of places) {
    const content = readFile(path);
    if (content !== undefined) return { path, content };
  }
  if (source.values.size > 0) return undefined;
  throw new ExitError(EXIT.configuration, {
    en: `no configuration file: neither ${places.join(' nor ')} exists; name one with -conf FILE, or run -help`,
    ru: `нет файла конфигурации: не найдено ${places.join(', ')}; укажите файл ключом -conf ФАЙЛ или выполните -help`,
  });
}

function readFile(path: string): Buffer | undefined {
  try {
    const content = readFileSync(path);
    if (content.length <= MOST_BYTES) return content;
    throw new ExitError(EXIT.configuration, {
      en: `${path}: ${content.length} bytes are too many for a configuration file`,
      ru: `${path}: файл конфигурации слишком велик, байт: ${content.length}`,
    });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof ExitError) throw error;
    throw new ExitError(
      EXIT.configuration,
      { en: `${path} cannot be read (${code ?? error})`, ru: `файл ${path} не читается (${code ?? error})` },
      error,
    );
  }
}

function decodeText(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return decodeWindows1251(content);
  }
}

/** Reads the lines of a configuration file. Faults and unknown keys carry the file and the line. */
function parseConfigurationText(
  text: string,
  file: string,
): { given: Map<ClientOptionKey, GivenValue>; faults: Text[]; unknown: UnknownKey[] } {
  const given = new Map<ClientOptionKey, GivenValue>();
  const faults: Text[] = [];
  const unknown: UnknownKey[] = [];
  const folder = dirname(file);
  text.split(/\r\n|\r|\n/).forEach((content, index) => {
    const line = content.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    const at = `${file}:${index + 1}`;
    const match = /^-?([A-Za-z][A-Za-z0-9_]*)(?:\s*=\s*|\s+|$)(.*)$/s.exec(line);
    if (match === null) {
      faults.push({
        en: `${at}: this is not a line of a configuration; right would be Key = value`,
        ru: `${at}: строка не распознана; правильно: Ключ = значение`,
      });
      return;
    }
    const [, name = '', value = ''] = match;
    const option = findOption(name);
    if (option === undefined) {
      if (unknown.length < MOST_UNKNOWN) unknown.push({ file, line: index + 1, key: name });
      return;
    }
    const earlier = given.get(option.key);
    if (earlier !== undefined) {
      faults.push({
        en: `${at}: ${option.key} stands already at ${earlier.at}`,
        ru: `${at}: параметр ${option.key} уже указан: ${earlier.at}`,
      });
      return;
    }
    given.set(option.key, { text: option.form.kind === 'command' ? value : unquote(value), folder, at });
  });
  return { given, faults, unknown };
}

function unquote(value: string): string {
  const match = /^"([^"]*)"$/.exec(value);
  return match?.[1] ?? value;
}
