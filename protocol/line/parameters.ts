import { decodeWindows1251 } from '../windows1251.ts';
import { LineWriter } from './line-writer.ts';

const SPACE = 0x20;
const PERCENT = 0x25;
const NONE = 0xff;

/** Value of each hexadecimal digit by its code, 0xff for others. */
const DIGIT = new Uint8Array(256).fill(NONE);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  DIGIT[digit.charCodeAt(0)] = value;
  DIGIT[digit.toUpperCase().charCodeAt(0)] = value;
}

/** A line that is none: a raw byte below 0x20 stands in it, or `%00`, which no database takes (specification of alerts 2.9, 2.10). */
export interface LexicalFault {
  readonly fault: 'control' | 'nul';
  /** What stands before the first space. */
  readonly word: string;
}

/**
 * Splits a line at each space and decodes the parts: the command first, then its parameters (specification of alerts 2.5, 2.6, 2.8, 2.11). Two spaces
 * next to each other, or one at the end, are an empty parameter.
 * @param line its bytes without CR LF
 */
export function splitParams(line: Uint8Array): readonly string[] | LexicalFault {
  const words: string[] = [];
  let begin = 0;
  let escaped = false;
  for (let at = 0; at <= line.length; at++) {
    const byte = at < line.length ? line[at]! : SPACE;
    if (byte > PERCENT) continue;
    if (byte === PERCENT) escaped = true;
    else if (byte === SPACE) {
      const word = escaped ? decodeEscaped(line, begin, at) : decodeWindows1251(line, begin, at);
      if (word === undefined) return { fault: 'nul', word: words[0] ?? '' };
      words.push(word);
      begin = at + 1;
      escaped = false;
    } else if (byte < SPACE) return { fault: 'control', word: words[0] ?? '' };
  }
  return words;
}

/** Decodes part of a line; `%` without two hexadecimal digits stays as it is. @returns undefined where it has `%00` */
function decodeEscaped(line: Uint8Array, begin: number, end: number): string | undefined {
  const bytes = new Uint8Array(end - begin);
  let length = 0;
  for (let at = begin; at < end; at++) {
    const byte = line[at]!;
    const high = byte === PERCENT && at + 2 < end ? DIGIT[line[at + 1]!]! : NONE;
    const low = high === NONE ? NONE : DIGIT[line[at + 2]!]!;
    if (low === NONE) {
      bytes[length++] = byte;
      continue;
    }
    const value = high * 16 + low;
    if (value === 0) return undefined;
    bytes[length++] = value;
    at += 2;
  }
  return decodeWindows1251(bytes, 0, length);
}

/** The bytes of one line, CR LF included: words joined by spaces, each escaped. What windows-1251 does not have becomes `?`. */
export function joinParams(words: readonly string[]): Uint8Array {
  const out = new LineWriter(256);
  words.forEach((word, index) => {
    if (index === 0) out.word(word);
    else out.text(word);
  });
  return out.end().take();
}
