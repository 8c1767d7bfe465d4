import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { read, utils } from '@e965/xlsx';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { findProgram } from '../../../../scripts/setup/programs.mjs';
import { createFolder } from '../../../../test/support/folder.ts';
import { requires } from '../../../../test/support/requires.ts';
import { until } from '../../../core/database/test/support/until.ts';
import type { Rows } from '../report-table.ts';
import { sheetName } from '../sheet-names.ts';
import { writeWorkbook } from '../workbook.ts';
import { bytesOf, seenByXlrd, sheetOf, tableOf } from './support/tables.ts';

const FORMATS = ['xls', 'xlsx'] as const;
const folder = createFolder('workbooks');
afterAll(() => folder.remove());

const HOSTILE = [
  ['=1+1', '@SUM(A1)', '+79161234567'],
  ['<b>&"\'', '_x0041_', 'две\r\nстроки\tи'],
  ['  пробелы  ', '\u202eоборот', '007'],
  ['😀 é ÿ Ā', "'апостроф", '1e5'],
];

describe.each(FORMATS)('a workbook as %s', (format) => {
  requires('python3-xlrd').test('every value is a text, as it was given, in the eyes of xlrd', async () => {
    const table = tableOf(['Имя', 'Адрес', 'Итог'], HOSTILE, {
      head: [['Задание', 'Пожар "корпус 2"']],
      sheets: [sheetOf('Получатели', ['Имя', 'Адрес', 'Итог'], HOSTILE), sheetOf('Попытки: [все]', ['Номер'], [['1'], [''], ['3']])],
    });
    const [first, second, ...none] = seenByXlrd(await bytesOf(writeWorkbook(table, format)), folder.at(`all.${format}`));
    expect(none).toEqual([]);
    expect(first).toEqual({
      name: 'Получатели',
      cells: [['Отчёт о запуске', '', ''], ['Задание', '', 'Пожар "корпус 2"'], ['', '', ''], ['Имя', 'Адрес', 'Итог'], ...HOSTILE],
    });
    expect(second).toEqual({ name: 'Попытки   все', cells: [['Номер'], ['1'], [''], ['3']] });
  });

  test('the library reads texts, and no formula', async () => {
    const book = read(await bytesOf(writeWorkbook(tableOf(['a', 'b', 'c'], HOSTILE), format)), { type: 'buffer', cellFormula: true });
    const sheet = book.Sheets[book.SheetNames[0]!]!;
    const cells = Object.entries(sheet).filter(([key]) => !key.startsWith('!'));
    expect(cells).toHaveLength(15);
    for (const [, cell] of cells) expect(cell).toMatchObject({ t: 's' });
    for (const [, cell] of cells) expect(cell).not.toHaveProperty('f');
    expect(utils.sheet_to_json(sheet, { header: 1 })[1]).toEqual(HOSTILE[0]);
  });

  requires('python3-xlrd').test('what no cell can hold is cut with an ellipsis or replaced', async () => {
    const long = 'Ж'.repeat(40_000);
    const mixed = `${'x'.repeat(20_000)}ы${'y'.repeat(20_000)}`;
    const pair = `${'z'.repeat(32_765)}😀😀`;
    const rows = [[long, mixed, pair, 'nul\0 half\ud800']];
    const [sheet] = seenByXlrd(await bytesOf(writeWorkbook(tableOf(['a', 'b', 'c', 'd'], rows), format)), folder.at(`long.${format}`));
    expect(sheet?.cells[1]).toEqual([
      `${'Ж'.repeat(32_766)}…`,
      `${mixed.slice(0, 32_766)}…`,
      `${'z'.repeat(32_765)}…`,
      'nul\ufffd half\ufffd',
    ]);
  });

  requires('python3-xlrd').test(
    'after 65,536 rows another sheet begins, with the titles',
    async () => {
      async function* pages(): AsyncGenerator<Rows> {
        for (let at = 0; at < 66_000; at += 1_000) yield Array.from({ length: 1_000 }, (_, index) => [`строка ${at + index}`]);
      }
      const table = tableOf([], [], { head: [['a', 'b']], sheets: [{ name: 'Получатели', columns: ['Имя'], pages: pages() }] });
      const sheets = seenByXlrd(await bytesOf(writeWorkbook(table, format)), folder.at(`rows.${format}`));
      expect(sheets.map(({ name, cells }) => [name, cells.length])).toEqual([
        ['Получатели', 65_536],
        ['Получатели (2)', 66_000 - (65_536 - 4) + 1],
      ]);
      expect(sheets[0]?.cells.at(-1)?.[0]).toBe(`строка ${65_536 - 5}`);
      expect(sheets[1]?.cells.slice(0, 2)).toEqual([['Имя'], [`строка ${65_536 - 4}`]]);
      expect(sheets[1]?.cells.at(-1)).toEqual(['строка 65999']);
    },
    120_000,
  );

  test('a table without rows has its titles', async () => {
    const book = read(await bytesOf(writeWorkbook(tableOf(['Имя'], []), format)), { type: 'buffer' });
    expect(utils.sheet_to_json(book.Sheets['Получатели']!, { header: 1 })).toEqual([['Имя']]);
  });

  test('too little memory is an error with a name, and the hub lives', async () => {
    async function* pages(): AsyncGenerator<Rows> {
      for (let at = 0; at < 400_000; at += 1_000) {
        yield Array.from({ length: 1_000 }, (_, index) => Array.from({ length: 10 }, (__, column) => `${at + index}/${column}`.repeat(8)));
      }
    }
    const sheets = [{ name: 'A', columns: Array.from({ length: 10 }, (_, column) => `${column}`), pages: pages() }];
    const made = bytesOf(writeWorkbook(tableOf([], [], { sheets }), 'xls', { memory: 24 }));
    await expect(made).rejects.toMatchObject({ code: 'TOO_LARGE', reason: 'workbook' });
  }, 120_000);
});

