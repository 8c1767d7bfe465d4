/**
 * The text of short messages, for every way that sends them (specification of alerts 5.2): the alphabet of GSM 03.38 (3GPP TS 23.038, default alphabet
 * and its extension table), the choice of encoding, the split into parts and the header that ties parts together. Pure, without I/O.
 */

/** Of the sign, the place is its code. Code 0x1B leads into the extension table. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** Signs that take two places: 0x1B, then the code. */
const EXTENSION: readonly (readonly [sign: string, code: number])[] = [
  ['\f', 0x0a],
  ['^', 0x14],
  ['{', 0x28],
  ['}', 0x29],
  ['\\', 0x2f],
  ['[', 0x3c],
  ['~', 0x3d],
  [']', 0x3e],
  ['|', 0x40],
  ['€', 0x65],
];

const ESCAPE = 0x1b;
const NONE = 0xffff;
/** By UTF-16 unit: the code, 0x1B00 + code for the extension table, or NONE. The euro is the highest unit of the alphabet. */
const CODE_OF = new Uint16Array(0x20ad).fill(NONE);
for (let code = 0; code < BASIC.length; code++) if (code !== ESCAPE) CODE_OF[BASIC.charCodeAt(code)] = code;
for (const [sign, code] of EXTENSION) CODE_OF[sign.charCodeAt(0)] = (ESCAPE << 8) | code;
const SIGN_OF_EXTENSION = new Map(EXTENSION.map(([sign, code]) => [code, sign]));

const codeOf = (unit: number): number => CODE_OF[unit] ?? NONE;
const isExtension = (code: number): boolean => code >> 8 === ESCAPE;

/** `gsm`: the default alphabet of GSM 03.38, data coding 0; `ucs2`: two octets (or two times two) a sign, data coding 8. */
export type SmsEncoding = 'gsm' | 'ucs2';

/** How much fits: septets or UTF-16 units, in a message of one part and in each of several. */
export const PART_SIZES = { gsm: { single: 160, several: 153 }, ucs2: { single: 70, several: 67 } } as const;

/** More parts than this cannot be numbered: the header has one octet for the count. */
export const MOST_PARTS = 255;

/** `gsm` where every sign is in the alphabet, else `ucs2`. */
export function encodingOf(text: string): SmsEncoding {
  for (let index = 0; index < text.length; index++) if (codeOf(text.charCodeAt(index)) === NONE) return 'ucs2';
  return 'gsm';
}

/** Places that a text takes: septets (a sign of the extension table is two) or UTF-16 units. */
export function lengthIn(text: string, encoding: SmsEncoding): number {
  if (encoding === 'ucs2') return text.length;
  let length = text.length;
  for (let index = 0; index < text.length; index++) if (isExtension(codeOf(text.charCodeAt(index)))) length++;
  return length;
}

export interface SplitText {
  readonly encoding: SmsEncoding;
  /** In order; together the text again, nothing is lost. At least one, the empty text has one empty part. May be more than MOST_PARTS. */
  readonly parts: readonly string[];
}

const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;

/**
 * Cuts a text into as few parts as hold it. A sign of the extension table and a surrogate pair are never cut.
 * @example splitText('Привет'); // { encoding: 'ucs2', parts: ['Привет'] }
 */
export function splitText(text: string): SplitText {
  const encoding = encodingOf(text);
  const { single, several } = PART_SIZES[encoding];
  if (lengthIn(text, encoding) <= single) return { encoding, parts: [text] };
  const parts: string[] = [];
  let begin = 0;
  let room: number = several;
  for (let index = 0; index < text.length; ) {
    const unit = text.charCodeAt(index);
    const pair = encoding === 'ucs2' && isHigh(unit) && isLow(text.charCodeAt(index + 1));
    const places = pair || (encoding === 'gsm' && isExtension(codeOf(unit))) ? 2 : 1;
    if (places > room) {
      parts.push(text.slice(begin, index));
      begin = index;
      room = several;
    }
    room -= places;
    index += pair ? 2 : 1;
  }
  parts.push(text.slice(begin));
  return { encoding, parts };
}

