import { decodeWindows1251 } from '../windows1251.ts';

const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;
const PERCENT = 0x25;
const QUESTION_MARK = 0x3f;
const DIGITS = Uint8Array.from('0123456789ABCDEF', (digit) => digit.charCodeAt(0));

/** Byte of each UTF-16 code unit that is written as it is; 0 for those that are escaped, or that windows-1251 does not have. */
const PLAIN = new Uint8Array(0x10000);
for (const [byte, character] of [...decodeWindows1251(Uint8Array.from({ length: 256 }, (_, byte) => byte))].entries()) {
  if (byte > SPACE && byte !== PERCENT && byte !== 0x7f) PLAIN[character.charCodeAt(0)] = byte;
}

/** Writes an integer below this digit by digit. */
const MOST_DIGITS = 1_000_000_000;

/**
 * Writes lines of the protocol straight into bytes: escaped and in windows-1251 in one pass, without texts between (specification of alerts 2.2 to 2.7, 2.13).
 * A line is a `word`, then parameters, each with a space before it, then `end`. `take` gives out what stands there and goes on behind it, so that many
 * small answers share one piece of memory.
 * @example new LineWriter().word('ADDGROUP OK').number(7).text('Цех 2').text('').end().take()
 */
export class LineWriter {
  readonly #piece: number;
  #bytes: Uint8Array;
  #begin = 0;
  #at = 0;

  /** @param piece bytes of memory that are taken at once */
  constructor(piece = 65_536) {
    this.#piece = piece;
    this.#bytes = new Uint8Array(piece);
  }

  /** Bytes written and not yet taken. */
  get length(): number {
    return this.#at - this.#begin;
  }

  /** Gives out the bytes written since the last call. They are nobody else's and stay as they are. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(this.#begin, this.#at);
    this.#begin = this.#at;
    return taken;
  }

  /** Writes the beginning of a line as it is: ASCII only, such as `GETTASKS DATA`. */
  word(ascii: string): this {
    const size = ascii.length;
    if (this.#at + size > this.#bytes.length) this.#grow(size);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < size; i++) bytes[at++] = ascii.charCodeAt(i);
    this.#at = at;
    return this;
  }

  /** Writes a text as one parameter. Characters that windows-1251 does not have become `?`. */
  text(value: string): this {
    const size = value.length;
    // Escaped, a character takes three bytes.
    if (this.#at + 3 * size + 1 > this.#bytes.length) this.#grow(3 * size + 1);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = SPACE;
    for (let i = 0; i < size; i++) {
      const unit = value.charCodeAt(i);
      const plain = PLAIN[unit]!;
      if (plain !== 0) {
        bytes[at++] = plain;
      } else if (unit < 0x80) {
        bytes[at++] = PERCENT;
        bytes[at++] = DIGITS[unit >> 4]!;
        bytes[at++] = DIGITS[unit & 15]!;
      } else {
        bytes[at++] = QUESTION_MARK;
        if (isPair(unit, value.charCodeAt(i + 1))) i++;
      }
    }
    this.#at = at;
    return this;
  }

  /** Writes a whole number as one parameter. */
  number(value: number): this {
    if (!(value >= 0 && value < MOST_DIGITS) || value !== Math.trunc(value)) return this.#ascii(String(value));
    let places = 1;
    for (let power = 10; power <= value; power *= 10) places += 1;
    if (this.#at + places + 1 > this.#bytes.length) this.#grow(places + 1);
    const bytes = this.#bytes;
    bytes[this.#at] = SPACE;
    let rest = value;
    for (let at = this.#at + places; at > this.#at; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = DIGITS[rest - tenth * 10]!;
      rest = tenth;
    }
    this.#at += places + 1;
    return this;
  }

  /** Writes a number or a text as one parameter. */
  value(value: string | number): this {
    return typeof value === 'number' ? this.number(value) : this.text(value);
  }

  /** Writes bytes as one parameter of hexadecimal digits, upper case and contiguous (specification 2.16). */
  hex(value: Uint8Array): this {
    const size = 2 * value.length + 1;
    if (this.#at + size > this.#bytes.length) this.#grow(size);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = SPACE;
    for (const byte of value) {
      bytes[at++] = DIGITS[byte >> 4]!;
      bytes[at++] = DIGITS[byte & 15]!;
    }
    this.#at = at;
    return this;
  }

  /** Writes bytes as they are, such as lines that were written before. */
  bytes(value: Uint8Array): this {
    if (this.#at + value.length > this.#bytes.length) this.#grow(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return this;
  }

  /** Ends the line. */
  end(): this {
    if (this.#at + 2 > this.#bytes.length) this.#grow(2);
    this.#bytes[this.#at++] = CR;
    this.#bytes[this.#at++] = LF;
    return this;
  }

  /** Writes a whole line: its word, its parameters, its end. */
  line(word: string, ...values: readonly (string | number)[]): this {
    this.word(word);
    for (const value of values) this.value(value);
    return this.end();
  }

  #ascii(text: string): this {
    this.word(' ');
    return this.word(text);
  }

  #grow(added: number): void {
    const waiting = this.#at - this.#begin;
    const larger = new Uint8Array(Math.max(this.#piece, 2 * (waiting + added)));
    larger.set(this.#bytes.subarray(this.#begin, this.#at));
    this.#bytes = larger;
    this.#begin = 0;
    this.#at = waiting;
  }
}

function isPair(high: number, low: number): boolean {
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}
