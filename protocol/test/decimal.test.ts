import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDecimal, parseDecimal } from '../check/decimal.ts';
import { readAmount } from '../reader/values.ts';

test('decimals are exact where floats are not', () => {
  expect(parseDecimal('0.1') + parseDecimal('0.2')).toBe(parseDecimal('0.3'));
  expect(formatDecimal(parseDecimal('999999999999999.99999999') + parseDecimal('0.00000001'))).toBe('1000000000000000');
});

test('money is written as the files write it', () => {
  expect(['5000', '5000.00', '83.30', '83.3', '0.005', '-0.50', '-12'].map((text) => formatDecimal(parseDecimal(text)))).toEqual([
    '5000',
    '5000',
    '83.30',
    '83.30',
    '0.005',
    '-0.50',
    '-12',
  ]);
});

test('every amount that the reader gives can be summed up and comes back equal', () => {
  const raw = fc.tuple(fc.constantFrom('', '-'), fc.bigInt(0n, 10n ** 15n - 1n), fc.stringMatching(/^\d{0,8}$/), fc.constantFrom('.', ','));
  fc.assert(
    fc.property(raw, ([sign, whole, fraction, point]) => {
      const read = readAmount(`${sign}${whole}${fraction === '' ? '' : point}${fraction}`).value ?? expect.fail();
      const value = parseDecimal(read);
      expect(parseDecimal(formatDecimal(value))).toBe(value);
      expect(value).toBe((sign === '-' ? -1n : 1n) * (whole * 10n ** 8n + BigInt(fraction.padEnd(8, '0') || '0')));
    }),
  );
});
