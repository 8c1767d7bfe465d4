import type { Family } from '../family.ts';
import type { Variable } from '../variable.ts';
import { DICTIONARY_VARIABLE, findVariable, VARIABLES } from '../variables.ts';
import { type DictionaryNames, isWordAt } from './dictionary-names.ts';
import { type Argument, type Filter, MOST_FILTERS, makeFilter } from './filters.ts';
import type { FindingSink, Sentence } from './finding.ts';

/** Text that is sent as it stands. `@@` is one of a single `@`, so a literal's length is not that of its source. */
export interface Literal {
  readonly kind: 'literal';
  readonly text: string;
  readonly offset: number;
}

/** A place where a value goes. */
export interface Slot {
  readonly kind: 'slot';
  readonly variable: Variable;
  /** Of `@DIC:`, the name that is compiled in. */
  readonly dictionary: string | undefined;
  readonly filters: readonly Filter[];
  /** As written, for messages. */
  readonly source: string;
  readonly offset: number;
}

export type Part = Literal | Slot;

export interface ParseOptions {
  readonly family: Family;
  readonly dictionaries: DictionaryNames;
  /** What to do with `@name` that is no variable: keep it as text with a warning, or refuse it. */
  readonly unknown: 'keep' | 'error';
}

const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const WORD_RUN = /[\p{L}\p{N}_]*/uy;
const DIGITS = /[0-9]+/y;
const BARE_DICTIONARY = '@DIC:';
/** A name has at most 200 characters, each of which may be escaped. */
const LONGEST_NAME = 400;

/**
 * Splits a template into literals and slots, once, in linear time (spec callbacks 5.1 to 5.3). A fault is told to the sink and its text kept
 * as a literal, so that one pass finds them all.
 * @param base offset of `text` in its setting.
 */
export function parseTemplate(text: string, base: number, options: ParseOptions, sink: FindingSink): Part[] {
  const parts: Part[] = [];
  let begin = 0;
  const literalUpTo = (end: number): void => {
    if (end > begin) parts.push({ kind: 'literal', text: text.slice(begin, end), offset: base + begin });
  };
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at)) {
    if (text[at + 1] === '@') {
      sink.warning('doubled_at', base + at, {
        en: '"@@" is sent as a single "@"',
        ru: '«@@» отправляется как один знак «@»',
      });
      literalUpTo(at + 1);
      at += 2;
      begin = at;
      continue;
    }
    const { slot, end } = text[at + 1] === '{' ? readExplicit(text, at, base, options, sink) : readBare(text, at, base, options, sink);
    if (slot) {
      const previous = parts.at(-1);
      const joins = begin === at && previous?.kind === 'slot';
      if (slot.source[1] !== '{' && !joins && at > 0 && isWordBefore(text, at)) {
        sink.warning(
          'adjoining',
          slot.offset,
          {
            en: `${slot.source} stands right behind a letter or digit; if it is part of an e-mail address, write "@@"`,
            ru: `${slot.source} стоит сразу после буквы или цифры; если это адрес электронной почты, напишите «@@»`,
          },
          { variable: slot.source },
        );
      }
      literalUpTo(at);
      parts.push(slot);
      begin = end;
    }
    at = end;
  }
  literalUpTo(text.length);
  return parts;
}

interface Reading {
  /** undefined: what was read stays a literal. */
  readonly slot?: Slot;
  /** Where to read on. */
  readonly end: number;
}

/** `@name` and `@DIC:name`. */
function readBare(text: string, at: number, base: number, options: ParseOptions, sink: FindingSink): Reading {
  if (options.family === 'order' && text.startsWith(BARE_DICTIONARY, at)) return readBareDictionary(text, at, base, options, sink);
  const name = readAt(IDENTIFIER, text, at + 1);
  if (name === '') return { end: at + 1 };
  const end = at + 1 + name.length;
  const variable = findVariable(name);
  if (variable?.bareIn.includes(options.family)) {
    return { slot: { kind: 'slot', variable, dictionary: undefined, filters: [], source: text.slice(at, end), offset: base + at }, end };
  }
  reportUnknown(text.slice(at, end), base + at, explainUnknown(name, options.family, isWordBefore(text, at)), options, sink);
  return { end };
}

