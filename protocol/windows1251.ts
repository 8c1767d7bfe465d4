/**
 * windows-1251, the code page of the systems that Vestnik talks to: agencies' accounting programs (spec online-ticket 7.2), old ticket
 * files (3.8) and the line protocol of the alerts. Elsewhere text is Unicode.
 */

const decoder = new TextDecoder('windows-1251');
const UNMAPPED = 0;
const QUESTION_MARK = 0x3f;

/** Byte of each UTF-16 code unit; 0 where there is none (U+0000 itself is a byte 0 and never looked up here). */
const BYTE_OF = buildTable();

/** What to write for a character that windows-1251 does not have. The code point of half a surrogate pair is given as U+FFFD. */
export type Replacement = '?' | ((codePoint: number) => string);

/** Decodes windows-1251. Each of the 256 bytes has exactly one character (0x98 is U+0098), so nothing is lost. */
export function decodeWindows1251(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * Encodes text in windows-1251; the reverse of decodeWindows1251.
 * @param replacement `'?'`, or a function whose answer is written instead; characters of the answer that have no byte either become `?`.
 * @example encodeWindows1251('№5 ₽', (codePoint) => `&#${codePoint};`) // the bytes of '№5 &#8381;'
 */
export function encodeWindows1251(text: string, replacement: Replacement): Uint8Array {
  let bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const byte = unit < 0x80 ? unit : (BYTE_OF[unit] ?? UNMAPPED);
    if (byte !== UNMAPPED || unit === 0) {
      bytes[length++] = byte;
      continue;
    }
    const codePoint = text.codePointAt(i) ?? unit;
    if (codePoint > 0xffff) i++;
    const instead = replacement === '?' ? '?' : replacement(isHalfPair(codePoint) ? 0xfffd : codePoint);
    bytes = withRoom(bytes, length, instead.length + text.length - i);
    for (let k = 0; k < instead.length; k++) {
      const code = instead.charCodeAt(k);
      bytes[length++] = code < 0x80 ? code : BYTE_OF[code] || QUESTION_MARK;
    }
  }
  return bytes.subarray(0, length);
}

function buildTable(): Uint8Array {
  const upper = decoder.decode(Uint8Array.from({ length: 0x80 }, (_, i) => 0x80 + i));
  const table = new Uint8Array(Math.max(...Array.from(upper, (character) => character.charCodeAt(0))) + 1);
  for (let i = 0; i < upper.length; i++) table[upper.charCodeAt(i)] = 0x80 + i;
  return table;
}

function isHalfPair(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff;
}

function withRoom(bytes: Uint8Array<ArrayBuffer>, used: number, wanted: number): Uint8Array<ArrayBuffer> {
  if (used + wanted <= bytes.length) return bytes;
  const larger = new Uint8Array(Math.max(used + wanted, bytes.length + (bytes.length >> 1)));
  larger.set(bytes.subarray(0, used));
  return larger;
}
