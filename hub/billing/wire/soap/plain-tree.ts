import { NS } from '../namespaces.ts';
import { DEEPEST, type Growing, MOST_NODES, type XmlAttribute, type XmlElement } from './strict-tree.ts';

/**
 * Reads the XML that SOAP clients write: elements, attributes, namespaces, text, the five entities and numeric references, names of Latin letters, maybe a
 * declaration before it. At the first sign of anything else (a DOCTYPE, CDATA, a comment, an instruction, whatever is malformed or beyond a bound) it
 * gives up, and the strict parser has the whole document: that one alone refuses, and what both read they read alike.
 */

/** More of an element, and of a document, are for the strict parser: here they are searched one by one. */
const MOST_ATTRIBUTES = 32;
const MOST_NAMESPACES = 32;

const DECLARATION =
  /<\?xml[ \t\r\n]+version=(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding=(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?(?:[ \t\r\n]+standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\dA-Fa-f]{1,6}));/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What may be bound to no prefix, and what no prefix may be bound to. */
const RESERVED_PREFIXES = new Set(['xml', 'xmlns']);
const RESERVED = new Set(['http://www.w3.org/XML/1998/namespace', 'http://www.w3.org/2000/xmlns/']);

const [TAB, LF, CR, SPACE, QUOTE, AMPERSAND, APOSTROPHE, SLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x26, 0x27, 0x2f] as const;
const [COLON, LESS, EQUALS, GREATER] = [0x3a, 0x3c, 0x3d, 0x3e] as const;

/** Of the first 128 characters: what a name begins with, and what it goes on with. */
const BEGINS = 1;
const CONTINUES = 2;
const NAMES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z_]/.test(character) ? BEGINS | CONTINUES : /[0-9.-]/.test(character) ? CONTINUES : 0;
});

/** An element whose end has not come. */
interface Open {
  readonly element: Growing;
  /** As it is written. */
  readonly name: string;
  /** Namespaces that were bound before it. */
  readonly bound: number;
}

/** An attribute as it is written, before every namespace of its element is known. */
interface Given {
  readonly prefix: string;
  readonly local: string;
  readonly value: string;
}

/** Where the reading is; one for each document. Whoever reads on it moves `at` behind what was read, or answers that it is not plain. */
interface Reading {
  readonly text: string;
  at: number;
  /** Of the name that was read last: where its colon stands; -1: it has none. */
  colon: number;
  /** Bound at this place, the innermost last. */
  readonly prefixes: string[];
  readonly uris: string[];
  nodes: number;
  /** Bindings so far. */
  bindings: number;
}

const NO_ATTRIBUTES: readonly XmlAttribute[] = [];

const isSpace = (code: number): boolean => code === SPACE || code === LF || code === TAB || code === CR;

function skipSpaces(reading: Reading): void {
  const { text } = reading;
  let { at } = reading;
  while (isSpace(text.charCodeAt(at))) at += 1;
  reading.at = at;
}

/** Reads a name, which may have a prefix. @returns false: it is not plain */
function readName(reading: Reading): boolean {
  const { text } = reading;
  let { at } = reading;
  let colon = -1;
  let wanted = BEGINS;
  for (; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 128 && ((NAMES[code] as number) & wanted) !== 0) wanted = CONTINUES;
    else if (code === COLON && colon < 0 && wanted === CONTINUES) {
      colon = at;
      wanted = BEGINS;
    } else if (wanted === BEGINS || code === COLON || !(code < 128)) return false;
    else break;
  }
  reading.at = at;
  reading.colon = colon;
  return true;
}

/** What a reference at this place stands for; undefined: it is not plain. */
function readReference(reading: Reading): string | undefined {
  REFERENCE.lastIndex = reading.at;
  const [found, entity, decimal, hexadecimal] = REFERENCE.exec(reading.text) ?? [];
  if (found === undefined) return undefined;
  reading.at += found.length;
  if (entity !== undefined) return ENTITIES[entity];
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(decimal, 10);
  const forbidden =
    code < SPACE ? code !== TAB && code !== LF && code !== CR : (code > 0xd7ff && code < 0xe000) || code === 0xfffe || code === 0xffff;
  return forbidden || code > 0x10ffff ? undefined : String.fromCodePoint(code);
}

/**
 * Reads characters up to one that ends them, where `at` stays: text up to a tag, or a value up to its quote, in which white space is spaces.
 * @returns undefined: they are not plain
 */
function readCharacters(reading: Reading, end: number): string | undefined {
  const { text } = reading;
  const ofText = end === LESS;
  let { at } = reading;
  let from = at;
  let before = '';
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === end) break;
    if (code > AMPERSAND && code < 0xd800 && code !== LESS && code !== GREATER) at += 1;
    else if (code === AMPERSAND) {
      before += text.slice(from, at);
      reading.at = at;
      const meant = readReference(reading);
      if (meant === undefined) return undefined;
      before += meant;
      at = reading.at;
      from = at;
    } else if (code === CR || (!ofText && (code === LF || code === TAB))) {
      // The end of a line is one character, however it is written.
      before += text.slice(from, at) + (ofText ? '\n' : ' ');
      at += code === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
      from = at;
    } else if ((code >= SPACE && code < AMPERSAND) || code === LF || code === TAB || (code > 0xdfff && code < 0xfffe)) at += 1;
    else if (code === GREATER && !ofText) at += 1;
    else return undefined;
  }
  reading.at = at;
  return before === '' ? text.slice(from, at) : before + text.slice(from, at);
}

/** The namespace of a prefix at this place. */
function resolve({ prefixes, uris }: Reading, prefix: string): string | undefined {
  const found = prefixes.lastIndexOf(prefix);
  return found < 0 ? undefined : uris[found];
}