function readBareDictionary(text: string, at: number, base: number, { dictionaries, unknown }: ParseOptions, sink: FindingSink): Reading {
  const from = at + BARE_DICTIONARY.length;
  const found = dictionaries.longestAt(text, from);
  if (!found) {
    const end = from + readAt(WORD_RUN, text, from).length;
    const source = text.slice(at, end);
    reportUnknown(
      source,
      base + at,
      { en: 'no dictionary of this name is known here', ru: 'справочник с таким названием здесь не известен' },
      { unknown },
      sink,
    );
    return { end };
  }
  const source = text.slice(at, found.end);
  if (found.rivals) {
    sink.warning(
      'dic_ambiguous',
      base + at,
      {
        en: `${source}: a shorter name of a dictionary fits here, too; the longest is taken. Write @{DIC:${found.name}} to be clear`,
        ru: `${source}: сюда подходит и более короткое название справочника; берётся самое длинное. Для ясности напишите @{DIC:${found.name}}`,
      },
      { variable: source },
    );
  }
  warnShared(source, found.name, base + at, dictionaries, sink);
  return {
    slot: { kind: 'slot', variable: DICTIONARY_VARIABLE, dictionary: found.name, filters: [], source, offset: base + at },
    end: found.end,
  };
}

function warnShared(source: string, name: string, offset: number, dictionaries: DictionaryNames, sink: FindingSink): void {
  if (!dictionaries.isShared(name)) return;
  sink.warning(
    'dic_ambiguous',
    offset,
    {
      en: `two dictionaries are called "${name}"; the code on the order is taken, else the one on the trip`,
      ru: `два справочника называются «${name}»; берётся код заказа, а если его нет, то командировки`,
    },
    { variable: source },
  );
}

/** `@{name|filter:arg}`. */
function readExplicit(text: string, at: number, base: number, options: ParseOptions, sink: FindingSink): Reading {
  const refuse = (end: number, en: string, ru: string): Reading => {
    const written = text.slice(at, Math.min(end, at + 60));
    sink.error('template', base + at, { en: `${written}: ${en}`, ru: `${written}: ${ru}` }, { variable: written });
    return { end: Math.max(end, at + 2) };
  };
  const unclosed = (end: number): Reading =>
    end >= text.length
      ? refuse(end, 'this variable is not closed by "}"', 'переменная не закрыта знаком «}»')
      : refuse(end, `"|" or "}" is expected, not ${quoted(text, end)}`, `ожидается «|» или «}», а не ${quoted(text, end)}`);

  let end = at + 2;
  let variable: Variable | undefined;
  let dictionary: string | undefined;
  if (text.startsWith('DIC:', end)) {
    const name = readName(text, end + 4);
    end = name.end;
    if (!name.closed) return unclosed(end);
    if (!DICTIONARY_VARIABLE.families.includes(options.family)) {
      return refuse(end, 'codes belong to orders and trips', 'коды бывают только у заказов и командировок');
    }
    variable = DICTIONARY_VARIABLE;
    dictionary = options.dictionaries.find(name.text);
    if (dictionary === undefined) return refuse(end, 'there is no dictionary of this name', 'справочника с таким названием нет');
  } else {
    const name = readAt(IDENTIFIER, text, end);
    end += name.length;
    if (name === '' && end < text.length) return refuse(end, 'the name of a variable is expected', 'ожидается название переменной');
    if (text[end] !== '|' && text[end] !== '}') return unclosed(end);
    variable = findVariable(name);
    if (!variable?.families.includes(options.family)) {
      const why = explainUnknown(name, options.family, false);
      return refuse(end, why.en, why.ru);
    }
  }

  const filters: Filter[] = [];
  while (text[end] === '|') {
    const from = end + 1;
    const name = readAt(IDENTIFIER, text, from);
    const argument = readArgument(text, from + name.length);
    end = argument.end;
    if (text[end] !== '|' && text[end] !== '}') return unclosed(end);
    const filter = makeFilter(name, argument.value);
    if (!('apply' in filter)) return refuse(end, `|${name}: ${filter.en}`, `|${name}: ${filter.ru}`);
    if (filter.name === 'name' && (dictionary === undefined || filters.length > 0)) {
      return refuse(
        end,
        '|name stands right behind a dictionary: @{DIC:Name|name}',
        '|name пишется сразу после справочника: @{DIC:Название|name}',
      );
    }
    filters.push(filter);
    if (filters.length > MOST_FILTERS) return refuse(end, `at most ${MOST_FILTERS} filters`, `не больше ${MOST_FILTERS} фильтров`);
  }
  if (text[end] !== '}') return unclosed(end);
  end += 1;
  const source = text.slice(at, end);
  if (dictionary !== undefined) warnShared(source, dictionary, base + at, options.dictionaries, sink);
  return { slot: { kind: 'slot', variable, dictionary, filters, source, offset: base + at }, end };
}

