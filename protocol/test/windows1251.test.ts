import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeWindows1251, encodeWindows1251 } from '../windows1251.ts';

const reference = (codePoint: number) => `&#${codePoint};`;
const latin = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('windows-1251', () => {
  test('every byte comes back as itself', () => {
    const text = decodeWindows1251(EVERY_BYTE);
    expect(text).toHaveLength(256);
    expect(encodeWindows1251(text, '?')).toEqual(EVERY_BYTE);
    expect(encodeWindows1251(text, reference)).toEqual(EVERY_BYTE);
  });

  test('letters and signs stand where the code page has them', () => {
    expect(decodeWindows1251(Uint8Array.of(0xc0, 0xff, 0xa8, 0xb8, 0xb9, 0x88, 0xa0, 0x98))).toBe('АяЁё№€\u00a0\u0098');
    expect([...encodeWindows1251('АяЁё№€', '?')]).toEqual([0xc0, 0xff, 0xa8, 0xb8, 0xb9, 0x88]);
  });

  test('short texts, long ones and parts of bytes are decoded alike', () => {
    const whole = decodeWindows1251(EVERY_BYTE);
    for (let byte = 0; byte < 256; byte++) {
      expect(decodeWindows1251(Uint8Array.of(byte))).toBe(whole[byte]);
      expect(encodeWindows1251(whole[byte]!, '?')).toEqual(Uint8Array.of(byte));
    }
    for (const [from, to] of [
      [0, 0],
      [0, 95],
      [3, 99],
      [3, 100],
      [0, 256],
      [100, 256],
    ] as const) {
      expect(decodeWindows1251(EVERY_BYTE, from, to)).toBe(whole.slice(from, to));
      expect(encodeWindows1251(whole.slice(from, to), '?')).toEqual(EVERY_BYTE.slice(from, to));
    }
  });

  test('what was encoded stays, however much is encoded after it', () => {
    const texts = Array.from({ length: 3000 }, (_, n) => `Строка ${n} ${'я'.repeat(n % 50)}`);
    const encoded = texts.map((text) => encodeWindows1251(text, '?'));
    encoded.forEach((bytes, n) => void expect(decodeWindows1251(bytes)).toBe(texts[n]));
  });

  test('U+0000 is a byte like others, also before what the code page lacks', () => {
    expect(latin(encodeWindows1251('\0a\0₽\0', '?'))).toBe('\0a\0?\0');
    expect(decodeWindows1251(encodeWindows1251(`a${'\0'.repeat(5000)}b`, '?'))).toBe(`a${'\0'.repeat(5000)}b`);
  });

  test('what the code page lacks becomes a question mark or a numeric reference', () => {
    expect(latin(encodeWindows1251('a₽b😀c', '?'))).toBe('a?b?c');
    expect(latin(encodeWindows1251('a₽b😀c', reference))).toBe('a&#8381;b&#128512;c');
  });

  test('half a surrogate pair never becomes a reference that XML forbids', () => {
    expect(latin(encodeWindows1251('a\ud83db', reference))).toBe('a&#65533;b');
    expect(latin(encodeWindows1251('\ude00', reference))).toBe('&#65533;');
  });

  test('an answer that has no byte itself is written as question marks', () => {
    expect(latin(encodeWindows1251('₽', () => '<₽>'))).toBe('<?>');
    expect(latin(encodeWindows1251('a₽b', () => ''))).toBe('ab');
  });

  test('any text survives by way of references', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const bytes = encodeWindows1251(text.replaceAll('&', '&amp;'), reference);
        const back = decodeWindows1251(bytes)
          .replaceAll(/&#(\d+);/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
          .replaceAll('&amp;', '&');
        expect(back).toBe(text.toWellFormed());
      }),
      { numRuns: 1000 },
    );
  });

  test('a long text of foreign characters takes time in proportion to its length', () => {
    const begun = performance.now();
    expect(encodeWindows1251('₽'.repeat(500_000), reference)).toHaveLength(3_500_000);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
