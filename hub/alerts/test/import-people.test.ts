import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseCsv } from '../../core/csv.ts';
import type { ExportFormat } from '../export-people.ts';
import { exportPeople } from '../export-people.ts';
import { createImportCounter } from '../import-counter.ts';
import { type ImportedPerson, type ImportOptions, importPeople } from '../import-people.ts';
import { listPeople, showPerson } from '../list-people.ts';
import { readTable } from '../reports/read-table.ts';
import { ALICE, type DirectoryBench, openDirectoryBench } from './support/directory-bench.ts';

let bench: DirectoryBench;
beforeAll(async () => {
  bench = await openDirectoryBench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.events();
});

const run = async (csv: string, options: Partial<ImportOptions> = {}): Promise<ImportedPerson[]> => {
  const rows: ImportedPerson[] = [];
  const wish = { dryRun: false, makeGroups: false, ...options };
  for await (const portion of importPeople({ database: bench.database, act: bench.act() }, [parseCsv(csv)], wish)) rows.push(...portion);
  return rows;
};
const results = (rows: readonly ImportedPerson[]) => rows.map(({ result }) => result);
const errors = (rows: readonly ImportedPerson[]) => rows.map(({ line, error }) => [line, error?.code, error?.column]);

describe('an import', () => {
  const TABLE = [
    'Внешний номер;Группа;ФИО;Телефоны;Почта;Отдел;Приоритет;ПИН;Исключён с;Исключён по',
    'E1;Охрана;Иванов И.И.;8 916 123-45-67; ivanov@example.org;Смена 1;10;4321;01.07.2026;14.07.2026',
    'E2;Охрана;Петров;"+7 926 000-00-01; 12-34|internal|off";;;;;;',
    ';Охрана;Без номера;sip:x@example.org|sip;a@example.org|off;;;;;',
  ].join('\n');

  test('is looked at first, then stored; the same table again changes nothing', async () => {
    const preview = await run(TABLE, { dryRun: true, makeGroups: true });
    expect(preview).toEqual([
      { line: 2, result: 'added', id: null, name: 'Иванов И.И.', makes_group: 'Охрана' },
      { line: 3, result: 'added', id: null, name: 'Петров' },
      { line: 4, result: 'added', id: null, name: 'Без номера' },
    ]);
    expect(await bench.rows('SELECT 1 FROM alerts_group')).toEqual([]);
    const stored = await run(TABLE, { makeGroups: true });
    expect(results(stored)).toEqual(['added', 'added', 'added']);
    const [ivanov, petrov] = await Promise.all(stored.map(({ id }) => showPerson(bench.database.work, bench.act(), id ?? 0)));
    expect(ivanov).toMatchObject({
      external_id: 'E1',
      name: 'Иванов И.И.',
      department: 'Смена 1',
      priority: 10,
      pin: '4321',
      exclusion_begin: '2026-07-01',
      exclusion_end: '2026-07-14',
      phones: [{ number: '8 916 123-45-67', type: 1, enabled: true }],
      emails: [{ address: 'ivanov@example.org', enabled: true }],
    });
    expect(petrov).toMatchObject({
      priority: 100,
      phones: [
        { number: '+7 926 000-00-01', type: 1, enabled: true },
        { number: '12-34', type: 2, enabled: false },
      ],
    });
    expect((await bench.events()).map(({ type }) => type)).toEqual(['group.added', 'person.added', 'person.added', 'person.added']);
    const audited = await bench.rows<{ text: string }>("SELECT after::text AS text FROM audit WHERE action = 'alerts.person.import'");
    expect(audited).toHaveLength(1);
    expect(audited[0]?.text).not.toContain('4321');
    for (const dryRun of [true, false]) expect(results(await run(TABLE, { dryRun, makeGroups: true }))).toEqual(Array(3).fill('unchanged'));
    expect(await bench.events()).toEqual([]);
  });

  test('knows people by the external id, else by group and name; what the table does not have stays', async () => {
    await bench.group('Другая');
    const moved = await run('external_id;group;name\nE1;Другая;Иванов Иван');
    expect(moved).toMatchObject([{ result: 'changed', fields: ['group_id', 'name'] }]);
    expect(await showPerson(bench.database.work, bench.act(), moved[0]?.id ?? 0)).toMatchObject({ pin: '4321', department: 'Смена 1' });
    // Whoever had no external id gets one by group and name.
    const named = await run('external_id,group,name,rank\nE3,Охрана,Без номера,сержант');
    expect(named).toMatchObject([{ result: 'changed', fields: ['rank', 'external_id'] }]);
    expect(await run('group,name,rank\nОХРАНА,Без номера,')).toMatchObject([{ result: 'changed', fields: ['rank'], id: named[0]?.id }]);
    // Another external id is another person.
    expect(await run('external_id,group,name\nE4,Охрана,Без номера')).toMatchObject([{ result: 'added' }]);
    expect(await run('group,name\nОхрана,Без номера')).toMatchObject([
      { result: 'failed', error: { code: 'ambiguous_person', column: 'name' } },
    ]);
    // An external id alone is enough for somebody who is there.
    expect(await run('external_id,position\nE3,Инженер')).toMatchObject([{ result: 'changed', fields: ['position'] }]);
  });

  test('tells for each wrong row what is wrong where, and stores the others', async () => {
    const rows = await run(
      [
        'external_id;group;name;phones;emails;priority;exclusion_begin',
        'F1;Охрана;Хороший;+79160000001;;;',
        'F2;Охрана;Телефон;не телефон;;;',
        'F3;Охрана;Почта;;x@;;',
        'F4;Охрана;Приоритет;;;высокий;',
        'F5;Охрана;Приоритет;;;10000;',
        'F6;Нет такой;Группа;;;;',
        'F7;Охрана;;;;;',
        'F1;Охрана;Хороший;;;;',
        'F8;Охрана;День;;;;30.02.2026',
        'F9;Охрана;Слово;+79160000001|факс;;;',
        ';;Без группы;;;;',
        `F10;Охрана;${'x'.repeat(256)};;;;`,
        'F11;Охрана;Лишнее;;;;;ещё',
        'F12;Охрана;Последний;;;;',
      ].join('\n'),
    );
    expect(errors(rows)).toEqual([
      [2, undefined, undefined],
      [3, 'bad_phone', 'phones'],
      [4, 'bad_email', 'emails'],
      [5, 'bad_cell', 'priority'],
      [6, 'bad_cell', 'priority'],
      [7, 'unknown_group', 'group'],
      [8, 'VALIDATION', 'name'],
      [9, 'row_twice', null],
      [10, 'bad_exclusion', 'exclusion_begin'],
      [11, 'bad_cell', 'phones'],
      [12, 'bad_cell', 'group'],
      [13, 'VALIDATION', 'name'],
      [14, 'bad_cell', null],
      [15, undefined, undefined],
    ]);
    expect(rows.filter(({ error }) => error?.russian === null)).toEqual([]);
    const found = await listPeople(bench.database.work, bench.act(), { search: 'F1', limit: 10 });
    expect(found.items.map(({ name }) => name)).toEqual(['Хороший', 'Последний']);
  });

  test('a default group serves rows that name none', async () => {
    expect(await run('name\nНовичок', { group: 'Новые', makeGroups: true })).toMatchObject([{ result: 'added' }]);
    expect(await run('name\nНовичок', { group: 'Новые' })).toMatchObject([{ result: 'unchanged' }]);
  });

  test.each([
    ['name;colour\nx;y', 'unknown_column'],
    ['name;Имя\nx;y', 'column_twice'],
    ['group;phones\nx;y', 'missing_column'],
    ['', 'missing_column'],
  ])('titles %j are refused as a whole', async (csv, reason) => {
    await expect(run(csv)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason });
  });

  test('thousands of rows come in portions, each stored when it is reported; two spellings of a new group are one', async () => {
    const rows = Array.from(
      { length: 1_201 },
      (_, at) => `M${at};${at % 2 ? 'Толпа' : 'ТОЛПА'};Человек ${at};+7916${String(at).padStart(7, '0')}`,
    );
    const table = parseCsv(['external_id;group;name;phones', ...rows].join('\n'));
    const sizes: number[] = [];
    const stored: number[] = [];
    const counter = createImportCounter();
    const wish = { dryRun: false, makeGroups: true };
    for await (const portion of importPeople(
      { database: bench.database, act: bench.act() },
      [table.slice(0, 700), table.slice(700)],
      wish,
    )) {
      sizes.push(portion.length);
      for (const row of portion) counter.add(row);
      const [row] = await bench.rows<{ n: number }>("SELECT count(*)::int AS n FROM alerts_person WHERE external_id LIKE 'M%'");
      stored.push(row?.n ?? 0);
    }
    expect(sizes).toEqual([500, 500, 201]);
    expect(stored).toEqual([500, 1_000, 1_201]);
    expect(counter.counts).toEqual({ added: 1_201, changed: 0, unchanged: 0, failed: 0 });
    expect(await bench.rows("SELECT 1 FROM alerts_group WHERE lower(name) = 'толпа'")).toHaveLength(1);
  });
});

