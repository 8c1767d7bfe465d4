import { type Charset, isEncodable } from './charset.ts';
import type { FindingSink, Sentence } from './finding.ts';
import { scanJson } from './json-positions.ts';
import { scanPairs } from './pair-positions.ts';
import type { Part, Slot } from './parser.ts';
import { type Position, refuse, type Scanner } from './scanner.ts';
import { scanXml } from './xml-positions.ts';

/** A literal as it is sent, or a slot with the position that was found for it. */
export type Placed =
  | { readonly kind: 'literal'; readonly text: string; readonly offset: number }
  | { readonly kind: 'slot'; readonly slot: Slot; readonly position: Position };

export type BodyFormat = 'xml' | 'json' | 'form' | 'text';

/** The scanner of a body. */
export function scanBody(format: BodyFormat, charset: Charset, sink: FindingSink): Scanner {
  if (format === 'xml') return scanXml(charset, sink);
  if (format === 'json') return scanJson(charset, sink);
  if (format === 'form') return scanPairs('form-value', sink);
  return scanText(charset, sink);
}

function scanText(charset: Charset, sink: FindingSink): Scanner {
  return {
    literal: (text, offset) => {
      let at = offset;
      for (const character of text) {
        if (character >= '\u0080' && !isEncodable(character, charset)) {
          sink.warning('charset', at, {
            en: `windows-1251 has no "${character}"; "?" is sent`,
            ru: `в windows-1251 нет знака «${character}»; отправляется «?»`,
          });
        }
        at += character.length;
      }
      return text;
    },
    slot: () => 'text',
  };
}

/** Header values take variables anywhere; the source does not say. */
export const HEADER_SCANNER: Scanner = { literal: (text) => text, slot: () => 'header-value' };

/** Runs a scanner over the parts of a template, and checks what each position takes: fragments and `raw` are not for all (5.4, 5.5). */
export function place(parts: readonly Part[], scanner: Scanner, sink: FindingSink): Placed[] {
  const placed: Placed[] = [];
  for (const part of parts) {
    if (part.kind === 'literal') placed.push({ kind: 'literal', text: scanner.literal(part.text, part.offset), offset: part.offset });
    else {
      const position = scanner.slot(part);
      if (position === undefined || !isTaken(part, position, sink)) continue;
      warn(part, position, sink);
      placed.push({ kind: 'slot', slot: part, position });
    }
  }
  return placed;
}

function isTaken(slot: Slot, position: Position, sink: FindingSink): boolean {
  const { variable, filters, source } = slot;
  if (variable.kind === 'fragment' && (position === 'path-segment' || position === 'query-value' || position === 'header-value')) {
    refuse(slot, sink, {
      en: `${source} is a piece of XML: it may stand in the body only`,
      ru: `${source} содержит XML: подставляется только в тело сообщения`,
    });
    return false;
  }
  if (!filters.some(({ name }) => name === 'raw') || position === 'text') return true;
  if (isRaw(slot, position)) return true;
  refuse(slot, sink, {
    en: `${source}: |raw is for @Before and @After in the text of XML, without other filters but default, and for text bodies`,
    ru: `${source}: |raw допустим для @Before и @After в тексте XML без других фильтров, кроме default, и в текстовом теле`,
  });
  return false;
}

/** Whether a fragment goes into the message as XML. Any filter but these two makes plain text of it. */
export function isRaw({ variable, filters }: Slot, position: Position): boolean {
  if (variable.kind !== 'fragment' || position !== 'xml-text') return false;
  return (
    filters.length === 0 ||
    (filters.some(({ name }) => name === 'raw') && filters.every(({ name }) => name === 'raw' || name === 'default'))
  );
}

/** Encoding filters that do once more what the position does anyway. */
const TWICE: Readonly<Partial<Record<Position, string>>> = {
  'xml-text': 'xml',
  'xml-attribute': 'xml',
  'json-string': 'json',
  'form-value': 'url',
  'path-segment': 'url',
  'query-value': 'url',
};
const ASCII_FILTERS = new Set(['ascii', 'url', 'rfc8187', 'b64']);

function warn(slot: Slot, position: Position, sink: FindingSink): void {
  const { variable, filters, source } = slot;
  const say = (code: string, { en, ru }: Sentence): void =>
    sink.warning(code, slot.offset, { en: `${source} ${en}`, ru: `${source} ${ru}` }, { variable: source });
  if (variable.free && position === 'header-value' && !filters.some(({ name }) => ASCII_FILTERS.has(name))) {
    say('header_non_ascii', {
      en: 'may hold letters beyond ASCII, which are sent percent-encoded; choose |url, |rfc8187 or |ascii',
      ru: 'может содержать не только ASCII: такие буквы отправляются в процентной записи; выберите |url, |rfc8187 или |ascii',
    });
  }
  if (variable.free && position === 'query-value') {
    say('query_logged', {
      en: 'is part of the address: proxies and servers write addresses into their logs',
      ru: 'попадает в адрес, а адреса остаются в журналах прокси и серверов',
    });
  }
  if (variable.kind === 'ticks' && position === 'json-value' && filters.every(({ name }) => name === 'json')) {
    say('big_number', {
      en: 'is above 2^53: many receivers lose its last digits; put it between quotes',
      ru: 'больше 2^53: многие приёмники потеряют последние цифры; заключите в кавычки',
    });
  }
  if (filters.at(-1)?.name === TWICE[position] && filters.length > 0) {
    say('encoded_twice', {
      en: 'is encoded twice: the position does what the filter does',
      ru: 'кодируется дважды: это место и так кодирует значение',
    });
  }
}
