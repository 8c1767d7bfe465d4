import { write } from '@e965/xlsx';
import { encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { CsvRow } from '../../../core/csv.ts';
import { writeCsv } from '../csv.ts';
import { parseTable, type TableLimits } from '../parse-table.ts';
import { type ReadTableOptions, readTable } from '../read-table.ts';
import { writeWorkbook } from '../workbook.ts';
import { bytesOf, sheetOf, tableOf } from './support/tables.ts';

const LIMITS: TableLimits = { rows: 1_000, columns: 20, characters: 1_000_000, unpacked: 1_000_000 };
const ROWS = [
  ['Имя', 'Телефон', 'Период'],
  ['Иванов И.И.', '+79161234567', '2026-07-01'],
  ['=Петров', '', 'две\nстроки'],
];

async function rowsOf(file: Uint8Array, options?: ReadTableOptions): Promise<CsvRow[]> {
  const all: CsvRow[] = [];
  for await (const rows of readTable(file, options)) all.push(...rows);
  return all;
}
const cellsOf = async (file: Uint8Array): Promise<readonly (readonly string[])[]> => (await rowsOf(file)).map(({ cells }) => cells);
const [titles, ...rest] = ROWS as [string[], ...string[][]];

describe('what we export can be imported', () => {
  test.each(['xls', 'xlsx'] as const)('as %s', async (format) => {
    expect(await cellsOf(await bytesOf(writeWorkbook(tableOf(titles, rest), format)))).toEqual(ROWS);
  });
  test('as CSV', async () => {
    expect(await cellsOf(await bytesOf(writeCsv(sheetOf('A', titles, rest))))).toEqual(ROWS);
  });
});

test.each([
  ['windows-1251', Buffer.from(encodeWindows1251('Имя;Телефон\r\nИванов;8916\r\n', '?'))],
  ['UTF-8 with a mark', Buffer.from('\ufeffИмя,Телефон\nИванов,8916')],
  ['UTF-16', Buffer.from('\ufeffИмя\tТелефон\r\nИванов\t8916', 'utf16le')],
])('CSV in %s', async (_, file) => {
  expect(await cellsOf(file)).toEqual([
    ['Имя', 'Телефон'],
    ['Иванов', '8916'],
  ]);
});

describe.each(['xlsx', 'biff8'] as const)('cells of a workbook of others, %s', (bookType) => {
  test('numbers keep their digits, dates are dates, formulas are their values', () => {
    const data = [
      [
        { t: 'n', v: 79161234567 },
        { t: 'n', v: 0.5 },
        { t: 'n', v: 46204, z: 'dd.mm.yyyy' },
        { t: 'n', v: 46204.75, z: 'dd.mm.yyyy hh:mm' },
        { t: 'b', v: true },
        { t: 'n', v: 2, f: '1+1' },
        { t: 'e', v: 7 },
        { t: 's', v: '007' },
      ],
    ];
    const sheet = { '!ref': 'A1:H1', '!data': data };
    const book = { SheetNames: ['A', 'B'], Sheets: { A: sheet, B: { '!ref': 'A1:A1', '!data': [[{ t: 's', v: 'not this' }]] } } };
    const file = write(book as never, { type: 'buffer', bookType }) as Buffer;
    expect(parseTable(file, LIMITS)).toEqual({
      sheets: ['A', 'B'],
      sheet: 'A',
      rows: [{ line: 1, cells: ['79161234567', '0.5', '2026-07-01', '2026-07-01T18:00:00', '1', '2', '', '007'] }],
    });
  });
});

describe.each(['xlsx', 'biff8'] as const)('sheets of a workbook, %s', (bookType) => {
  const cell = (v: string) => ({ '!ref': 'A1:A1', '!data': [[{ t: 's', v }]] });
  const names = ['Люди', '2025', 'Прочее'];
  const book = { SheetNames: names, Sheets: Object.fromEntries(names.map((name) => [name, cell(`of ${name}`)])) };
  const file = write(book as never, { type: 'buffer', bookType }) as Buffer;
  test.each([
    [undefined, 'Люди'],
    ['люди', 'Люди'],
    [' Прочее ', 'Прочее'],
    ['2', '2025'],
    ['2025', '2025'],
    ['3', 'Прочее'],
  ])('%j is %s', async (wanted, sheet) => {
    expect(parseTable(file, LIMITS, wanted)).toEqual({ sheet, sheets: names, rows: [{ line: 1, cells: [`of ${sheet}`] }] });
    const told: unknown[] = [];
    expect(await rowsOf(file, { sheet: wanted, onSheets: (about) => told.push(about) })).toEqual([{ line: 1, cells: [`of ${sheet}`] }]);
    expect(told).toEqual([{ sheet, sheets: names }]);
  });
  test.each(['4', '0', 'x', '', '1.5', '__proto__'])('there is no %j', async (wanted) => {
    await expect(rowsOf(file, { sheet: wanted })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'unknown_sheet',
      message: expect.stringContaining('right would be one of Люди, 2025, Прочее'),
      russian: expect.stringContaining('есть: Люди, 2025, Прочее'),
    });
  });
});
test('a CSV has no sheet to choose', async () => {
  const told: unknown[] = [];
  expect(await rowsOf(Buffer.from('a;b\n'), { onSheets: (about) => told.push(about) })).toHaveLength(1);
  expect(told).toEqual([{ sheet: null, sheets: [] }]);
  await expect(rowsOf(Buffer.from('a;b\n'), { sheet: '1' })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'unknown_sheet' });
});

