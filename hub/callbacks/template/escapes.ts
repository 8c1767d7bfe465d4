import type { Remarks } from './charset.ts';
import { percentEncode, URL_TABLE } from './percent.ts';

/**
 * How a value is written in each position (spec callbacks 5.5). Every function looks once over the text and gives it back as it is when
 * nothing in it needs care, which is the common case. None uses a regular expression.
 */
export type Escape = (text: string, remarks: Remarks) => string;

/** What to write for each ASCII character; undefined: as it is. An empty text removes it. */
type Ascii = readonly (string | undefined)[];

const HIGH = 0xd800;
const LOW = 0xdc00;
const SURROGATES_END = 0xe000;

function asciiTable(entries: Readonly<Record<string, string>>, removesControls: boolean): Ascii {
  const table: (string | undefined)[] = new Array(0x80).fill(undefined);
  if (removesControls) for (let unit = 0; unit < 0x20; unit++) if (unit !== 9 && unit !== 10 && unit !== 13) table[unit] = '';
  for (const [character, text] of Object.entries(entries)) table[character.charCodeAt(0)] = text;
  return table;
}

const XML_TEXT = asciiTable({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }, true);
const XML_ATTRIBUTE = asciiTable(
  { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' },
  true,
);
const XML_CHARACTERS = asciiTable({}, true);

const JSON_STRING: Ascii = Array.from({ length: 0x80 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  const escaped = JSON.stringify(character).slice(1, -1);
  return escaped === character ? undefined : escaped;
});

export const escapeXmlText: Escape = (text, remarks) => escapeXml(text, XML_TEXT, remarks);
export const escapeXmlAttribute: Escape = (text, remarks) => escapeXml(text, XML_ATTRIBUTE, remarks);
/** Without the characters that XML forbids, and with nothing else changed. */
export const onlyXmlCharacters: Escape = (text, remarks) => escapeXml(text, XML_CHARACTERS, remarks);

function escapeXml(text: string, ascii: Ascii, remarks: Remarks): string {
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    let instead: string | undefined;
    if (unit < 0x80) instead = ascii[unit];
    else if (unit >= HIGH) {
      if (unit < LOW && isLow(text.charCodeAt(at + 1))) at += 1;
      else if (unit < SURROGATES_END || unit >= 0xfffe) instead = '';
    }
    if (instead === undefined) continue;
    if (instead === '') remarks.removed += 1;
    out += text.slice(from, at) + instead;
    from = at + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

const isLow = (unit: number): boolean => unit >= LOW && unit < SURROGATES_END;

/** Without the outer quotes. Half a surrogate pair becomes `\udXXX`, which JSON can hold and UTF-8 cannot. */
export const escapeJsonString: Escape = (text) => {
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    let instead: string | undefined;
    if (unit < 0x80) instead = JSON_STRING[unit];
    else if (unit >= HIGH && unit < SURROGATES_END) {
      if (unit < LOW && isLow(text.charCodeAt(at + 1))) at += 1;
      else instead = `\\u${unit.toString(16)}`;
    }
    if (instead === undefined) continue;
    out += text.slice(from, at) + instead;
    from = at + 1;
  }
  return from === 0 ? text : out + text.slice(from);
};

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
