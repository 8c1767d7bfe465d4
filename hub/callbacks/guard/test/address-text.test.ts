import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, openedFor, policyOf, verdictOf } from '../../test/support/guard.ts';

describe('limits', () => {
  const of = (length: number) => `https://a.ru/${'x'.repeat(length - 13)}`;
  test('a setting has 2,048 characters at most', () => {
    expect(verdictOf(judge(of(2_048)))).toBe('permitted');
    expect(verdictOf(judge(of(2_049)))).toBe('1 too_long');
  });
  test('a rendered address has 8,000 bytes at most', () => {
    expect(verdictOf(judge(of(8_000), { form: 'rendered' }))).toBe('permitted');
    expect(verdictOf(judge(of(8_001), { form: 'rendered' }))).toBe('1 too_long');
    expect(verdictOf(judge(`https://a.ru/${'я'.repeat(4_000)}`, { form: 'rendered' }))).toBe('1 too_long');
  });
});

test.each([
  ['https://a.ru../', '2 host'],
  ['https://./', '2 host'],
  ['https://.a.ru/', '2 host'],
  ['https://a..ru/', '2 host'],
  [`https://${'a'.repeat(64)}.ru/`, '2 host'],
  [`https://${'a.'.repeat(125)}ru/`, 'permitted'],
  [`https://${'a.'.repeat(126)}ru/`, '2 host'],
  ['https://a.ru/\ud800', '1 characters'],
  ['https://a.ru/a b', '1 characters'],
  ['https://a.ru/\u00a0', '1 characters'],
  ['https://a.ru/ ', '1 characters'],
  ['', '1 scheme'],
  ['https://', '1 scheme'],
  ['https://a.ru/?@x', 'permitted'],
  ['https://a.ru/@x:y@z', 'permitted'],
  ['https://a.ru?x@y', 'permitted'],
])('%s is %s', (text, expected) => {
  expect(verdictOf(judge(text))).toBe(expected);
});

describe('whatever comes', () => {
  const pieces = fc.constantFrom(
    'http',
    'https',
    ':',
    '//',
    '/',
    '\\',
    '@',
    '#',
    '?',
    '[',
    ']',
    '127.0.0.1',
    '::1',
    '0x7f.1',
    'a.ru',
    'localhost',
    '.',
    '%',
    '%2e',
    '10.0.0.5',
    '\t',
    'x',
    '2130706433',
    ':80',
    '①',
  );

  test('is judged, and never permitted to lead where nothing may', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const judged = judge(text, { entries: openedFor(text) });
        if (!judged.permitted) return;
        // What the sender dials is what was judged, and a second parser sees the same.
        const again = new URL(judged.target.origin + judged.target.path);
        expect(again.href).toBe(judged.url.href);
        expect(judged.target.host).not.toMatch(/^(127\.|10\.|localhost$|::)/);
        expect(judged.target.host).toMatch(/[.:]/);
        expect(judged.url.username + judged.url.password + judged.url.hash).toBe('');
      }),
      { numRuns: 5_000 },
    );
  });

  test('is judged in a time that grows with its length only', () => {
    const long = `https://${'a'.repeat(7_900)}`;
    const began = performance.now();
    for (let at = 0; at < 200; at += 1) judge(`${long}${at}`, { form: 'rendered', policy: policyOf() });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