test('a row about somebody of an earlier portion is told in the preview and when it is stored', async () => {
  const rows = Array.from({ length: 600 }, (_, at) => `T${at};Далеко;Один из многих ${at}`);
  const table = ['external_id;group;name', ';Далеко;Без номера', ...rows, ';Далеко;Без номера', 'T0;Далеко;Иначе'].join('\n');
  for (const dryRun of [true, false]) {
    const told = await run(table, { dryRun, makeGroups: true });
    expect(told.filter(({ result }) => result === 'failed')).toMatchObject([
      { line: 603, error: { code: 'row_twice', message: expect.stringContaining('line 2 ') } },
      { line: 604, error: { code: 'row_twice', message: expect.stringContaining('line 3 ') } },
    ]);
    expect(told.filter(({ result }) => result === 'added')).toHaveLength(601);
  }
});

test('a row that names by the name whom a row before added by the external id is told, near and far, in the preview and when it is stored', async () => {
  const between = (count: number, mark: string) => Array.from({ length: count }, (_, at) => `${mark}${at};Рядом;${mark} ${at}`);
  for (const [mark, count] of [
    ['Ближний', 0],
    ['Дальний', 600],
  ] as const) {
    const table = ['external_id;group;name', `${mark};Рядом;${mark}`, ...between(count, mark), `;Рядом;${mark}`].join('\n');
    for (const dryRun of [true, false]) {
      const told = await run(table, { dryRun, makeGroups: true });
      expect(told.filter(({ result }) => result === 'failed')).toMatchObject([
        { line: count + 3, error: { code: 'row_twice', message: expect.stringContaining('line 2 ') } },
      ]);
      expect(told.filter(({ result }) => result === 'added')).toHaveLength(count + 1);
    }
  }
});

