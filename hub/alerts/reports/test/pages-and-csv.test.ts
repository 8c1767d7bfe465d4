import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCsv } from '../../../core/csv.ts';
import { guardCell, unguardCell, writeCsv } from '../csv.ts';
import { writeHtml } from '../html.ts';
import { bytesOf, sheetOf, tableOf } from './support/tables.ts';

const text = async (pieces: AsyncIterable<string>): Promise<string> => (await bytesOf(pieces)).toString('utf8');
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('</td>', '<script>alert(1)</script>', '" onload="x', '=1+1'),
);

test('a page is whole by itself: charset, a policy without scripts, titles and rows', async () => {
  const page = await text(writeHtml(tableOf(['Имя', 'Итог'], [['Иванов', 'доставлено']], { head: [['Задание', 'Пожар']] })));
  expect(page).toMatch(/^<!doctype html>\n<html lang="ru">\n<head>\n<meta charset="utf-8">\n/);
  expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`);
  expect(page).toContain('<dt>Задание</dt><dd dir="auto">Пожар</dd>');
  expect(page).toContain('<th scope="col">Имя</th><th scope="col">Итог</th>');
  expect(page).toContain('<tr><td dir="auto">Иванов</td><td dir="auto">доставлено</td></tr>');
  expect(page.trimEnd()).toMatch(/<\/html>$/);
  expect(page).not.toMatch(/<script|src=|href=/);
});

test('no value adds a tag or ends an attribute', async () => {
  const tagsOf = (page: string): string[] => page.match(/<[^>]*>/g) ?? [];
  const plain = tagsOf(await text(writeHtml(tableOf(['a', 'b'], [['c', 'd']], { head: [['e', 'f']] }))));
  await fc.assert(
    fc.asyncProperty(fc.array(anyText, { minLength: 6, maxLength: 6 }), async ([a = '', b = '', c = '', d = '', e = '', f = '']) => {
      const table = tableOf([a, b], [[c, d]], { title: e, head: [[e, f]], sheets: [sheetOf(f, [a, b], [[c, d]])] });
      const page = await text(writeHtml(table));
      expect(tagsOf(page)).toEqual(plain);
      expect(page.isWellFormed()).toBe(true);
    }),
  );
});

test('a page is given out as its rows come', async () => {
  let read = 0;
  async function* pages(): AsyncGenerator<string[][]> {
    for (; read < 1_000; read += 1) yield [[`строка ${read}`]];
  }
  const pieces = writeHtml(tableOf([], [], { sheets: [{ name: 'A', columns: ['a'], pages: pages() }] }));
  for (let piece = 0; piece < 5; piece += 1) await pieces.next();
  expect(read).toBe(2);
  await pieces.return(undefined);
});

test('CSV comes back as it was, through the reader of imports', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anyText, anyText, fc.constant('end')), { maxLength: 8 }), async (made) => {
      // The reader passes over rows of blanks and cannot tell an apostrophe of ours from one that stood before a sign of formulas.
      const rows = made.map((row) => row.map((cell) => cell.toWellFormed().replace(/^'+(?=[=+\-@\t\r])/, '')));
      const csv = await text(writeCsv(sheetOf('A', ['x', 'y', 'z'], rows)));
      expect(csv.startsWith('\ufeffx;y;z\r\n')).toBe(true);
      expect(parseCsv(csv.slice(1)).map(({ cells }) => cells.map(unguardCell))).toEqual([['x', 'y', 'z'], ...rows]);
    }),
  );
});

test.each(['=1', '+7916', '-1', '@x', '\tx', '\rx'])('no spreadsheet takes %j for a formula', async (value) => {
  expect(guardCell(value)).toBe(`'${value}`);
  const csv = await text(writeCsv(sheetOf('A', ['a', 'b'], [[value, 'b']])));
  expect(csv.split('\r\n')[1]).toMatch(/^"?'/);
  expect(guardCell('1+1')).toBe('1+1');
});

test('figures stand before facts, a value that has a tone shows it, and a table without rows says so', async () => {
  const look = { unbroken: [0], tones: { column: 1, of: new Map([['доставлено', 'good'] as const]) } };
  const rows = [
    ['1', 'доставлено'],
    ['2', 'кто знает'],
  ];
  const sheets = [{ ...sheetOf('Люди', ['№', 'Итог'], rows), look }, sheetOf('Попытки', ['№'], [])];
  const page = await text(
    writeHtml(
      tableOf([], [], {
        head: [
          ['Задание', 'Пожар'],
          ['Всего', '2', 'plain'],
        ],
        sheets,
      }),
    ),
  );
  expect(page).toMatch(
    /<dl class="figures">\n<div class="plain"><dt>Всего<\/dt><dd dir="auto">2<\/dd><\/div>\n<\/dl>\n<dl class="facts">\n<dt>Задание/,
  );
  expect(page).toContain('<td dir="auto">1</td><td dir="auto" class="good">доставлено</td>');
  expect(page).toContain('<td dir="auto">2</td><td dir="auto">кто знает</td>');
  expect(page).toMatch(/<h2>Попытки<\/h2>[\s\S]*<tr class="rest"><td class="empty" colspan="1">Пусто<\/td><\/tr>\n<\/tbody>/);
  expect(page.match(/class="rest"/g)).toHaveLength(1);
});

test('a title of a column ends neither its text in the style nor the style', async () => {
  const title = '"}</style><script>\\a\n/*';
  const page = await text(writeHtml(tableOf([title], [['a']])));
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
  expect(style).toContain('content:"\\22 \\7d \\3c \\2f style\\3e \\3c script\\3e \\5c a\\a \\2f \\2a "');
  expect(page.match(/<\/style>/g)).toHaveLength(1);
});
