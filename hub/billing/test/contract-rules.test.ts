import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AddressParts, addressTitle, houseTitle, parseHouse } from '../address-title.ts';
import { checkEmails, checkPhones, emailLines, parseEmails, phonesTitle } from '../contacts.ts';
import { generatePassword } from '../generate-password.ts';
import { matchTitle } from '../match-title.ts';
import { countsUp, formatNumber } from '../number-mask.ts';
import { boundsOf, countKnownBy, pageBean } from '../page.ts';

describe('the number of a contract by its mask', () => {
  test.each([
    ['NNNNNN', 7n, '000007'],
    ['И-NNN/NN', 1234n, 'И-012/34'],
    ['N-N', 12_345n, '1234-5'],
    ['2026/N', 15n, '2026/15'],
  ])('%s and %s give %s', (mask, counter, number) => {
    expect(formatNumber(mask, counter)).toBe(number);
  });

  test('differs for every counter', () => {
    const mask = fc.array(fc.constantFrom('N', 'N', '-', '/', 'Д', '7'), { minLength: 1, maxLength: 12 }).map((signs) => signs.join(''));
    fc.assert(
      fc.property(mask, fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 10n ** 12n), (text, one, other) => {
        fc.pre(countsUp(text) && one !== other);
        expect(formatNumber(text, one)).not.toBe(formatNumber(text, other));
      }),
    );
  });
});

describe('a title that is looked for', () => {
  test.each(['', '.*', '^.*$'])('%j finds all', (title) => {
    expect(matchTitle(title, 'prefix').all).toBe(true);
  });

  test('without signs of expressions it is a beginning, and what LIKE reads as a pattern is escaped', () => {
    expect(matchTitle('06-10-10/И-Г', 'prefix')).toEqual({
      all: false,
      literal: '06-10-10/И-Г%',
      expression: undefined,
      prefix: undefined,
    });
    expect(matchTitle('5_%', 'prefix').literal).toBe('5\\_\\%%');
    expect(matchTitle('А-1', 'contains').literal).toBe('%А-1%');
    expect(matchTitle('А-1', 'exact').literal).toBe('А-1');
  });

  test('an expression is anchored at the start, and its certain beginning serves the index', () => {
    expect(matchTitle('00[12]+.*', 'prefix')).toMatchObject({
      expression: '^(?:00[12]+.*)',
      prefix: '00%',
      literal: '00[12]+.*%',
    });
    expect(matchTitle('abc*', 'prefix').prefix).toBe('ab%');
    expect(matchTitle('^abc+d', 'prefix')).toMatchObject({ expression: '^(?:abc+d)', prefix: 'abc%' });
    expect(matchTitle('a|b', 'prefix')).toMatchObject({ expression: '^(?:a|b)', prefix: undefined });
    expect(matchTitle('a.c', 'exact').expression).toBe('^(?:a.c)$');
    expect(matchTitle('a.c', 'contains')).toMatchObject({ expression: '(?:a.c)', prefix: undefined });
  });

  test('what could leave its group or try without bound is taken literally', () => {
    for (const title of ['a)|(b', '(a', '[a', '(a)\\1', '***=a.', '(?i)a']) expect(matchTitle(title, 'prefix').expression).toBeUndefined();
  });

  test('is bounded', () => {
    expect(() => matchTitle('x'.repeat(257), 'prefix')).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', reason: 'title' }));
    expect(matchTitle('x'.repeat(256), 'prefix').all).toBe(false);
  });
});

describe('addresses', () => {
  const parts: AddressParts = {
    country: 'Россия',
    postIndex: '450000',
    city: 'Уфа',
    area: 'Кировский',
    quarter: '',
    street: 'Ленина',
    house: 5,
    frac: 'а',
    pod: 2,
    floor: 3,
    flat: '17',
    room: '',
    comment: 'домофон 17',
  };

  test('have a title in each form', () => {
    expect(addressTitle(parts, 'default')).toBe('Уфа, Ленина, д. 5а, под. 2, эт. 3, кв. 17 (домофон 17)');
    expect(addressTitle(parts, 'full')).toBe('450000, Россия, Уфа, Кировский, Ленина, д. 5а, под. 2, эт. 3, кв. 17 (домофон 17)');
    expect(addressTitle({ ...parts, pod: 0, floor: 0, comment: '' }, 'street')).toBe('Ленина, д. 5а, кв. 17');
    expect(addressTitle(parts, 'constructor')).toBe(addressTitle(parts, 'default'));
  });

  test('number their houses', () => {
    expect(houseTitle(5, '1')).toBe('5/1');
    expect(houseTitle(5, '/1')).toBe('5/1');
    expect(parseHouse(' 12/3а ')).toEqual({ house: 12, frac: '3а' });
    expect(parseHouse('12б')).toEqual({ house: 12, frac: 'б' });
    expect(parseHouse('дом')).toBeUndefined();
  });
});

