import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFileName, readSound, type Sound } from '../sound.ts';
import { chunk, riff, wav } from './support/wav.ts';

describe('sounds that are taken', () => {
  test.each([
    [wav(), { coding: 'alaw', channels: 1, rate: 8_000, bits: 8, lengthMs: 1_000 }],
    [wav({ code: 7 }), { coding: 'mulaw', lengthMs: 1_000 }],
    [wav({ code: 1, bits: 16, channels: 2, rate: 44_100 }), { coding: 'pcm', bits: 16, channels: 2, rate: 44_100, lengthMs: 1_000 }],
    [wav({ code: 1, bits: 24, rate: 48_000, extensible: true }), { coding: 'pcm', bits: 24, lengthMs: 1_000 }],
    [wav({ data: 4_001 }), { lengthMs: 500 }],
    [wav({ before: [chunk('LIST', Buffer.from('odd'))] }), { coding: 'alaw', lengthMs: 1_000 }],
  ])('%#', (bytes, expected) => {
    expect(readSound(bytes)).toMatchObject(expected);
  });

  test('a last chunk of odd size without its filling byte', () => {
    const whole = wav({ data: 4_001 });
    const cut = Buffer.from(whole.subarray(0, -1));
    cut.writeUInt32LE(cut.length - 8, 4);
    expect(readSound(cut)).toMatchObject({ lengthMs: 500 });
  });
});

describe('what is refused, and why', () => {
  const lying = (at: number, by: number): Buffer => {
    const bytes = Buffer.from(wav());
    bytes.writeUInt32LE((bytes.readUInt32LE(at) + by) >>> 0, at);
    return bytes;
  };
  test.each([
    ['nothing', Buffer.alloc(0), /RIFF/],
    ['a zip', Buffer.from('PK\x03\x04 and more of it, as long as a head'), /RIFF/],
    ['RIFF of another kind', chunk('RIFF', Buffer.from('AVI LIST')), /RIFF/],
    ['a head that says more than there is', lying(4, 1), /head says/],
    ['a head that says less than there is', lying(4, -1), /head says/],
    ['a format chunk beyond the end', lying(16, 1_000_000), /"fmt " says/],
    ['a sound beyond the end', lying(40, 2), /"data" says/],
    ['the largest size that can be said', lying(40, 0xffff_ffff - 8_000), /"data" says 4294967295/],
    ['a tail that is no chunk', riff(chunk('fmt ', Buffer.alloc(16)), Buffer.from('xyz!')), /cut off/],
    ['no format', riff(chunk('data', Buffer.alloc(8))), /no whole chunk "fmt "/],
    ['a short format', riff(chunk('fmt ', Buffer.alloc(14)), chunk('data', Buffer.alloc(8))), /no whole chunk "fmt "/],
    ['no sound chunk', riff(chunk('fmt ', Buffer.alloc(16))), /no chunk "data"/],
    ['two sounds', riff(chunk('fmt ', Buffer.alloc(16)), chunk('data', Buffer.alloc(8)), chunk('data', Buffer.alloc(8))), /twice/],
    ['MP3 inside', wav({ code: 0x55 }), /coding 85/],
    ['32 bits', wav({ code: 1, bits: 32 }), /32 bits/],
    ['A-law of 16 bits', wav({ code: 6, bits: 16 }), /16 bits/],
    ['six channels', wav({ code: 1, channels: 6, bits: 16 }), /6 channels/],
    ['a slow rate', wav({ rate: 4_000 }), /4000 samples/],
    ['a fast rate', wav({ code: 1, bits: 8, rate: 96_000 }), /96000 samples/],
    ['silence of no length', wav({ data: 0 }), /no sound/],
    ['more than ten minutes', wav({ data: 8_000 * 601 }), /lasts 601 s/],
    ['more than 20 MiB', Buffer.alloc(20 * 1024 * 1024 + 1), /at most/],
  ])('%s', (_what, bytes, why) => {
    expect(readSound(bytes)).toMatch(why);
  });

  test('a block size that does not fit the samples', () => {
    const bytes = Buffer.from(wav());
    bytes.writeUInt16LE(0, 32);
    expect(readSound(bytes)).toMatch(/bytes a sample/);
  });

  test('an extensible format that is cut short', () => {
    const format = Buffer.alloc(16);
    format.writeUInt16LE(0xfffe, 0);
    expect(readSound(riff(chunk('fmt ', format), chunk('data', Buffer.alloc(8))))).toMatch(/too short/);
  });

  test('any bytes, and any damage to a good file, are answered without a failure', () => {
    const good = wav({ before: [chunk('LIST', Buffer.from('INFO'))] });
    const isAnswer = (answer: Sound | string): boolean => typeof answer === 'string' || answer.lengthMs <= 600_000;
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => isAnswer(readSound(Buffer.from(bytes)))));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: good.length }),
        (at, value, cut) => {
          const bytes = Buffer.from(good.subarray(0, cut));
          if (at < bytes.length) bytes[at] = value;
          return isAnswer(readSound(bytes));
        },
      ),
    );
  });
});

test('names of files', () => {
  for (const name of ['fire.wav', 'Пожар (корпус 2).wav', 'a', 'x'.repeat(128), 'a..b']) expect(isFileName(name), name).toBe(true);
  for (const name of ['', '.hidden', '../x', 'a/b', 'a\\b', 'a\0', 'a\n', 'a:b', 'x'.repeat(129), 'a*'])
    expect(isFileName(name), name).toBe(false);
});
