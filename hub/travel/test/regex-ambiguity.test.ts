import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { isAmbiguousLoop } from '../regex-ambiguity.ts';

describe('an expression that another engine would run without bound', () => {
  const bad = [
    '(a+)+$',
    '(a*)*',
    '(a|a)*b',
    '(a|aa)+$',
    '([a-zA-Z]+)*x',
    '(\\w+\\s?)*$',
    '^(\\d+)*$',
    '(.*,)*x',
    '(?:(?:a+b?)+c?)+',
    '([А-Я]+-?)+\\d',
    '(a{1,9}){2,}',
    '(\\d{2}|\\d{3})+x',
    '(?i)(a|A)+x',
    '(x+x+)+y',
    '(?P<n>a+)+',
    '(\\Qa\\E+)+',
    '(\\p{Cyrillic}+я?)+!',
    '([^"]*"?)*z',
    '((a?b?)+)+c',
  ];
  for (const pattern of bad) test(`${pattern} is found`, () => expect(isAmbiguousLoop(pattern)).toBe(true));
});

describe('an honest expression', () => {
  const good = [
    '',
    '\\d{4}',
    '[А-Я]{2}-\\d+(?:/\\d)?',
    '\\p{Cyrillic}{2}-\\d+(?:/\\d)?',
    '^[A-Z]{2}\\d{6,9}$',
    '(?:\\d+,)*\\d+',
    '(\\d{1,3},)+',
    '(\\d{2})+',
    '(\\d{12})+',
    '[^@\\s]+@[^@\\s]+\\.[a-z]{2,10}',
    '(?:[^"\\\\]|\\\\.)*',
    '(?i)(?:abc|def|ghi)+',
    '(ab|ac)*',
    '\\w+\\w+',
    '(?:[A-Z][a-z]*)+',
    '[]a]+[^]]',
    'a{0}b{0,2}c{3,}',
    '^(?:П|Ф)-\\d{1,4}(?:\\.\\d{1,2})?$',
    '\\x{410}\\Qa.b\\E*[[:alpha:]]+?',
    '(?)a(?i-s)b+',
  ];
  for (const pattern of good) {
    test(`${pattern || 'the empty one'} is let through`, () => {
      expect(() => RE2JS.compile(pattern)).not.toThrow();
      expect(isAmbiguousLoop(pattern)).toBe(false);
    });
  }
});

test('is judged in bounded time, whatever it is', () => {
  const signs = fc.constantFrom(
    'a',
    'b',
    '.',
    '\\d',
    '\\w',
    '[ab]',
    '[^a]',
    '(',
    ')',
    '|',
    '*',
    '+',
    '?',
    '{2}',
    '{1,3}',
    '{2,}',
    '(?:',
    '(?i',
    '-',
    '\\Q',
    '\\E',
    '^',
    '😀',
  );
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 60 }), (parts) => {
      const pattern = parts.join('');
      try {
        RE2JS.compile(pattern);
      } catch {
        return;
      }
      const begin = performance.now();
      expect(typeof isAmbiguousLoop(pattern)).toBe('boolean');
      expect(performance.now() - begin).toBeLessThan(5_000);
    }),
    { numRuns: 500 },
  );
});

test('is judged in bounded time also at its longest', () => {
  for (const pattern of [
    'a?'.repeat(250),
    '(?:\\w|.)'.repeat(60),
    `(?:${Array.from({ length: 120 }, (_, at) => `x${at}`).join('|')})*`,
    '((((a{8}){8}){8}){8})',
  ]) {
    const begin = performance.now();
    isAmbiguousLoop(pattern);
    expect(performance.now() - begin).toBeLessThan(5_000);
  }
});