/** Binds a namespace. @param first of the bindings of this element @returns false: it is not plain */
function bind(reading: Reading, prefix: string, value: string, first: number): boolean {
  const uri = value.trim();
  reading.bindings += 1;
  if (RESERVED_PREFIXES.has(prefix) || RESERVED.has(uri) || (prefix !== '' && uri === '')) return false;
  if (reading.bindings > MOST_NAMESPACES || reading.prefixes.indexOf(prefix, first) >= 0) return false;
  reading.prefixes.push(prefix);
  reading.uris.push(uri);
  return true;
}

/** The attributes behind the name of an element, up to the end of its tag; namespaces are bound. @returns undefined: they are not plain */
function readAttributes(reading: Reading, bound: number): readonly XmlAttribute[] | undefined {
  const { text } = reading;
  let given: Given[] | undefined;
  for (let count = 1; ; count += 1) {
    const spaced = isSpace(text.charCodeAt(reading.at));
    if (spaced) skipSpaces(reading);
    const from = reading.at;
    const code = text.charCodeAt(from);
    if (code === GREATER || code === SLASH) break;
    if (!spaced || count > MOST_ATTRIBUTES || !readName(reading)) return undefined;
    const { colon, at: end } = reading;
    const quote = text.charCodeAt(end + 1);
    if (text.charCodeAt(end) !== EQUALS || (quote !== QUOTE && quote !== APOSTROPHE)) return undefined;
    reading.at = end + 2;
    const value = readCharacters(reading, quote);
    if (value === undefined) return undefined;
    reading.at += 1;
    reading.nodes += 1;
    const prefix = colon < 0 ? '' : text.slice(from, colon);
    const local = text.slice(colon < 0 ? from : colon + 1, end);
    if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns')) {
      if (!bind(reading, prefix === '' ? '' : local, value, bound)) return undefined;
    } else {
      given ??= [];
      given.push({ prefix, local, value });
    }
  }
  return given ? attributesOf(reading, given) : NO_ATTRIBUTES;
}

/** Attributes with their namespaces; those without a prefix have none. @returns undefined: they are not plain */
function attributesOf(reading: Reading, given: readonly Given[]): readonly XmlAttribute[] | undefined {
  const attributes: XmlAttribute[] = [];
  for (const { prefix, local, value } of given) {
    const uri = prefix === '' ? '' : resolve(reading, prefix);
    if (uri === undefined || attributes.some((other) => other.local === local && other.uri === uri)) return undefined;
    attributes.push({ local, uri, value });
  }
  return attributes;
}

/** Reads the tag that begins an element, from its name to before its end. @returns undefined: it is not plain */
function readTag(reading: Reading): Open | undefined {
  const { text, at: from } = reading;
  const bound = reading.prefixes.length;
  if (!readName(reading)) return undefined;
  const { colon, at: end } = reading;
  const attributes = readAttributes(reading, bound);
  const uri = colon < 0 ? (resolve(reading, '') ?? '') : resolve(reading, text.slice(from, colon));
  reading.nodes += 1;
  if (!attributes || uri === undefined || uri === NS.include || reading.nodes > MOST_NODES) return undefined;
  const name = text.slice(from, end);
  const local = colon < 0 ? name : text.slice(colon + 1, end);
  return { element: { local, uri, attributes, children: [], text: '' }, name, bound };
}

/** Reads the tag that ends an element, from behind its slash. @returns false: it is not plain */
function readEnd(reading: Reading, { name, bound }: Open): boolean {
  const { text } = reading;
  if (!text.startsWith(name, reading.at)) return false;
  reading.at += name.length;
  skipSpaces(reading);
  unbind(reading, bound);
  return text.charCodeAt(reading.at) === GREATER;
}

function unbind({ prefixes, uris }: Reading, bound: number): void {
  if (prefixes.length === bound) return;
  prefixes.length = bound;
  uris.length = bound;
}

/** The tree of a plain document; undefined: the strict parser must say what it is. */
export function readPlain(text: string): XmlElement | undefined {
  DECLARATION.lastIndex = 0;
  const reading: Reading = {
    text,
    at: DECLARATION.exec(text)?.[0].length ?? 0,
    colon: -1,
    prefixes: [],
    uris: [],
    nodes: 0,
    bindings: 0,
  };
  const open: Open[] = [];
  skipSpaces(reading);
  for (;;) {
    if (text.charCodeAt(reading.at) !== LESS) return undefined;
    reading.at += 1;
    let parent = open.at(-1);
    if (parent && text.charCodeAt(reading.at) === SLASH) {
      reading.at += 1;
      if (!readEnd(reading, parent)) return undefined;
      reading.at += 1;
      if (open.length === 1) return isLast(reading) ? parent.element : undefined;
      open.pop();
      parent = open.at(-1);
    } else {
      const tag = readTag(reading);
      if (!tag || open.length >= DEEPEST) return undefined;
      parent?.element.children.push(tag.element);
      const empty = text.charCodeAt(reading.at) === SLASH;
      if (empty) reading.at += 1;
      if (text.charCodeAt(reading.at) !== GREATER) return undefined;
      reading.at += 1;
      if (empty) unbind(reading, tag.bound);
      else {
        open.push(tag);
        parent = tag;
      }
      if (!parent) return isLast(reading) ? tag.element : undefined;
    }
    const from = reading.at;
    if (text.charCodeAt(from) === LESS) continue;
    const more = readCharacters(reading, LESS);
    reading.nodes += 1;
    if (more === undefined || !parent || reading.nodes > MOST_NODES) return undefined;
    parent.element.text += more;
  }
}

/** Whether nothing but white space follows. */
function isLast(reading: Reading): boolean {
  skipSpaces(reading);
  return reading.at === reading.text.length;
}
