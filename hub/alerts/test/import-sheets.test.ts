import { writeFileSync } from 'node:fs';
import { write } from '@e965/xlsx';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createFolder } from '../../../test/support/folder.ts';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { directoryRoutes } from '../api/directory.ts';
import { addCommands } from '../commands/index.ts';
import { type DirectoryBench, openDirectoryBench } from './support/directory-bench.ts';

const folder = createFolder('import-sheets');
let bench: DirectoryBench;
let rest: ModuleRest;
beforeAll(async () => {
  bench = await openDirectoryBench();
  rest = await startModuleRest(bench.database, {
    alerts: directoryRoutes({ database: bench.database, act: (caller) => bench.act({ caller }) }),
  });
});
afterAll(async () => {
  await rest.stop();
  await bench.drop();
  folder.remove();
});
afterEach(() => {
  process.exitCode = undefined;
});

/** A workbook with notes on its first sheet and people on the others. */
const sheetOf = (...rows: readonly string[][]) => ({
  '!ref': `A1:${String.fromCharCode(64 + (rows[0]?.length ?? 1))}${rows.length}`,
  '!data': rows.map((cells) => cells.map((v) => ({ t: 's', v }))),
});
const workbook = write(
  {
    SheetNames: ['Заметки', 'Смена 1', 'Смена 2'],
    Sheets: {
      Заметки: sheetOf(['Читать внимательно']),
      'Смена 1': sheetOf(['Имя', 'Группа'], ['Иванов', 'Цех']),
      'Смена 2': sheetOf(['Имя', 'Группа'], ['Петров', 'Цех'], ['Сидоров', 'Цех']),
    },
  } as never,
  { type: 'buffer', bookType: 'xlsx' },
) as Buffer;
const path = folder.at('people.xlsx');
writeFileSync(path, workbook);

const SHEETS = ['Заметки', 'Смена 1', 'Смена 2'];

describe('over REST', () => {
  const send = (query: string, headers: Record<string, string> = {}) =>
    rest.send('POST', `/alerts/persons/import${query}`, {
      body: workbook,
      headers: { 'content-type': 'application/octet-stream', ...headers },
    });

  test('a preview tells the sheets and which of them was read', async () => {
    const { status, json } = await send(`?make_groups=true&sheet=${encodeURIComponent('смена 1')}`);
    expect(status, JSON.stringify(json)).toBe(200);
    expect(json).toMatchObject({ dry_run: true, sheet: 'Смена 1', sheets: SHEETS, added: 1, rows: [{ line: 2, name: 'Иванов' }] });
    expect((await send('?make_groups=true&sheet=3')).json).toMatchObject({ sheet: 'Смена 2', added: 2 });
  });

  test('lines end with them, too', async () => {
    const { bytes } = await send('?make_groups=true&sheet=3', { accept: 'application/x-ndjson' });
    const lines = bytes.toString().trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ dry_run: true, sheet: 'Смена 2', sheets: SHEETS, added: 2 });
  });

  test('a sheet that holds no people names the others, and so does one that is not there', async () => {
    const first = await send('');
    expect(first).toMatchObject({ status: 400, json: { reason: 'unknown_column' } });
    expect(first.json.detail).toMatch(/^sheet Заметки: the table has a column .*; other sheets are Смена 1, Смена 2$/);
    const russian = await send('', { 'accept-language': 'ru' });
    expect(russian.json.detail).toMatch(/^лист «Заметки»: неизвестный столбец .*; другие листы: Смена 1, Смена 2$/);
    expect((await send('?sheet=9')).json).toMatchObject({ reason: 'unknown_sheet', detail: expect.stringContaining(SHEETS.join(', ')) });
    const csv = await rest.send('POST', '/alerts/persons/import?sheet=1', {
      body: Buffer.from('name;group\nA;B\n'),
      headers: { 'content-type': 'text/csv' },
    });
    expect(csv).toMatchObject({ status: 400, json: { reason: 'unknown_sheet' } });
    const plain = await rest.send('POST', '/alerts/persons/import', {
      body: Buffer.from('name;what\nA;B\n'),
      headers: { 'content-type': 'text/csv' },
    });
    expect(plain.json.detail).not.toContain('sheet');
  });
});

test('on the command line', async () => {
  const alerts = moduleCommands('alerts', addCommands, () => ({ database: bench.database, secretKey: bench.secretKey }));
  await expect(alerts(['import', path])).rejects.toMatchObject({ reason: 'unknown_column', message: expect.stringContaining('Смена 2') });
  const said = await alerts(['import', path, '--sheet', '2', '--make-groups']);
  expect(said).toContain('Sheet Смена 1 of: Заметки, Смена 1, Смена 2');
  expect(said).toContain('Nothing is stored. new 1');
  expect(await alerts(['import', path, '--sheet', 'Смена 2', '--make-groups', '--apply'], 'ru')).toMatch(/Лист «Смена 2» из: .*\nновых 2/);
  const json = (await alerts(['import', path, '--sheet', '3', '--json'])).trim().split('\n');
  expect(JSON.parse(json.at(-1) ?? '')).toMatchObject({ sheet: 'Смена 2', sheets: SHEETS, unchanged: 2 });
});
