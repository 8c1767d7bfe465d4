import type { Remarks } from './charset.ts';
import { percentEncode, URL_TABLE } from './percent.ts';

/**
 * How a value is written in each position (spec callbacks 5.5). Every function looks once over the text and gives it back as it is when
 * nothing in it needs care, which is the common case. None uses a regular expression.
 */
export type Escape = (text: string, remarks: Remarks) => string;

const HIGH = 0xd800;
const LOW = 0xdc00;
const SURROGATES_END = 0xe000;

/** For each UTF-16 unit whether it stands as it is (0), becomes `texts[class - 2]`, or is to be looked at with its neighbour (LOOK). */
interface Classes {
  readonly of: Uint8Array;
  readonly texts: readonly string[];
}

const LOOK = 1;

function classesOf(texts: ReadonlyMap<number, string>): Classes {
  const of = new Uint8Array(0x10000);
  of.fill(LOOK, HIGH, SURROGATES_END);
  let next = LOOK + 1;
  for (const unit of texts.keys()) of[unit] = next++;
  return { of, texts: [...texts.values()] };
}

/** The characters of the entries, and those that XML forbids, which become nothing. */
function xmlClasses(entries: Readonly<Record<string, string>>): Classes {
  const texts = new Map(Object.entries(entries).map(([character, text]) => [character.charCodeAt(0), text]));
  for (let unit = 0; unit < 0x20; unit++) if (unit !== 9 && unit !== 10 && unit !== 13) texts.set(unit, '');
  return classesOf(texts.set(0xfffe, '').set(0xffff, ''));
}

const XML_TEXT = xmlClasses({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' });
const XML_ATTRIBUTE = xmlClasses({
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
});
const XML_CHARACTERS = xmlClasses({});

const JSON_STRING = classesOf(
  new Map(
    Array.from({ length: 0x80 }, (_, unit): [number, string] => [unit, JSON.stringify(String.fromCharCode(unit)).slice(1, -1)]).filter(
      ([unit, text]) => text !== String.fromCharCode(unit),
    ),
  ),
);

export const escapeXmlText: Escape = (text, remarks) => escapeXml(text, XML_TEXT, remarks);
export const escapeXmlAttribute: Escape = (text, remarks) => escapeXml(text, XML_ATTRIBUTE, remarks);
/** Without the characters that XML forbids, and with nothing else changed. */
export const onlyXmlCharacters: Escape = (text, remarks) => escapeXml(text, XML_CHARACTERS, remarks);

function escapeXml(text: string, classes: Classes, remarks: Remarks): string {
  const first = firstToChange(text, classes.of);
  return first === text.length ? text : replaceFrom(text, first, classes, () => '', remarks);
}

/** Without the outer quotes. Half a surrogate pair becomes `\udXXX`, which JSON can hold and UTF-8 cannot. */
export const escapeJsonString: Escape = (text) => {
  const first = firstToChange(text, JSON_STRING.of);
  return first === text.length ? text : replaceFrom(text, first, JSON_STRING, (unit) => `\\u${unit.toString(16)}`);
};

/** The common case, by itself so that it is one short loop: nothing needs care. */
function firstToChange(text: string, classes: Uint8Array): number {
  let at = 0;
  while (at < text.length && classes[text.charCodeAt(at)] === 0) at += 1;
  return at;
}

/** @param half what becomes of half a surrogate pair. @param remarks counts what becomes nothing. */
function replaceFrom(text: string, first: number, { of, texts }: Classes, half: (unit: number) => string, remarks?: Remarks): string {
  let out = '';
  let from = 0;
  for (let at = first; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const kind = of[unit]!;
    if (kind === 0) continue;
    if (kind === LOOK && unit < LOW && isLow(text.charCodeAt(at + 1))) {
      at += 1;
      continue;
    }
    const instead = kind === LOOK ? half(unit) : texts[kind - LOOK - 1]!;
    if (instead === '' && remarks) remarks.removed += 1;
    out += text.slice(from, at) + instead;
    from = at + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

const isLow = (unit: number): boolean => unit >= LOW && unit < SURROGATES_END;

/** Ends one CDATA section and begins the next, where `]]>` would come together otherwise. */
export const CDATA_SEAM = ']]><![CDATA[';

/** A value of a CDATA section that stands behind a literal which does not end with `]`. */
export const escapeCdata: Escape = (text, remarks) => splitCdata(onlyXmlCharacters(text, remarks));

/** The same behind a literal `]` or another value: what it begins with must not complete a `]]>`. */
export const escapeCdataAfterBracket: Escape = (text, remarks) => {
  const value = escapeCdata(text, remarks);
  const first = value.charCodeAt(0);
  return first === 0x5d || first === 0x3e ? CDATA_SEAM + value : value;
};

function splitCdata(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf(']]>'); at !== -1; at = text.indexOf(']]>', at + 2)) {
    out += `${text.slice(from, at)}]]${CDATA_SEAM}`;
    from = at + 2;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** Runs of CR, LF and tab become one space, other control characters go, the rest beyond ASCII is percent-encoded UTF-8. */
export const escapeHeader: Escape = (text) => {
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x20 && unit < 0x7f) continue;
    out += text.slice(from, at);
    if (unit === 9 || unit === 10 || unit === 13) {
      while (isBreak(text.charCodeAt(at + 1))) at += 1;
      out += ' ';
    } else if (unit >= 0x80) {
      const character = String.fromCodePoint(text.codePointAt(at)!);
      out += percentEncode(Buffer.from(character, 'utf8'), URL_TABLE);
      at += character.length - 1;
    }
    from = at + 1;
  }
  return from === 0 ? text : out + text.slice(from);
};

const isBreak = (unit: number): boolean => unit === 9 || unit === 10 || unit === 13;