describe('phones and e-mails', () => {
  test('e-mails are lines of names and addresses, and come back the same', () => {
    const emails = parseEmails('Иван Петров <ivan@example.ru>\n second@example.com\r\n');
    expect(emails).toEqual([
      { name: 'Иван Петров', address: 'ivan@example.ru' },
      { name: '', address: 'second@example.com' },
    ]);
    expect(parseEmails(emailLines(emails))).toEqual(emails);
    expect(parseEmails('a@b.ru, c@d.ru;e@f.ru')).toHaveLength(3);
    expect(parseEmails('')).toEqual([]);
  });

  test.each(['no address', 'a@', '@b', 'a b@c.ru', 'x <a@b', 'a@b@c'])('%j is refused', (text) => {
    expect(() => parseEmails(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', reason: 'e-mail' }));
  });

  test('no text makes the parser throw something unplanned or hang', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '@', '<', '>', ' ', '\n', ';', '.', 'я'), maxLength: 200 }), (text) => {
        try {
          for (const { address } of parseEmails(text)) expect(address).toMatch(/^[^@]+@[^@]+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_REQUEST' });
        }
      }),
    );
  });

  test('phones are at most twenty, empty ones are left out', () => {
    const phone = (at: number) => ({ phone: at % 2 === 0 ? `+7 900 ${at}` : '', comment: '' });
    expect(checkPhones(Array.from({ length: 40 }, (_, at) => phone(at)))).toHaveLength(20);
    expect(() => checkPhones(Array.from({ length: 42 }, (_, at) => phone(at)))).toThrow(expect.objectContaining({ reason: 'count' }));
    expect(
      phonesTitle([
        { phone: '1', comment: 'дом' },
        { phone: '2', comment: '' },
      ]),
    ).toBe('1 [дом], 2');
    expect(checkEmails([{ name: ' n ', address: ' a@b ' }])).toEqual([{ name: 'n', address: 'a@b' }]);
  });
});

describe('pages', () => {
  const settings = { mostRows: 100 };

  test('count from 1, as the sample of the source has it', () => {
    expect(pageBean({ index: 2, size: 2 }, 97)).toEqual({
      pageIndex: 2,
      pageSize: 2,
      pageCount: 49,
      recordCount: 97,
      pageFirstRecordNumber: 2,
    });
    expect(boundsOf({ index: 3, size: 10 }, settings)).toEqual({ limit: 10, offset: 20 });
  });

  test('index or size 0 is everything, one more than the bound at most', () => {
    expect(boundsOf({ index: 0, size: 25 }, settings)).toEqual({ limit: 101, offset: 0 });
    expect(pageBean({ index: 0, size: 0 }, 7)).toMatchObject({ pageCount: 1, recordCount: 7, pageFirstRecordNumber: 0 });
    expect(() => boundsOf({ index: -1, size: 5 }, settings)).toThrow(expect.objectContaining({ reason: 'page' }));
    expect(() => boundsOf({ index: 1, size: 101 }, settings)).toThrow(expect.objectContaining({ reason: 'page' }));
  });

  test('tell how many there are only where they can', () => {
    expect(countKnownBy({ index: 1, size: 10 }, 3)).toBe(3);
    expect(countKnownBy({ index: 4, size: 10 }, 3)).toBe(33);
    expect(countKnownBy({ index: 1, size: 10 }, 0)).toBe(0);
    expect(countKnownBy({ index: 4, size: 10 }, 0)).toBeUndefined();
    expect(countKnownBy({ index: 1, size: 10 }, 10)).toBeUndefined();
  });
});

test('a generated password is of the alphabet, whatever is in it', () => {
  const password = generatePassword({ passwordAlphabet: 'аб🔑', passwordLength: 64 });
  expect([...password]).toHaveLength(64);
  expect(new Set(password)).toEqual(new Set(['а', 'б', '🔑']));
});
