import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHex } from '../line/hex.ts';
import { LineWriter } from '../line/line-writer.ts';
import { joinParams, splitParams } from '../line/parameters.ts';
import { decodeWindows1251, encodeWindows1251 } from '../windows1251.ts';

const bytes = (text: string) => encodeWindows1251(text, '?');
const latin = (line: Uint8Array) => String.fromCharCode(...line);
const withoutEnd = (line: Uint8Array) => line.subarray(0, line.length - 2);
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe('splitting', () => {
  test('at each space, before decoding: empty parameters count, 0xA0 is text', () => {
    expect(splitParams(bytes('GETTASK 1'))).toEqual(['GETTASK', '1']);
    expect(splitParams(bytes('A  b '))).toEqual(['A', '', 'b', '']);
    expect(splitParams(bytes(' A'))).toEqual(['', 'A']);
    expect(splitParams(bytes('A \u00a0x\u00a0'))).toEqual(['A', '\u00a0x\u00a0']);
    expect(splitParams(bytes('A Пожар%20корпус%202'))).toEqual(['A', 'Пожар корпус 2']);
  });

  test.each([
    ['%', '%'],
    ['%2', '%2'],
    ['%zz', '%zz'],
    ['%2z', '%2z'],
    ['100%', '100%'],
    ['%25%32%30', '%20'],
    ['%0D%0A', '\r\n'],
    ['%c0%C0', 'АА'],
    ['%%20', '% '],
    ['%20%', ' %'],
  ])('%s is decoded as %j', (written, meant) => {
    expect(splitParams(bytes(`A ${written}`))).toEqual(['A', meant]);
  });

  test('%00 and raw control bytes are faults that tell the command', () => {
    expect(splitParams(bytes('ADDGROUP a%00b x'))).toEqual({ fault: 'nul', word: 'ADDGROUP' });
    for (const code of [0, 9, 13, 31]) {
      expect(splitParams(bytes(`ADDGROUP a${String.fromCharCode(code)}b x`))).toEqual({ fault: 'control', word: 'ADDGROUP' });
    }
    expect(splitParams(Uint8Array.of(0x41, 0x09))).toEqual({ fault: 'control', word: '' });
    expect(splitParams(bytes('A \x7f'))).toEqual(['A', '\x7f']);
  });

  test('random bytes never throw, and every part is found', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (line) => {
        const split = splitParams(line);
        if ('fault' in split) expect(line.some((byte) => byte < 0x20) || latin(line).includes('%00')).toBe(true);
        else expect(split).toHaveLength(latin(line).split(' ').length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('joining', () => {
  test('escapes what would break a line, in upper case', () => {
    expect(latin(joinParams(['A', ' \t\r\n%\x7f\x01']))).toBe('A %20%09%0D%0A%25%7F%01\r\n');
    expect(joinParams(['A', '', 'Ёлка', ''])).toEqual(bytes('A  Ёлка \r\n'));
  });

  test('what windows-1251 lacks becomes one question mark', () => {
    expect(latin(joinParams(['A', '₽😀\ud83dx\ude00', 'б']))).toBe('A ???x? \xe1\r\n');
  });

  test('all 256 bytes but NUL survive in one parameter', () => {
    const all = decodeWindows1251(EVERY_BYTE.subarray(1));
    expect(splitParams(withoutEnd(joinParams(['A', all])))).toEqual(['A', all]);
  });

  test('any text of the code page survives, however it was escaped', () => {
    const character = fc.integer({ min: 1, max: 255 }).map((byte) => decodeWindows1251(Uint8Array.of(byte)));
    fc.assert(
      fc.property(fc.array(fc.string({ unit: character, maxLength: 200 }), { maxLength: 8 }), (params) => {
        const line = joinParams(['A', ...params]);
        expect(splitParams(withoutEnd(line))).toEqual(['A', ...params]);
        expect(line.subarray(0, -2).some((byte) => byte < 0x20 || byte === 0x7f)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('any Unicode becomes what the codec of windows-1251 makes of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const clean = text.replaceAll('\0', '');
        expect(splitParams(withoutEnd(joinParams(['A', clean])))).toEqual(['A', decodeWindows1251(encodeWindows1251(clean, '?'))]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the writer', () => {
  test('writes words, numbers, texts and digits of bytes', () => {
    const out = new LineWriter();
    out
      .word('A OK')
      .number(0)
      .number(7)
      .number(10)
      .number(999_999_999)
      .number(1_000_000_000)
      .number(2 ** 53 - 1)
      .number(-5)
      .end();
    expect(latin(out.take())).toBe('A OK 0 7 10 999999999 1000000000 9007199254740991 -5\r\n');
    expect(
      latin(
        out
          .word('B')
          .hex(Uint8Array.of(0, 0x3c, 0xff))
          .text('')
          .end()
          .take(),
      ),
    ).toBe('B 003CFF \r\n');
    expect(latin(out.line('C OK', 1, 'a b', '').take())).toBe('C OK 1 a%20b \r\n');
    expect(out.length).toBe(0);
  });

  test('every number is written as its decimal digits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.maxSafeInteger()), (number) => {
        expect(latin(new LineWriter(1).word('').number(number).take())).toBe(` ${number}`);
      }),
    );
  });

  test('bytes are written as they are, however small the pieces of memory are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.integer({ min: 1, max: 64 }), (parts, piece) => {
        const out = new LineWriter(piece);
        for (const part of parts) out.bytes(part);
        expect(Buffer.from(out.take()).equals(Buffer.concat(parts))).toBe(true);
      }),
    );
  });

  test('what was taken stays, however much is written behind it and however small the pieces of memory are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.array(fc.string({ maxLength: 100 }), { maxLength: 50 }), (piece, texts) => {
        const out = new LineWriter(piece);
        const taken = texts.map((text) => out.line('T', text, 12345).take());
        taken.forEach((line, index) => void expect(line).toEqual(joinParams(['T', texts[index]!, '12345'])));
      }),
    );
  });
});

test('hexadecimal digits are read in any case and only in pairs', () => {
  expect(readHex('00fFAb')).toEqual(Uint8Array.of(0, 255, 0xab));
  expect(readHex('')).toEqual(new Uint8Array(0));
  for (const wrong of ['0', '0g', '00 11', '0x00', 'ФФ']) expect(readHex(wrong)).toBeUndefined();
});