requires('xls2csv').test('catdoc reads the XLS', async () => {
  writeFileSync(folder.at('catdoc.xls'), await bytesOf(writeWorkbook(tableOf(['Имя', 'Адрес', 'Итог'], HOSTILE), 'xls')));
  const csv = execFileSync(findProgram('xls2csv') ?? 'xls2csv', ['-dutf-8', '-q0', folder.at('catdoc.xls')], { encoding: 'utf8' });
  expect(csv).toContain('Имя,Адрес,Итог');
  expect(csv).toContain('=1+1,@SUM(A1),+79161234567');
});

test('the event loop is not held up', async () => {
  const rows = Array.from({ length: 20_000 }, (_, row) => Array.from({ length: 12 }, (__, column) => `значение ${row} ${column}`));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const pages = Array.from({ length: 20 }, (_, page) => rows.slice(page * 1_000, page * 1_000 + 1_000));
  delay.enable();
  const bytes = await bytesOf(writeWorkbook(tableOf([], [], { sheets: [{ name: 'A', columns: rows[0]!, pages }] }), 'xls'));
  delay.disable();
  expect(bytes.length).toBeGreaterThan(1_000_000);
  // In nanoseconds, resolution included. Written here, 240,000 cells would hold it up for seconds; the wide margin is for machines that are busy.
  expect(delay.percentile(99) / 1e6).toBeLessThan(250);
}, 60_000);

test('who stops reading ends the thread, and others get its place', async () => {
  for (let round = 0; round < 5; round += 1) {
    for await (const piece of writeWorkbook(tableOf(['a'], HOSTILE), 'xlsx')) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
  }
  const all = Array.from({ length: 6 }, () => bytesOf(writeWorkbook(tableOf(['a'], HOSTILE), 'xlsx')));
  expect((await Promise.all(all)).map(({ length }) => length > 1_000)).toEqual(Array(6).fill(true));
});

test('more than a few at once wait, and more than many are sent away', async () => {
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => bytesOf(writeWorkbook(tableOf(['a'], [['b']]), 'xlsx'))));
  const refused = all.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(40 - 2 - 30);
  for (const { reason } of refused as PromiseRejectedResult[]) expect(reason).toMatchObject({ code: 'BUSY', retryAfter: 10 });
  await until(async () => expect(await bytesOf(writeWorkbook(tableOf(['a'], []), 'xlsx'))).toBeInstanceOf(Buffer));
}, 60_000);

test('more columns than a sheet has are refused before anything is made', async () => {
  const columns = Array.from({ length: 257 }, () => 'a');
  await expect(bytesOf(writeWorkbook(tableOf(columns, []), 'xls'))).rejects.toMatchObject({ code: 'VALIDATION' });
});

test('names of sheets fit every version of Excel', () => {
  const taken = new Set<string>();
  expect(sheetName('Отчёт: [1]/2', taken)).toBe('Отчёт   1  2');
  expect(sheetName('отчёт   1  2', taken)).toBe('отчёт   1  2 (2)');
  expect(sheetName("'''", taken)).toBe('Sheet');
  expect(sheetName('x'.repeat(40), taken)).toHaveLength(31);
  expect(sheetName('x'.repeat(40), taken)).toBe(`${'x'.repeat(27)} (2)`);
});

test('titles stay in sight where they are the first row, and a sheet is printed as wide as the paper', async () => {
  const sheets = [sheetOf('Люди', ['№', 'Имя', 'Итог'], HOSTILE), sheetOf('Попытки', ['№'], [['1']])];
  const table = tableOf([], [], { head: [['Задание', 'Пожар']], sheets });
  const files = unzipSync(await bytesOf(writeWorkbook(table, 'xlsx')));
  const [people, attempts] = [1, 2].map((number) => strFromU8(files[`xl/worksheets/sheet${number}.xml`] ?? new Uint8Array()));
  expect(people).not.toContain('<pane');
  expect(attempts).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
  for (const sheet of [people, attempts])
    expect(sheet).toMatch(/fitToPage="1"[\s\S]*<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"\/>/);
  const xls = read(await bytesOf(writeWorkbook(table, 'xls')), { type: 'buffer', bookFiles: true }) as {
    cfb?: { FileIndex: { name: string; content: Uint8Array }[] };
  };
  const stream = Buffer.from(xls.cfb?.FileIndex.find(({ name }) => name === 'Workbook')?.content ?? []);
  // SETUP (0x00A1) of both sheets: A4, one page wide, any number long, on its side. PANE (0x0041) of the second alone.
  const setup = Buffer.from([0xa1, 0, 34, 0, 9, 0, 100, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
  const pane = Buffer.from([0x41, 0, 10, 0, 0, 0, 1, 0, 1, 0, 0, 0, 2, 0]);
  const places = (sought: Buffer): number[] => [...stream.keys()].filter((at) => stream.subarray(at, at + sought.length).equals(sought));
  expect(places(setup)).toHaveLength(2);
  expect(places(pane)).toHaveLength(1);
  expect(places(pane)[0]).toBeGreaterThan(places(setup)[1] ?? Number.POSITIVE_INFINITY);
});
