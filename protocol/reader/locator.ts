import type { Encoding } from './encoding.ts';
import { utf8Sequence } from './utf8.ts';

/** A place in a file: line and column from 1 (column in UTF-16 code units), offset in bytes from the beginning of the file. */
export type Place = { line: number; column: number; offset: number };

/** Gives the place of an index of the decoded text. */
export type Locator = (index: number) => Place;

const STEP = 4096;

/**
 * Builds a locator in one pass; afterwards a place costs at most STEP steps from the nearest checkpoint.
 * @param bytes the bytes that were decoded to `text`, without byte order mark
 * @param start the place of the first character
 */
export function createLocator(text: string, bytes: Uint8Array, encoding: Encoding, start: Place): Locator {
  const walk = createWalk(text, bytes, encoding);
  const checkpoints: Position[] = [];
  const cursor: Position = { index: 0, byte: 0, line: start.line, lineStart: 1 - start.column };
  for (;;) {
    checkpoints.push({ ...cursor });
    if (cursor.index >= text.length) break;
    walk(cursor, Math.min(cursor.index + STEP, text.length));
  }
  return (index) => {
    const wanted = Math.max(0, Math.min(index, text.length));
    const near = checkpoints[Math.min(Math.floor(wanted / STEP), checkpoints.length - 1)];
    const at: Position = { ...(near ?? cursor) };
    walk(at, wanted);
    // The odd last byte of a cut UTF-16 file is less than the code unit it became.
    return { line: at.line, column: at.index - at.lineStart + 1, offset: start.offset + Math.min(at.byte, bytes.length) };
  };
}

type Position = { index: number; byte: number; line: number; lineStart: number };

function createWalk(text: string, bytes: Uint8Array, encoding: Encoding): (at: Position, until: number) => void {
  const width = widthOf(bytes, encoding);
  return (at, until) => {
    let { index, byte } = at;
    for (; index < until; index++) {
      const unit = text.charCodeAt(index);
      byte += width(unit, byte);
      if (unit === 0x0a || (unit === 0x0d && text.charCodeAt(index + 1) !== 0x0a)) {
        at.line++;
        at.lineStart = index + 1;
      }
    }
    at.index = index;
    at.byte = byte;
  };
}

function widthOf(bytes: Uint8Array, encoding: Encoding): (unit: number, byte: number) => number {
  if (encoding === 'windows-1251') return () => 1;
  if (encoding !== 'utf-8') return () => 2;
  return (unit, byte) => {
    if (unit < 0x80) return 1;
    if (unit < 0x800) return 2;
    // The first half of a pair carries the four bytes of both.
    if (unit >= 0xd800 && unit <= 0xdfff) return unit < 0xdc00 ? 4 : 0;
    return unit === 0xfffd ? Math.abs(utf8Sequence(bytes, byte)) : 3;
  };
}