/** A dictionary's name up to `|` or `}`; `\|`, `\}` and `\\` stand for the characters themselves. A line break ends it wrongly. */
function readName(text: string, from: number): { text: string; end: number; closed: boolean } {
  let name = '';
  let end = from;
  for (; end < text.length && end - from <= LONGEST_NAME; end++) {
    const character = text[end]!;
    if (character === '|' || character === '}') return { text: name, end, closed: true };
    if (character === '\n' || character === '\r') break;
    if (character === '\\') {
      end += 1;
      const escaped = text[end];
      if (escaped !== '|' && escaped !== '}' && escaped !== '\\') break;
      name += escaped;
    } else name += character;
  }
  return { text: name, end: Math.min(end, text.length), closed: false };
}

/** `:digits` or `:'text'`, where `''` is one quote. A quote that is not closed runs to the end of the text. */
function readArgument(text: string, from: number): { value: Argument; end: number } {
  if (text[from] !== ':') return { value: undefined, end: from };
  const digits = readAt(DIGITS, text, from + 1);
  if (digits !== '') return { value: { kind: 'digits', text: digits }, end: from + 1 + digits.length };
  if (text[from + 1] !== "'") return { value: undefined, end: from };
  let content = '';
  for (let begin = from + 2; ; ) {
    const quote = text.indexOf("'", begin);
    if (quote === -1) return { value: undefined, end: text.length };
    content += text.slice(begin, quote);
    if (text[quote + 1] !== "'") return { value: { kind: 'text', text: content }, end: quote + 1 };
    content += "'";
    begin = quote + 2;
  }
}

function readAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function isWordBefore(text: string, at: number): boolean {
  if (at === 0) return false;
  const low = text.charCodeAt(at - 1);
  return isWordAt(text, low >= 0xdc00 && low < 0xe000 && at > 1 ? at - 2 : at - 1);
}

const BELONGS: Readonly<Record<Family, Sentence>> = {
  order: { en: 'this variable belongs to orders and trips', ru: 'эта переменная есть только у заказов и командировок' },
  static: { en: 'this variable belongs to static data', ru: 'эта переменная есть только у статических данных' },
  billing: { en: 'this variable belongs to the billing', ru: 'эта переменная есть только у событий биллинга' },
};

function explainUnknown(name: string, family: Family, followsWord: boolean): Sentence {
  const variable = name === DICTIONARY_VARIABLE.name ? DICTIONARY_VARIABLE : findVariable(name);
  if (variable === DICTIONARY_VARIABLE && family === 'order') return { en: 'write @DIC:Name', ru: 'напишите @DIC:Название' };
  if (variable && !variable.families.includes(family)) {
    return BELONGS[variable.families[0] ?? 'order'];
  }
  if (variable) return { en: `write @{${name}}`, ru: `напишите @{${name}}` };
  const like = VARIABLES.find((known) => known.name.toLowerCase() === name.toLowerCase() && known.families.includes(family));
  if (like) return { en: `case counts: the variable is ${like.name}`, ru: `регистр важен: переменная называется ${like.name}` };
  return followsWord
    ? {
        en: 'no variable has this name; in an e-mail address write "@@"',
        ru: 'такой переменной нет; в адресе электронной почты напишите «@@»',
      }
    : { en: 'no variable has this name', ru: 'такой переменной нет' };
}

function reportUnknown(source: string, offset: number, why: Sentence, { unknown }: Pick<ParseOptions, 'unknown'>, sink: FindingSink): void {
  const shown = source.slice(0, 60);
  if (unknown === 'error') {
    sink.error('unknown_variable', offset, { en: `${shown}: ${why.en}`, ru: `${shown}: ${why.ru}` }, { variable: shown });
  } else {
    sink.warning(
      'unknown_variable',
      offset,
      { en: `${shown} is sent as text: ${why.en}`, ru: `${shown} будет отправлено как текст: ${why.ru}` },
      { variable: shown },
    );
  }
}

const quoted = (text: string, at: number): string => JSON.stringify(String.fromCodePoint(text.codePointAt(at)!));