/** How many parts a text takes; what `tps` counts and what a report shows. */
export const countParts = (text: string): number => splitText(text).parts.length;

/** The octets of a text: one an septet (not packed) in `gsm`, big-endian UTF-16 in `ucs2`. A sign outside the alphabet becomes `?` in `gsm`. */
export function encodeText(text: string, encoding: SmsEncoding): Buffer {
  if (encoding === 'ucs2') return Buffer.from(text, 'utf16le').swap16();
  const octets = Buffer.allocUnsafe(lengthIn(text, 'gsm'));
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const code = codeOf(text.charCodeAt(index));
    if (code === NONE) octets[at++] = 0x3f;
    else {
      if (isExtension(code)) octets[at++] = ESCAPE;
      octets[at++] = code & 0x7f;
    }
  }
  return octets;
}

/**
 * Reads unpacked septets. After 0x1B a code that the extension table does not have stands for the sign of the basic one, as phones show it (TS 23.038,
 * 6.2.1.1); an 0x1B at the end or doubled is a space; an octet over 0x7F is U+FFFD.
 */
export function decodeGsm(octets: Uint8Array): string {
  let text = '';
  for (let index = 0; index < octets.length; index++) {
    const code = octets[index] ?? 0;
    if (code === ESCAPE) {
      const next = octets[++index] ?? ESCAPE;
      text += SIGN_OF_EXTENSION.get(next) ?? (next === ESCAPE ? ' ' : (BASIC[next] ?? '\ufffd'));
    } else text += BASIC[code] ?? '\ufffd';
  }
  return text;
}

/** Reads big-endian UTF-16; an odd last octet is left out. Surrogates are given as they stand: a pair may be cut between parts. */
export function decodeUcs2(octets: Uint8Array): string {
  return Buffer.from(octets.subarray(0, octets.length & ~1))
    .swap16()
    .toString('utf16le');
}

/** A received text as the database can keep it: no half pairs, no NUL. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** What ties the parts of a long message together. */
export interface Concatenation {
  /** 0 to 255, or to 65535 where the sender uses the long form. The same in all parts of one message. */
  readonly reference: number;
  readonly total: number;
  /** From 1. */
  readonly place: number;
}

/** User data header with an 8-bit reference (TS 23.040, 9.2.3.24.1): 6 octets in front of the part. */
export function concatenationHeader({ reference, total, place }: Concatenation): Buffer {
  return Buffer.from([5, 0x00, 3, reference & 0xff, total, place]);
}

export interface UserData {
  /** Undefined where the header has none, or one that contradicts itself (place 0, place over total). */
  readonly concatenation: Concatenation | undefined;
  /** Octets of the header with its length octet; the text begins behind it. */
  readonly headerLength: number;
}

/** Reads the header in front of user data (8-bit and 16-bit references). Undefined where its lengths contradict each other. */
export function readUserDataHeader(octets: Uint8Array): UserData | undefined {
  const headerLength = (octets[0] ?? 0) + 1;
  if (octets.length === 0 || headerLength > octets.length) return undefined;
  let concatenation: Concatenation | undefined;
  for (let at = 1; at < headerLength; ) {
    const kind = octets[at] ?? 0;
    const length = octets[at + 1] ?? 0;
    const value = at + 2;
    if (value + length > headerLength) return undefined;
    const long = kind === 0x08 && length === 4;
    if (long || (kind === 0x00 && length === 3)) {
      const [high = 0, low = 0] = octets.subarray(value);
      const reference = long ? (high << 8) | low : high;
      const total = octets[value + length - 2] ?? 0;
      const place = octets[value + length - 1] ?? 0;
      if (place >= 1 && place <= total) concatenation = { reference, total, place };
    }
    at = value + length;
  }
  return { concatenation, headerLength };
}
