import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineReader, TOO_LONG } from '../line/line-reader.ts';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const text = (line: Uint8Array) => String.fromCharCode(...line);

/** Everything that a reader gives for pieces of bytes, asked after each piece. */
function read(pieces: readonly Uint8Array[], limit: number): string[] {
  const reader = new LineReader();
  const lines: string[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let line = reader.next(limit); line !== undefined; line = reader.next(limit))
      lines.push(line === TOO_LONG ? '<long>' : text(line));
  }
  return lines;
}

function cut(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...places].sort((a, b) => a - b);
  return [...sorted, whole.length].map((end, index) => whole.slice(index === 0 ? 0 : sorted[index - 1], end));
}

describe('lines', () => {
  test('end at LF; one CR before it goes, another stays; empty ones are left out', () => {
    expect(read([bytes('PING\r\nPING a\n\r\n\nB\r\r\n\xa0\r\n')], 100)).toEqual(['PING', 'PING a', 'B\r', '\xa0']);
  });

  test('of exactly the limit pass, whatever their end; longer ones are told once and skipped', () => {
    expect(read([bytes('12345\r\n12345\n123456\r\n123456\n1\n')], 5)).toEqual(['12345', '12345', '<long>', '<long>', '1']);
    expect(read([bytes(`${'x'.repeat(50)}`), bytes('more'), bytes('end\nok\n')], 5)).toEqual(['<long>', 'ok']);
  });

  test('a CR that may still be the end is waited for', () => {
    const reader = new LineReader();
    reader.push(bytes('12345\r'));
    expect(reader.next(5)).toBeUndefined();
    reader.push(bytes('6'));
    expect(reader.next(5)).toBe(TOO_LONG);
    reader.push(bytes('\r\nok\r\n'));
    expect(text(reader.next(5) as Uint8Array)).toBe('ok');
  });

  test('each is judged by the limit of its own moment', () => {
    const reader = new LineReader();
    reader.push(bytes('short\n123456789\n123456789\n'));
    expect(text(reader.next(5) as Uint8Array)).toBe('short');
    expect(text(reader.next(9) as Uint8Array)).toBe('123456789');
    expect(reader.next(5)).toBe(TOO_LONG);
    expect(reader.next(5)).toBeUndefined();
  });

  test('stay as they are when more bytes come', () => {
    const reader = new LineReader();
    const lines: Uint8Array[] = [];
    for (let n = 0; n < 1000; n++) {
      reader.push(bytes(`line ${n}\r`));
      reader.push(bytes('\nbe'));
      const line = reader.next(100) as Uint8Array;
      lines.push(line);
      reader.push(bytes('hind\n'));
      expect(text(reader.next(100) as Uint8Array)).toBe('behind');
    }
    lines.forEach((line, n) => void expect(text(line)).toBe(`line ${n}`));
  });

  test('what waits is counted', () => {
    const reader = new LineReader();
    expect([reader.waitingBytes, reader.waitingLines]).toEqual([0, 0]);
    reader.push(bytes('a\nb\nc'));
    expect([reader.waitingBytes, reader.waitingLines]).toEqual([5, 2]);
    reader.next(9);
    expect([reader.waitingBytes, reader.waitingLines]).toEqual([3, 1]);
    reader.next(9);
    reader.next(0);
    expect([reader.waitingBytes, reader.waitingLines]).toEqual([0, 0]);
    reader.push(bytes('skipped'.repeat(1000)));
    expect([reader.waitingBytes, reader.waitingLines]).toEqual([0, 0]);
    reader.push(bytes('\nd\n'));
    expect([reader.waitingBytes, reader.waitingLines]).toEqual([2, 1]);
  });
});

describe('however the bytes are divided', () => {
  const SESSION = bytes('LOGIN admin Secret-123\r\n\r\nGETTASKS\nGETABONENTS  3 \r\nX\r\r\n1234567890123456789012345\r\nQUIT\r\n');

  test('at every place in two, byte by byte or at once, the lines are the same', () => {
    const whole = read([SESSION], 22);
    expect(whole).toEqual(['LOGIN admin Secret-123', 'GETTASKS', 'GETABONENTS  3 ', 'X\r', '<long>', 'QUIT']);
    for (let place = 0; place <= SESSION.length; place++) expect(read(cut(SESSION, [place]), 22)).toEqual(whole);
    expect(
      read(
        cut(
          SESSION,
          Array.from(SESSION, (_, place) => place),
        ),
        22,
      ),
    ).toEqual(whole);
  });

  test('random bytes give the lines of a plain splitting', () => {
    const streams = fc.array(fc.oneof(fc.constantFrom(0x0a, 0x0d), fc.integer({ min: 0, max: 255 })), { maxLength: 200 });
    fc.assert(
      fc.property(streams, fc.array(fc.nat(200)), fc.integer({ min: 1, max: 20 }), (stream, places, limit) => {
        const whole = Uint8Array.from(stream);
        const plain = text(whole)
          .split('\n')
          .map((line, index, all) => (index < all.length - 1 ? line.replace(/\r$/, '') : line))
          .flatMap((line, index, all) => {
            const last = index === all.length - 1;
            if (last) return line.length > limit + (line.endsWith('\r') ? 1 : 0) ? ['<long>'] : [];
            return line === '' ? [] : [line.length > limit ? '<long>' : line];
          });
        const within = places.filter((place) => place <= whole.length);
        expect(read(cut(whole, within), limit)).toEqual(plain);
      }),
      { numRuns: 2000 },
    );
  });
});

test('a MiB without an end is forgotten, not kept', () => {
  const reader = new LineReader();
  const piece = new Uint8Array(1024).fill(0x41);
  let told = 0;
  for (let n = 0; n < 1024; n++) {
    reader.push(piece);
    if (reader.next(1024) === TOO_LONG) told += 1;
    expect(reader.waitingBytes).toBeLessThanOrEqual(2048);
  }
  expect(told).toBe(1);
});
