import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { Command, InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { gather, identifier, moment, wholeNumber } from '../arguments.ts';
import type { Translate } from '../words.ts';

const english: Translate = (en) => en;
const russian: Translate = (_, ru) => ru;

test('an option that is repeated gathers its values', () => {
  const command = new Command('add').option('--label <text>', '', gather);
  expect(command.parse(['--label', 'A', '--label', 'B'], { from: 'user' }).opts()).toEqual({ label: ['A', 'B'] });
});

describe('a whole number', () => {
  test('within its bounds, both included', () => {
    const port = wholeNumber(english, 1, 65_535);
    expect(['1', '443', '0443', '65535'].map(port)).toEqual([1, 443, 443, 65_535]);
  });

  test.each(['', '0', '65536', '-1', '+1', '1.0', '1e3', '0x10', ' 1', '１', 'one', '1'.repeat(400)])(
    '%j is a wrong command line',
    (text) => {
      expect(() => wholeNumber(english, 1, 65_535)(text)).toThrow(InvalidArgumentError);
      expect(() => wholeNumber(english, 1, 65_535)(text)).toThrow('a whole number from 1 to 65535.');
      expect(() => wholeNumber(russian, 1, 65_535)(text)).toThrow('целое число от 1 до 65535.');
    },
  );

  test('an id is exact up to the largest that JSON carries', () => {
    expect(identifier(english)('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    for (const text of ['0', '9007199254740992', '9007199254740993'])
      expect(() => identifier(english)(text), text).toThrow(InvalidArgumentError);
  });
});

describe('a moment', () => {
  const read = moment(english);

  test('with its offset means the same everywhere', () => {
    expect(String(read('2026-11-22T14:05:00+03:00'))).toBe('2026-11-22T11:05:00Z');
    expect(String(read('2026-11-22T14:05Z'))).toBe('2026-11-22T14:05:00Z');
  });

  test('without one it is of this computer; a day is its beginning', () => {
    const local = (text: string): string => String(Temporal.PlainDateTime.from(text).toZonedDateTime(systemTimeZone()).toInstant());
    expect(String(read('2026-11-22T14:05'))).toBe(local('2026-11-22T14:05'));
    expect(String(read('2026-11-22'))).toBe(local('2026-11-22T00:00'));
  });

  test.each(['', 'yesterday', '22.11.2026', '2026-02-30', '2026-11-22T25:00', '1899-12-31T00:00Z', '2200-01-02', '-100000-01-01'])(
    '%j is a wrong command line',
    (text) => {
      expect(() => read(text)).toThrow(InvalidArgumentError);
      expect(() => read(text)).toThrow('a day or time such as 2026-11-22 or 2026-11-22T14:05+03:00.');
      expect(() => moment(russian)(text)).toThrow('день или время, например 2026-11-22 или 2026-11-22T14:05+03:00.');
    },
  );
});
