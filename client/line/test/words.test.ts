import fc from 'fast-check';
import { expect, test } from 'vitest';
import { showWord, splitWords } from '../words.ts';

test('words stand between spaces; in quotes they hold spaces, or nothing', () => {
  expect(splitWords('ADDGROUP  "Цех 2" "" x\ty')).toEqual(['ADDGROUP', 'Цех 2', '', 'x\ty']);
  expect(splitWords('  A ')).toEqual(['A']);
  expect(splitWords('')).toEqual([]);
  expect(splitWords('A "a\\"b\\\\c\\n\\x1b\\q"')).toEqual(['A', 'a"b\\c\n\x1bq']);
  expect(splitWords('A it\'s a"b')).toEqual(['A', "it's", 'a"b']);
});

test('quotes that do not end are refused, and the place is told', () => {
  expect(() => splitWords('A "b')).toThrow('column 3');
  expect(() => splitWords('A "b"c')).toThrow('column 3');
});

test('whatever a word holds, it is shown so that it is read again, and on one line', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ maxLength: 20 }),
          fc.string({ unit: fc.constantFrom('"', '\\', ' ', '\n', '\t', '\x1b', '\x7f', '\xa0', 'Я'), maxLength: 8 }),
        ),
      ),
      (words) => {
        const shown = words.map(showWord).join(' ');
        expect([...shown].some((character) => character < ' ')).toBe(false);
        expect(splitWords(shown)).toEqual(words);
      },
    ),
  );
});

test('what turns the direction of text does not reach a terminal', () => {
  expect(showWord('a\u202eb')).toBe('"a?b"');
});
