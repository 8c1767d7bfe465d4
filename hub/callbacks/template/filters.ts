import type { Sentence } from './finding.ts';
import { percentEncode, percentTable, URL_TABLE } from './percent.ts';
import { toAscii } from './transliteration.ts';

/** What a variable holds: `null` when the event has no such thing. Numbers are whole. */
export type Value = string | number | bigint | null;

type FilterName = 'upper' | 'lower' | 'trunc' | 'default' | 'name' | 'date' | 'ascii' | 'json' | 'url' | 'b64' | 'rfc8187' | 'xml' | 'raw';

/** A filter of an explicit variable, `@{OuterId|trunc:10}`, with its argument built in (spec callbacks 5.4). */
export interface Filter {
  readonly name: FilterName;
  readonly apply: (value: Value) => Value;
}

/** An argument as written: digits, or text between quotes. */
export type Argument = { readonly kind: 'digits' | 'text'; readonly text: string } | undefined;

interface Kind {
  readonly argument: 'none' | 'digits' | 'text';
  /** @returns undefined when the argument is not one that this filter takes. */
  readonly make: (argument: string) => Filter['apply'] | undefined;
  readonly write: string;
  readonly en: string;
  readonly ru: string;
}

/** Several encodings in a row grow a text many times over; nobody needs more. */
export const MOST_FILTERS = 8;

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

/** An absent value stays absent: an empty text in JSON must not come out as `""` because somebody asked for capitals. */
const onText =
  (change: (text: string) => string): Filter['apply'] =>
  (value) =>
    value === null ? null : change(typeof value === 'string' ? value : value.toString());

const plain = (write: string, change: (text: string) => string, en: string, ru: string): Kind => ({
  argument: 'none',
  make: () => onText(change),
  write,
  en,
  ru,
});

const FILTERS: Readonly<Record<FilterName, Kind>> = {
  upper: plain('|upper', (text) => text.toUpperCase(), 'capitals', 'заглавные буквы'),
  lower: plain('|lower', (text) => text.toLowerCase(), 'small letters', 'строчные буквы'),
  trunc: {
    argument: 'digits',
    make: (digits) => (digits.length > 7 ? undefined : onText((text) => truncate(text, Number(digits)))),
    write: '|trunc:10',
    en: 'at most so many characters',
    ru: 'не больше стольких знаков',
  },
  default: {
    argument: 'text',
    make: (text) => (value) => (value === null || value === '' ? text : value),
    write: "|default:'none'",
    en: "stands in for an empty value; `''` is one quote",
    ru: "вместо пустого значения; `''` означает одну кавычку",
  },
  name: {
    argument: 'none',
    make: () => (value) => value,
    write: '|name',
    en: "the code's name instead of its value, right behind a dictionary: `@{DIC:Name\\|name}`",
    ru: 'название кода вместо значения, сразу после справочника: `@{DIC:Название\\|name}`',
  },
  date: {
    argument: 'text',
    make: (form) => (Object.hasOwn(DATE_FORMS, form) ? onText(DATE_FORMS[form]!) : undefined),
    write: "|date:'iso', |date:'ru', |date:'unix'",
    en: 'a date or time as UTC, as `22.11.2026 12:30` by its own clock, or as seconds since 1970; what is no date stays as it is',
    ru: 'дата или время в UTC, в виде `22.11.2026 12:30` по своим часам или в секундах с 1970 года; что не дата, остаётся как есть',
  },
  ascii: plain(
    '|ascii',
    toAscii,
    'Cyrillic in Latin letters, as in passports (ICAO 9303)',
    'кириллица латиницей, как в паспортах (ICAO 9303)',
  ),
  json: {
    argument: 'none',
    make: () => jsonLiteral,
    write: '|json',
    en: 'a whole literal of JSON, text with its quotes',
    ru: 'целое значение JSON, текст вместе с кавычками',
  },
  url: plain('|url', (text) => percentEncode(utf8(text), URL_TABLE), 'percent-encoded UTF-8', 'процентная запись UTF-8'),
  b64: plain('|b64', (text) => utf8(text).toString('base64'), 'Base64 of UTF-8', 'Base64 от UTF-8'),
  rfc8187: plain(
    '|rfc8187',
    (text) => `UTF-8''${percentEncode(utf8(text), RFC8187_TABLE)}`,
    'for parameters of headers: `filename*=@{FileNames\\|rfc8187}`',
    'для параметров заголовков: `filename*=@{FileNames\\|rfc8187}`',
  ),
  xml: plain(
    '|xml',
    (text) => text.replace(/[&<>"']/g, (character) => XML_ENTITIES[character]!),
    'escaped for XML, for XML inside of something else',
    'экранировано для XML, если XML вложен во что-то другое',
  ),
  raw: {
    argument: 'none',
    make: () => (value) => value,
    write: '|raw',
    en: 'as it is: `@Before` and `@After` in the text of XML, and anything in a text body',
    ru: 'без изменений: `@Before` и `@After` в тексте XML и всё в текстовом теле',
  },
};

/** What the reference says of each filter. */
export const FILTER_REFERENCE: readonly { readonly write: string; readonly en: string; readonly ru: string }[] = Object.values(FILTERS);

/** attr-char of RFC 8187. */
const RFC8187_TABLE = percentTable(/[A-Za-z0-9!#$&+.^_`|~-]/);
const XML_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** A text that is no date, or a day that does not exist, is left as it is. */
const DATE_FORMS: Readonly<Record<string, (text: string) => string>> = {
  iso: (text) => momentOf(text)?.toString() ?? text,
  ru: (text) => {
    const [, year, month, day, hour, minute] = DATE.exec(text) ?? [];
    if (year === undefined) return text;
    return hour === undefined ? `${day}.${month}.${year}` : `${day}.${month}.${year} ${hour}:${minute}`;
  },
  unix: (text) => {
    const moment = momentOf(text) ?? momentOf(`${text}T00:00:00Z`);
    return moment ? Math.floor(moment.epochMilliseconds / 1000).toString() : text;
  },
};

/** The filter as written, or what would be right instead. Source: spec callbacks 5.4. */
export function makeFilter(name: string, argument: Argument): Filter | Sentence {
  if (!Object.hasOwn(FILTERS, name)) {
    const names = Object.keys(FILTERS).join(', ');
    return { en: `there is no such filter; the filters: ${names}`, ru: `такого фильтра нет; есть: ${names}` };
  }
  const kind = FILTERS[name as FilterName];
  const apply = (argument?.kind ?? 'none') === kind.argument ? kind.make(argument?.text ?? '') : undefined;
  return apply ? { name: name as FilterName, apply } : { en: `write ${kind.write}`, ru: `напишите ${kind.write}` };
}

/** The whole literal of JSON: whole numbers as numbers, text quoted, absent as `null`. */
export function jsonLiteral(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function truncate(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  for (let count = 0; count < most && end < text.length; count++) end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  return text.slice(0, end);
}

/** The moment that RFC 3339 with time and offset names; undefined when it is not that, or names a day that does not exist. */
function momentOf(text: string): Temporal.Instant | undefined {
  if (DATE.exec(text)?.[4] === undefined) return undefined;
  try {
    return Temporal.Instant.from(text);
  } catch {
    return undefined;
  }
}