describe('what is too large is refused by name', () => {
  const csv = (rows: number, columns: number, cell = 'x'): Buffer => Buffer.from(`${Array(columns).fill(cell).join(';')}\n`.repeat(rows));
  test.each([
    ['bytes', csv(100, 2), { bytes: 100 }, 'the file has 400 bytes'],
    ['rows', csv(12, 2), { rows: 10 }, 'more than 10 rows'],
    ['columns', csv(2, 30), { columns: 20 }, 'line 1: 30 columns'],
    ['characters', csv(5, 2, 'xxxxx'), { characters: 40 }, 'more than 40 characters'],
  ])('%s', async (_, file, options, message) => {
    await expect(rowsOf(file, options)).rejects.toMatchObject({
      code: 'TOO_LARGE',
      reason: 'table',
      message: expect.stringContaining(message),
    });
  });
  test('rows of a workbook', async () => {
    const file = await bytesOf(
      writeWorkbook(
        tableOf(
          ['a'],
          Array.from({ length: 20 }, (_, index) => [`${index}`]),
        ),
        'xlsx',
      ),
    );
    await expect(rowsOf(file, { rows: 10 })).rejects.toMatchObject({ message: 'more than 10 rows' });
    expect(await rowsOf(file, { rows: 20 })).toHaveLength(21);
  });
  test('a small file that unpacks to a large one', async () => {
    const bomb = zipSync({ 'xl/worksheets/sheet1.xml': [new Uint8Array(200 * 1_048_576), { level: 9 }] });
    expect(bomb.length).toBeLessThan(1_048_576);
    await expect(rowsOf(bomb)).rejects.toMatchObject({ code: 'TOO_LARGE', reason: 'table' });
  });
  test('one that lies about it', () => {
    const bomb = Buffer.from(zipSync({ 'xl/workbook.xml': [new Uint8Array(5_000_000), { level: 9 }] }));
    const directory = bomb.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    bomb.writeUInt32LE(10, directory + 24);
    expect(() => parseTable(bomb, LIMITS)).toThrow('the workbook cannot be read');
  });
  test('a thousand parts', () => {
    const parts = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`${index}.xml`, strToU8('x')]));
    expect(() => parseTable(zipSync(parts), LIMITS)).toThrow('more than 1000 parts');
  });
  test('reading that takes too long', async () => {
    const file = await bytesOf(writeWorkbook(tableOf(['a'], ROWS), 'xls'));
    await expect(rowsOf(file, { patience: 1 })).rejects.toMatchObject({ code: 'TOO_LARGE', reason: 'workbook' });
  });
});

describe('what is no table', () => {
  test.each([
    ['an archive of something else', zipSync({ 'a.txt': strToU8('x') })],
    ['a cut archive', Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0])],
    ['a compound file of something else', Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...Array<number>(600).fill(0)])],
  ])('%s is refused', async (_, file) => {
    await expect(rowsOf(file)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'table', russian: expect.stringMatching(/[а-я]/) });
  });
  test('nothing at all has no rows', async () => {
    expect(await rowsOf(new Uint8Array(0))).toEqual([]);
  });
  test('random octets, and damaged workbooks, give rows or an error of the table', async () => {
    const workbooks = await Promise.all((['xls', 'xlsx'] as const).map((format) => bytesOf(writeWorkbook(tableOf(titles, rest), format))));
    const damaged = fc
      .tuple(fc.constantFrom(...workbooks), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }), fc.nat())
      .map(([workbook, changes, end]) => {
        const file = Buffer.from(workbook);
        for (const [at, octet] of changes) file[at % file.length] = octet;
        return file.subarray(0, end % 4 === 0 ? end % file.length : file.length);
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), (file) => {
        try {
          expect(Array.isArray(parseTable(file, LIMITS).rows)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: 'HubError', code: expect.stringMatching(/^(BAD_REQUEST|TOO_LARGE)$/) });
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
