/**
 * windows-1251, the code page of the systems that Vestnik talks to: agencies' accounting programs (spec online-ticket 7.2), old ticket
 * files (3.8) and the line protocol of the alerts. Elsewhere text is Unicode.
 */

const decoder = new TextDecoder('windows-1251');
const QUESTION_MARK = 0x3f;
/** Up to this many bytes the characters are put together here: a call of the decoder costs more. Measured on Node 26. */
const SHORT = 96;
/** Results up to a quarter of a slab share one: many small arrays cost more to make than to fill. */
const SLAB = 16_384;

const CHARACTER_OF = Uint16Array.from({ length: 256 }, (_, byte) => decoder.decode(Uint8Array.of(byte)).charCodeAt(0));
/** Byte of each UTF-16 code unit; 0 where there is none, and of U+0000. */
const BYTE_OF = new Uint8Array(0x10000);
CHARACTER_OF.forEach((unit, byte) => {
  BYTE_OF[unit] = byte;
});

let slab = new Uint8Array(SLAB);
let slabUsed = 0;

/** What to write for a character that windows-1251 does not have. The code point of half a surrogate pair is given as U+FFFD. */
export type Replacement = '?' | ((codePoint: number) => string);

/**
 * Decodes windows-1251. Each of the 256 bytes has exactly one character (0x98 is U+0098), so nothing is lost.
 * @param from @param to the part of the bytes to decode; all without them
 */
export function decodeWindows1251(bytes: Uint8Array, from = 0, to = bytes.length): string {
  const length = to - from;
  if (length > SHORT) return decoder.decode(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
  const units = new Array<number>(length);
  for (let i = 0; i < length; i++) units[i] = CHARACTER_OF[bytes[from + i]!]!;
  return String.fromCharCode.apply(null, units);
}

/**
 * Encodes text in windows-1251; the reverse of decodeWindows1251.
 * @param replacement `'?'`, or a function whose answer is written instead; characters of the answer that have no byte either become `?`.
 * @example encodeWindows1251('№5 ₽', (codePoint) => `&#${codePoint};`) // the bytes of '№5 &#8381;'
 */
export function encodeWindows1251(text: string, replacement: Replacement): Uint8Array {
  const size = text.length;
  const bytes = room(size);
  // Negative once a byte was 0: one look at the end in place of one for each character.
  let seen = 0;
  for (let i = 0; i < size; i++) {
    const byte = BYTE_OF[text.charCodeAt(i)]!;
    bytes[i] = byte;
    seen |= byte - 1;
  }
  return seen < 0 ? encodeForeign(text, replacement, bytes, bytes.indexOf(0)) : bytes;
}

/** Goes on from the first character that has no byte, or is U+0000. */
function encodeForeign(text: string, replacement: Replacement, begun: Uint8Array<ArrayBuffer>, from: number): Uint8Array {
  let bytes = begun;
  let length = from;
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const byte = BYTE_OF[unit]!;
    if (byte !== 0 || unit === 0) {
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

/** Bytes that nobody else holds. */
function room(size: number): Uint8Array<ArrayBuffer> {
  if (size > SLAB / 4) return new Uint8Array(size);
  if (slabUsed + size > SLAB) {
    slab = new Uint8Array(SLAB);
    slabUsed = 0;
  }
  slabUsed += size;
  return slab.subarray(slabUsed - size, slabUsed);
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
