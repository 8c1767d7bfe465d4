import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencyDigits } from '../control/currency.ts';
import { escapeAttribute, escapeText, formatClock, formatDate, formatMoney, formatOffset, formatTimeOf } from '../xml/formats.ts';

describe('dates and times (spec 3.1)', () => {
  test('a day is DDMMYYYY, a time HHMM', () => {
    expect(formatDate('2026-12-09')).toBe('09122026');
    expect(formatClock('09:15')).toBe('0915');
  });

  test('a moment is written in its own offset, whatever the computer thinks', () => {
    expect([formatDate('2026-11-22T00:05:00+09:00'), formatTimeOf('2026-11-22T00:05:00+09:00')]).toEqual(['22112026', '0005']);
  });

  test.each([
    ['2026-11-22T14:05:00+03:00', '+0300'],
    ['2026-11-22T14:05:00.123456789-05:30', '-0530'],
    ['2026-11-22T14:05:00Z', '+0000'],
    ['2026-11-22T14:05:00-00:00', '+0000'],
  ])('the offset of %s is %s', (instant, offset) => {
    expect(formatOffset(instant)).toBe(offset);
  });
});

describe('money', () => {
  test.each([
    ['5000', 2, '5000'],
    ['5000.00', 2, '5000'],
    ['5000.0', 2, '5000'],
    ['83.3', 2, '83.30'],
    ['83.33', 2, '83.33'],
    ['0.05', 2, '0.05'],
    ['0', 2, '0'],
    ['0.00', 2, '0'],
    ['1.5', 3, '1.500'],
    ['1.125', 3, '1.125'],
    ['100', 0, '100'],
  ])('%s with %i digits is %s', (amount, digits, written) => {
    expect(formatMoney(amount, digits)).toBe(written);
  });

  test('digits of ISO 4217', () => {
    expect(['RUB', 'EUR', 'KZT', 'UZS', 'XYZ'].map(currencyDigits)).toEqual([2, 2, 2, 2, 2]);
    expect(['JPY', 'KRW', 'VND', 'ISK', 'XAF', 'CLP'].map(currencyDigits)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(['KWD', 'BHD', 'OMR', 'JOD', 'TND', 'IQD', 'LYD'].map(currencyDigits)).toEqual([3, 3, 3, 3, 3, 3, 3]);
  });

  test('the value never changes', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(99), (whole, cents) => {
        const amount = `${whole}.${String(cents).padStart(2, '0')}`;
        expect(Number(formatMoney(amount, 2))).toBe(Number(amount));
      }),
    );
  });
});

describe('escaping', () => {
  test('& < > in text, also " and line breaks in attributes', () => {
    expect(escapeText(`a & b < c > d "e" 'f' ]]>\n`)).toBe(`a &amp; b &lt; c &gt; d "e" 'f' ]]&gt;\n`);
    expect(escapeAttribute(`a & b < c > d "e" 'f'\n\r\t`)).toBe(`a &amp; b &lt; c &gt; d &quot;e&quot; 'f'&#10;&#13;&#9;`);
  });

  test('a carriage return would become a line feed in a reader, so it is written as a reference', () => {
    expect(escapeText('a\r\nb')).toBe('a&#13;\nb');
  });
});