describe('an export', () => {
  const bytesOf = async (format: ExportFormat, more: object = {}, as = ALICE): Promise<Buffer> => {
    const pieces = await exportPeople(
      { database: bench.database, act: bench.act({ caller: as }) },
      { format, language: 'ru', withPins: true, ...more },
    );
    const parts: Buffer[] = [];
    for await (const piece of pieces) parts.push(Buffer.from(piece));
    return Buffer.concat(parts);
  };

  test.each(['csv', 'xlsx', 'xls'] as const)('as %s is read again and changes nothing', async (format) => {
    await bench.person({
      name: '=cmd|x',
      description: 'две\nстроки; и "кавычки"',
      exclusion_begin: '2026-07-01T10:00:00+03:00',
      exclusion_end: '2026-08-01',
      pin: '007',
      phones: [{ number: 'Цех; 2|а\\б', type: 3 }, { number: '5', type: 2, enabled: false }, { number: '+7 916 1' }],
      emails: [{ address: 'a@example.org', enabled: false }],
    });
    const file = await bytesOf(format);
    const counter = createImportCounter();
    const wish = { dryRun: true, makeGroups: false };
    const reports = importPeople({ database: bench.database, act: bench.act() }, readTable(file), wish);
    const odd: ImportedPerson[] = [];
    for await (const rows of reports)
      for (const row of rows) {
        counter.add(row);
        // People who are known by nothing but a name that others have.
        if (row.result !== 'unchanged' && row.error?.code !== 'ambiguous_person') odd.push(row);
      }
    expect(odd).toEqual([]);
    expect(counter.counts.unchanged).toBeGreaterThan(1_200);
  });

  test('has the PINs only for those who may see them, and who asked', async () => {
    const plain = (await bytesOf('csv', { withPins: false, language: 'en' })).toString();
    expect(plain.split('\r\n')[0]).toBe(
      '\ufeffexternal_id;group;name;organization;department;rank;position;phones;emails;priority;exclusion_begin;exclusion_end;description',
    );
    expect(plain).not.toMatch(/;4321;/);
    expect((await bytesOf('csv')).toString()).toMatch(/;4321;/);
    const viewer = { ...ALICE, rights: ['alerts.view'] };
    await expect(bytesOf('csv', {}, viewer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await bytesOf('csv', { withPins: false }, viewer)).length).toBeGreaterThan(1_000);
    const [group] = await bench.rows<{ id: number }>("SELECT group_id AS id FROM alerts_group WHERE lower(name) = 'толпа'");
    expect((await bytesOf('csv', { groupId: group?.id })).toString().trim().split('\r\n')).toHaveLength(1_202);
  });
});
