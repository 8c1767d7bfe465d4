import { PHONE_TYPE } from './kinds.ts';
import type { PersonView, Phone } from './person.ts';

/**
 * People as a table, for import and export: one row a person, one column a field. Titles are the names of the fields or their Russian words, in any order and
 * any case; what a table does not have stays as it is.
 */
export const PEOPLE_COLUMNS = {
  external_id: 'Внешний номер',
  group: 'Группа',
  name: 'Имя',
  organization: 'Организация',
  department: 'Отдел',
  rank: 'Звание',
  position: 'Должность',
  phones: 'Телефоны',
  emails: 'Почта',
  priority: 'Приоритет',
  exclusion_begin: 'Исключён с',
  exclusion_end: 'Исключён по',
  pin: 'ПИН',
  description: 'Примечание',
} as const;
export type PeopleColumn = keyof typeof PEOPLE_COLUMNS;

const COLUMNS = Object.keys(PEOPLE_COLUMNS) as readonly PeopleColumn[];
const BY_TITLE = new Map(
  COLUMNS.flatMap((column) => [[column as string, column] as const, [PEOPLE_COLUMNS[column].toLowerCase(), column] as const]),
);
/** Other words that tables of people use. */
for (const [title, column] of [
  ['фио', 'name'],
  ['телефон', 'phones'],
  ['phone', 'phones'],
  ['e-mail', 'emails'],
  ['email', 'emails'],
  ['таб. номер', 'external_id'],
] as const)
  BY_TITLE.set(title, column);

/** The column that a title names; undefined for none. */
export const columnOf = (title: string): PeopleColumn | undefined => BY_TITLE.get(title.trim().toLowerCase());

const TYPE_WORDS: Readonly<Record<string, Phone['type']>> = {
  city: PHONE_TYPE.city,
  городской: PHONE_TYPE.city,
  mobile: PHONE_TYPE.mobile,
  мобильный: PHONE_TYPE.mobile,
  internal: PHONE_TYPE.internal,
  внутренний: PHONE_TYPE.internal,
  zone: PHONE_TYPE.zone,
  зона: PHONE_TYPE.zone,
  sip: PHONE_TYPE.sip,
};
const TYPE_NAMES = Object.keys(PHONE_TYPE).filter((name) => name in TYPE_WORDS);
const OFF_WORDS: readonly string[] = ['off', 'выкл'];
const OFF = 'off';

/** Cuts at a sign that has no backslash before it; the backslashes go in the last cut only. */
function cut(text: string, signs: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '\\' && at + 1 < text.length) {
      part += sign + text[at + 1];
      at += 1;
    } else if (signs.includes(sign)) {
      parts.push(part);
      part = '';
    } else part += sign;
  }
  parts.push(part);
  return parts;
}
const bare = (text: string): string => text.trim().replace(/\\(.)/gs, '$1');
const escaped = (text: string): string => text.replace(/[\\;|\n]/g, '\\$&');
const entriesOf = (cell: string): string[][] =>
  cut(cell, ';\n\r')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => cut(entry, '|'));

/** An entry with words behind it that nobody knows. */
export class UnknownWord extends Error {
  readonly word: string;
  constructor(word: string) {
    super(`unknown word ${word}`);
    this.name = 'UnknownWord';
    this.word = word;
  }
}

/**
 * Phones of a cell, parted by `;` or line breaks; behind each, after `|`, its type and `off`: `8 916 123-45-67; 12-34|internal|off`. Without a type: mobile.
 * @throws UnknownWord
 */
export function phonesOf(cell: string): Phone[] {
  return entriesOf(cell).map(([number = '', ...words]) => {
    let type: Phone['type'] = PHONE_TYPE.mobile;
    let enabled = true;
    for (const word of words.map((given) => given.trim().toLowerCase())) {
      const known = TYPE_WORDS[word];
      if (OFF_WORDS.includes(word)) enabled = false;
      else if (known !== undefined) type = known;
      else throw new UnknownWord(word);
    }
    return { number: bare(number), type, enabled };
  });
}

/** E-mails of a cell, parted like phones, with `off` behind those that are not used. @throws UnknownWord */
export function emailsOf(cell: string): PersonView['emails'] {
  return entriesOf(cell).map(([address = '', ...words]) => {
    const unknown = words.find((word) => !OFF_WORDS.includes(word.trim().toLowerCase()));
    if (unknown !== undefined) throw new UnknownWord(unknown.trim());
    return { address: bare(address), enabled: words.length === 0 };
  });
}

const phoneCell = ({ number, type, enabled }: Phone): string =>
  [
    escaped(number),
    ...(type === PHONE_TYPE.mobile ? [] : [TYPE_NAMES.find((name) => TYPE_WORDS[name] === type) ?? '']),
    ...(enabled ? [] : [OFF]),
  ].join('|');

/** The cells of a person, in the order of the columns. */
export function cellsOf(person: PersonView, group: string, columns: readonly PeopleColumn[]): string[] {
  const values: Readonly<Record<PeopleColumn, string>> = {
    external_id: person.external_id ?? '',
    group,
    name: person.name,
    organization: person.organization,
    department: person.department,
    rank: person.rank,
    position: person.position,
    phones: person.phones.map(phoneCell).join('; '),
    emails: person.emails.map(({ address, enabled }) => escaped(address) + (enabled ? '' : `|${OFF}`)).join('; '),
    priority: String(person.priority),
    exclusion_begin: person.exclusion_begin ?? '',
    exclusion_end: person.exclusion_end ?? '',
    pin: person.pin,
    description: person.description,
  };
  return columns.map((column) => values[column]);
}

/** All columns, or all but that of PINs. */
export const exportedColumns = (withPins: boolean): readonly PeopleColumn[] => COLUMNS.filter((column) => withPins || column !== 'pin');
