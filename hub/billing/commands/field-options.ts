import { type Command, InvalidArgumentError, Option } from 'commander';
import { gather } from '../../core/terminal/arguments.ts';
import type { Translate } from '../../core/terminal/words.ts';
import type { Field } from '../directories/fields.ts';
import { planList, settingsWith } from './field-values.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** `parent_id` -> `--parent`, `not_editable` -> `--not-editable` */
const optionName = (field: string): string => field.replace(/_id$/, '').replaceAll('_', '-');

const whole =
  (t: Translate) =>
  (text: string): number => {
    if (/^-?\d{1,10}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(t('a whole number.', 'целое число.'));
  };

const wholes =
  (t: Translate) =>
  (text: string): number[] =>
    text === '' ? [] : text.split(',').map((part) => whole(t)(part.trim()));

/** `5,7:r,9:rw` -> parameters 5, 7 and 9 in this order, of which the customer may read 7, and read and write 9. */
const memberList =
  (t: Translate) =>
  (text: string): Record<string, unknown>[] =>
    (text === '' ? [] : text.split(',')).map((part, at) => {
      const match = /^\s*(\d{1,9})(?::(r?w?))?\s*$/.exec(part);
      if (!match)
        throw new InvalidArgumentError(
          t('numbers with rights of the customer, such as 5,7:r,9:rw.', 'номера с правами клиента, например 5,7:r,9:rw.'),
        );
      const [, id, rights = ''] = match;
      return { parameter_id: Number(id), position: at + 1, customer_read: rights.includes('r'), customer_write: rights.includes('w') };
    });

/** The option of one field; `--no-...` of a flag comes besides. */
function optionOf(name: string, { kind, words, choices, default: value }: Field, t: Translate): Option {
  const flag = optionName(name);
  const said = t(words.en, words.ru);
  switch (kind) {
    case 'flag':
      return new Option(`--${flag}`, `${said}${value === true ? t(' (default)', ' (по умолчанию)') : ''}`);
    case 'number':
      return new Option(`--${flag} <number>`, said).argParser(whole(t));
    case 'reference':
      return new Option(`--${flag} <id>`, value === null ? t(`${said}; 0: none`, `${said}; 0: нет`) : said).argParser(whole(t));
    case 'choice':
      return new Option(`--${flag} <word>`, said).choices(choices ?? []);
    case 'numbers':
      return new Option(`--${flag} <ids>`, t(`${said}, parted by commas`, `${said}, через запятую`)).argParser(wholes(t));
    case 'plans':
      return new Option(`--${flag} <list>`, `${said}: 3,4:2026-01-01..2026-12-31`).argParser(planList(t));
    case 'settings':
      return new Option(
        '--set <name=value>',
        t('a setting, the value as JSON or text; repeat for several', 'настройка, значение в JSON или текстом; для нескольких повторить'),
      ).argParser(gather);
    case 'members':
      return new Option(`--${flag} <ids>`, `${said}: 5,7:r,9:rw`).argParser(memberList(t));
    case 'pairs':
      return new Option(
        `--${flag} <name=value>`,
        t(`${said}; may be given several times`, `${said}; можно указать несколько раз`),
      ).argParser(gather);
    case 'day':
      return new Option(`--${flag} <day>`, t(`${said}: 2026-11-22; empty: none`, `${said}: 2026-11-22; пусто: нет`));
    default:
      return new Option(`--${flag} <text>`, said);
  }
}

/**
 * Adds an option for each of the fields.
 * @param needed those that must be given are asked for
 */
export function withFieldOptions(command: Command, fields: Readonly<Record<string, Field>>, needed: boolean, t: Translate): Command {
  for (const [name, field] of Object.entries(fields)) {
    // Too much for a line: given by a file.
    if (field.kind === 'parts') continue;
    const option = optionOf(name, field, t);
    if (needed && field.default === undefined) option.makeOptionMandatory();
    command.addOption(option);
    if (field.kind === 'flag') command.option(`--no-${optionName(name)}`, t('the opposite', 'наоборот'));
  }
  return command;
}

/** What a field is given on the command line, as REST has it. */
function fieldValue({ kind, default: value }: Field, given: unknown, present: unknown): unknown {
  if (kind === 'reference' && value === null && given === 0) return null;
  if (kind === 'day' && given === '') return null;
  if (kind === 'settings') return settingsWith(present, given as string[]);
  if (kind !== 'pairs') return given;
  const entries = (given as string[]).map((pair): [string, string] => {
    const [name = '', ...rest] = pair.split('=');
    return [name, rest.join('=')];
  });
  return Object.fromEntries(entries.filter(([name]) => name !== ''));
}

/**
 * The fields that were given as options, by their names in REST.
 * @param present what is there already: single settings are set in it
 */
export const givenFields = (fields: Readonly<Record<string, Field>>, options: Fields, present: Fields = {}): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const given = options[field.kind === 'settings' ? 'set' : new Option(`--${optionName(name)}`).attributeName()];
      return given === undefined ? [] : [[name, fieldValue(field, given, present[name])]];
    }),
  );
