import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseEmail, readEmail, readMailbox } from '../email-address.ts';

describe('addresses', () => {
  test.each([
    ['ivanov@example.org', 'ivanov@example.org'],
    ['  Ivanov@EXAMPLE.Org\t', 'Ivanov@example.org'],
    ["o'brien+tag=1@sub.example.co.uk", "o'brien+tag=1@sub.example.co.uk"],
    ['иванов@почта.рф', 'иванов@xn--80a1acny.xn--p1ai'],
    ['Ivanov@Пример.РФ', 'Ivanov@xn--e1afmkfd.xn--p1ai'],
    ['a@XN--E1AFMKFD.xn--p1ai', 'a@xn--e1afmkfd.xn--p1ai'],
    // The same letter, composed of two characters.
    ['и\u0306@example.org', 'й@example.org'],
    ['a@1.example.org', 'a@1.example.org'],
    [`${'l'.repeat(64)}@example.org`, `${'l'.repeat(64)}@example.org`],
  ])('%s', (text, address) => {
    expect(readEmail(text)).toEqual({ address });
    expect(normaliseEmail(text)).toBe(address);
  });

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['ivanov', 'at'],
    ['a@b@example.org', 'at'],
    ['@example.org', 'local'],
    ['a b@example.org', 'local'],
    ['.a@example.org', 'local'],
    ['a..b@example.org', 'local'],
    ['"quoted local"@example.org', 'local'],
    ['a<b@example.org', 'local'],
    ['a,b@example.org', 'local'],
    ['a\r\nBcc: x@example.org', 'local'],
    ['a\u202eb@example.org', 'local'],
    [`${'l'.repeat(65)}@example.org`, 'local'],
    [`${'я'.repeat(33)}@example.org`, 'local'],
    ['a@', 'domain'],
    ['a@localhost', 'domain'],
    ['a@example..org', 'domain'],
    ['a@-example.org', 'domain'],
    ['a@example.org.', 'domain'],
    ['a@[127.0.0.1]', 'domain'],
    ['a@127.0.0.1', 'domain'],
    ['a@0x7f.1', 'domain'],
    ['a@exam%70le.org', 'domain'],
    ['a@example.org/path', 'domain'],
    ['a@exa mple.org', 'domain'],
    ['a@example.org>', 'domain'],
    ['a@exa_mple.org', 'domain'],
    [`a@${'d'.repeat(64)}.org`, 'domain'],
    [`a@${'d.'.repeat(140)}org`, 'long'],
  ])('%j is none: %s', (text, fault) => {
    expect(readEmail(text)).toEqual({ fault });
    expect(normaliseEmail(text)).toBeUndefined();
  });

  test('what is normalised stays as it is, and holds nothing that a header or a command could take for more', () => {
    const loose = fc.string({ unit: 'binary', maxLength: 30 });
    const near = fc.tuple(
      fc.string({ maxLength: 10 }),
      fc.constantFrom('@', '@@', ''),
      fc.string({ maxLength: 10 }),
      fc.constantFrom('.org', '.рф', ''),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          loose,
          near.map((parts) => parts.join('')),
          fc.emailAddress(),
        ),
        (text) => {
          const address = normaliseEmail(text);
          if (address === undefined) return;
          expect(normaliseEmail(address)).toBe(address);
          expect(address).not.toMatch(/[\s<>,;:"\\()[\]\p{Cc}]/u);
          expect(Buffer.byteLength(address)).toBeLessThanOrEqual(254);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('senders', () => {
  test.each([
    ['duty@example.org', { name: '', address: 'duty@example.org' }],
    ['<duty@Example.org>', { name: '', address: 'duty@example.org' }],
    ['Дежурный <duty@example.org>', { name: 'Дежурный', address: 'duty@example.org' }],
    ['"Пожар, 2" <duty@example.org>', { name: 'Пожар, 2', address: 'duty@example.org' }],
    ['"a \\"b\\" c" <duty@example.org>', { name: 'a "b" c', address: 'duty@example.org' }],
  ])('%s', (text, mailbox) => {
    expect(readMailbox(text)).toEqual(mailbox);
  });

  test.each([
    '',
    'Дежурный',
    'Дежурный <duty>',
    'a <b> <duty@example.org>',
    'x\n<duty@example.org>',
    'duty@example.org>',
    `${'n'.repeat(129)} <a@b.org>`,
  ])('%j is none', (text) => {
    expect(readMailbox(text)).toBeUndefined();
  });
});
