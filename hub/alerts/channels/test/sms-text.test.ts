import fc from 'fast-check';
import { split } from 'split-sms';
import { describe, expect, test } from 'vitest';
import {
  concatenationHeader,
  countParts,
  decodeGsm,
  decodeUcs2,
  encodeText,
  encodingOf,
  lengthIn,
  PART_SIZES,
  readUserDataHeader,
  splitText,
  storable,
} from '../sms-text.ts';

const EXTENSION = '\f^{}\\[~]|€';
const GSM_SIGNS =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà' +
  EXTENSION;
const gsmText = fc.string({ unit: fc.constantFrom(...GSM_SIGNS, ...EXTENSION), maxLength: 700 });
const anyText = fc.oneof(
  gsmText,
  fc.string({ unit: fc.constantFrom('Ж', 'я', 'ё', 'a', ' ', '😀', '𝒳', '€', '\u0301'), maxLength: 500 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
);

describe('the choice of encoding', () => {
  test.each([
    ['Fire in building 2', 'gsm'],
    ['', 'gsm'],
    [GSM_SIGNS, 'gsm'],
    ['Пожар', 'ucs2'],
    ['a\u001bb', 'ucs2'],
    ['Ç', 'gsm'],
    ['ç', 'ucs2'],
    ['`', 'ucs2'],
    ['\t', 'ucs2'],
    ['No\u00a0break', 'ucs2'],
    ['😀', 'ucs2'],
    ['\uffff', 'ucs2'],
  ])('%j goes as %s', (text, encoding) => expect(encodingOf(text)).toBe(encoding));
});

describe('the alphabet', () => {
  test('codes of TS 23.038', () => {
    expect(encodeText('@ΔA à', 'gsm').toString('hex')).toBe('001041207f');
    expect(encodeText('€[]{}\\^~|\f', 'gsm').toString('hex')).toBe('1b651b3c1b3e1b281b291b2f1b141b3d1b401b0a');
    expect(encodeText('Ж😀', 'ucs2').toString('hex')).toBe('0416d83dde00');
  });

  test('every sign comes back, each of its own code', () => {
    expect(decodeGsm(encodeText(GSM_SIGNS, 'gsm'))).toBe(GSM_SIGNS);
    const codes = new Set([...GSM_SIGNS].map((sign) => encodeText(sign, 'gsm').toString('hex')));
    expect(codes.size).toBe(127 + 10);
  });

  test('what is not in the tables', () => {
    expect(encodeText('Ж', 'gsm').toString()).toBe('?');
    expect(decodeGsm(Uint8Array.of(0x1b, 0x41))).toBe('A');
    expect(decodeGsm(Uint8Array.of(0x41, 0x1b))).toBe('A ');
    expect(decodeGsm(Uint8Array.of(0x1b, 0x1b, 0x65))).toBe(' e');
    expect(decodeGsm(Uint8Array.of(0x80, 0x1b, 0xff))).toBe('\ufffd\ufffd');
    expect(decodeUcs2(Uint8Array.of(0x04, 0x16, 0x04))).toBe('Ж');
    expect(storable('a\0b\ud83d')).toBe('ab\ufffd');
  });

  test('any text comes back from its octets, and no octets stop the reader', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const encoding = encodingOf(text);
        const octets = encodeText(text, encoding);
        expect(octets.length).toBe(lengthIn(text, encoding) * (encoding === 'gsm' ? 1 : 2));
        expect(encoding === 'gsm' ? decodeGsm(octets) : decodeUcs2(octets)).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const copy = octets.slice();
        expect(decodeGsm(octets).length).toBeLessThanOrEqual(octets.length);
        expect(decodeUcs2(octets).length).toBe(octets.length >> 1);
        expect(octets).toEqual(copy);
      }),
    );
  });
});

describe('the split into parts', () => {
  test.each([
    ['', 1],
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    ['€'.repeat(80), 1],
    [`a${'€'.repeat(80)}`, 2],
    ['€'.repeat(152), 2],
    ['€'.repeat(153), 3],
    ['Ж'.repeat(70), 1],
    ['Ж'.repeat(71), 2],
    ['Ж'.repeat(134), 2],
    ['Ж'.repeat(135), 3],
    ['😀'.repeat(35), 1],
    ['😀'.repeat(66), 2],
    ['😀'.repeat(67), 3],
  ])('parts of a text (%#)', (text, parts) => expect(countParts(text)).toBe(parts));

  test('an extension sign and a pair that would be cut go to the next part', () => {
    expect(splitText(`${'a'.repeat(152)}€${'b'.repeat(10)}`).parts).toEqual(['a'.repeat(152), `€${'b'.repeat(10)}`]);
    expect(splitText(`${'Ж'.repeat(66)}😀${'я'.repeat(10)}`).parts).toEqual(['Ж'.repeat(66), `😀${'я'.repeat(10)}`]);
  });

  test('nothing is lost, no part is too long, no pair is cut', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { encoding, parts } = splitText(text);
        expect(parts.join('')).toBe(text);
        const size = parts.length === 1 ? PART_SIZES[encoding].single : PART_SIZES[encoding].several;
        for (const part of parts) expect(lengthIn(part, encoding)).toBeLessThanOrEqual(size);
        if (text.isWellFormed()) expect(parts.every((part) => part.isWellFormed())).toBe(true);
        if (parts.length > 1) expect(parts.every((part) => part !== '')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('the same as npm split-sms does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(text.isWellFormed());
        const theirs = split(text);
        const ours = splitText(text);
        expect(ours.encoding).toBe(theirs.characterSet === 'GSM' ? 'gsm' : 'ucs2');
        expect(ours.parts).toEqual(theirs.parts.map(({ content }) => content));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the header of parts', () => {
  test('8-bit reference', () => {
    expect(concatenationHeader({ reference: 0x1a5, total: 3, place: 2 }).toString('hex')).toBe('050003a50302');
    expect(readUserDataHeader(Buffer.from('050003a5030241', 'hex'))).toEqual({
      concatenation: { reference: 0xa5, total: 3, place: 2 },
      headerLength: 6,
    });
  });

  test('16-bit reference, other elements before and behind it', () => {
    expect(readUserDataHeader(Buffer.from('0e05040b8423f0080412340201700041', 'hex'))).toEqual({
      concatenation: { reference: 0x1234, total: 2, place: 1 },
      headerLength: 15,
    });
    expect(readUserDataHeader(Buffer.from('06050415821582', 'hex'))).toEqual({ concatenation: undefined, headerLength: 7 });
  });

  test.each(['', '05', '0500', '050003a503', '050009a50302', '0100', '020005'])('contradictory lengths: %j', (hex) =>
    expect(readUserDataHeader(Buffer.from(hex, 'hex'))).toBeUndefined(),
  );

  test.each(['050003a50300', '050003a50304', '050003a50000'])('places that cannot be: %s', (hex) =>
    expect(readUserDataHeader(Buffer.from(hex, 'hex'))?.concatenation).toBeUndefined(),
  );

  test('any octets are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
        const header = readUserDataHeader(octets);
        if (header) expect(header.headerLength).toBeLessThanOrEqual(octets.length);
      }),
      { numRuns: 1000 },
    );
  });
});
