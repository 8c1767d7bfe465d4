import { decodeWindows1251, encodeWindows1251 } from '../../../protocol/windows1251.ts';

/** In what the body is written (spec callbacks 4, `charset`). */
export type Charset = 'utf-8' | 'windows-1251';

/** What happened to the values of one message on their way into it; notes on the attempt are made of it. */
export interface Remarks {
  /** Characters that XML forbids, left out. */
  removed: number;
  /** Characters that the charset does not have, written as `?`. */
  replaced: number;
}

const ENCODABLE = new Set(decodeWindows1251(Uint8Array.from({ length: 256 }, (_, byte) => byte)));

/** Whether a character can be written in the charset as it is. */
export function isEncodable(character: string, charset: Charset): boolean {
  return charset === 'utf-8' || ENCODABLE.has(character);
}

/** The text with every character that windows-1251 lacks replaced. @param instead what to write for a code point. */
export function substitute(text: string, instead: (codePoint: number) => string): string {
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) < 0x80 || ENCODABLE.has(text.charAt(at))) continue;
    const codePoint = text.codePointAt(at)!;
    out += text.slice(from, at) + instead(codePoint);
    if (codePoint > 0xffff) at += 1;
    from = at + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** `&#N;`, for XML text and attributes. */
export function characterReference(codePoint: number): string {
  return `&#${codePoint};`;
}

/** `\uXXXX` for each half, for JSON strings. */
export function jsonEscape(codePoint: number): string {
  const text = String.fromCodePoint(codePoint);
  return Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}

/** The bytes of a text; what windows-1251 does not have becomes `?`. */
export function encode(text: string, charset: Charset): Buffer {
  if (charset === 'utf-8') return text.length <= MOST_AT_ONCE ? encodeAtOnce(text) : Buffer.from(text, 'utf8');
  const bytes = encodeWindows1251(text, '?');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const encoder = new TextEncoder();
const scratch = new Uint8Array(64 * 1024);
/** A UTF-16 unit becomes at most three bytes. */
const MOST_AT_ONCE = Math.floor(scratch.length / 3);

/** Buffer.from goes over the text twice, to measure and to write; once is a quarter of the time of a whole message. */
function encodeAtOnce(text: string): Buffer {
  const { written } = encoder.encodeInto(text, scratch);
  const bytes = Buffer.allocUnsafe(written);
  bytes.set(scratch.subarray(0, written));
  return bytes;
}
