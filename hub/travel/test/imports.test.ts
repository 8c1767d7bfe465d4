import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseCsv } from '../../core/csv.ts';
import { openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
let organization: number;
beforeAll(async () => {
  bench = await openBench();
  organization = (await bench.ok('POST', '/organizations', { Name: 'Ветер', OuterId: 'O-1' })).id_Organization;
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.events();
});

const send = (query: string, text: string | Uint8Array, more: { type?: string; as?: string; headers?: Record<string, string> } = {}) =>
  bench.send('POST', `/imports?${query}`, {
    body: typeof text === 'string' ? Buffer.from(text) : text,
    headers: { 'content-type': more.type ?? 'text/csv', ...more.headers },
    ...(more.as !== undefined && { as: more.as }),
  });
const real = async (kind: string, text: string, type = 'text/csv') => (await send(`kind=${kind}&dry_run=false`, text, { type })).json;

describe('an import', () => {
  test('is a dry run first: the same report, and nothing is kept', async () => {
    const csv = 'Name;NameLatin;SequenceNumber;mandatory\nПроект;Project;5;да\n"Точка; с запятой";;;\n;;x;\n';
    const trial = (await send('kind=dictionaries', csv)).json;
    expect(trial).toMatchObject({ dry_run: true, created: 2, updated: 0, unchanged: 0, failed: 1 });
    expect(trial.rows.map((row: { id: unknown }) => row.id)).toEqual([null, null, null]);
    expect(trial.rows[2]).toMatchObject({ line: 4, result: 'failed', error: { code: 'VALIDATION' } });
    const paths = trial.rows[2].error.details.map((fault: { path: string }) => fault.path);
    expect(paths.sort()).toEqual(['/Name', '/SequenceNumber']);
    expect(await bench.events()).toEqual([]);
    expect((await bench.ok('GET', '/dictionaries')).items).toEqual([]);

    const done = await real('dictionaries', csv);
    expect(done).toMatchObject({ dry_run: false, created: 2, failed: 1 });
    expect(done.rows.map(({ id: _, ...row }: { id: number }) => row)).toEqual(trial.rows.map(({ id: _, ...row }: { id: number }) => row));
    const saved = await bench.ok('GET', `/dictionaries/${done.rows[0].id}`);
    expect(saved).toMatchObject({ Name: 'Проект', NameLatin: 'Project', SequenceNumber: 5, mandatory: true });
    expect((await bench.events()).map(({ data }) => [data.action, data.change_source, data.actor])).toEqual([
      ['create', 'import', '*'],
      ['create', 'import', '*'],
    ]);
  });

  test('that comes again changes nothing and tells nobody; one that differs changes what differs', async () => {
    const csv = (name: string) => `Dictionary,CodeValue,Name\nПроект,P-1,${name}\nПроект,P-2,Второй\n`;
    expect(await real('codes', csv('Первый'))).toMatchObject({ created: 2, failed: 0 });
    await bench.events();
    expect(await real('codes', csv('Первый'))).toMatchObject({ created: 0, unchanged: 2 });
    expect(await bench.events()).toEqual([]);
    expect(await real('codes', csv('Иной'))).toMatchObject({ updated: 1, unchanged: 1 });
    expect((await bench.events()).map(({ type, data }) => [type, data.action])).toEqual([['SimpleMetaCode', 'update']]);
  });

  test('takes JSON Lines, with a report for each line', async () => {
    const lines = [
      JSON.stringify({ id_Organization: organization, OuterId: 'T-1', LastName: 'Иванов', FirstName: 'Иван', BirthDate: '1990-05-17' }),
      '',
      '{"id_Organization":',
      '[1]',
      JSON.stringify({ id_Organization: organization, LastName: 'Безномерный', FirstName: 'Б' }),
      JSON.stringify({ id_Organization: 999_999, OuterId: 'T-2', LastName: 'А', FirstName: 'Б' }),
      JSON.stringify({ id_Organization: organization, OuterId: 'T-1', LastName: 'Иванов', FirstName: 'Пётр' }),
      `{"OuterId":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    ];
    const report = await real('persons', lines.join('\r\n'), 'application/x-ndjson');
    expect(report).toMatchObject({ created: 1, failed: 6 });
    expect(report.rows.map((row: { line: number; error?: { code: string } }) => [row.line, row.error?.code])).toEqual([
      [1, undefined],
      [3, 'MALFORMED_JSON'],
      [4, 'jsonl'],
      [5, 'unknown_reference'],
      [6, 'not_found'],
      [7, 'repeated_row'],
      [8, 'MALFORMED_JSON'],
    ]);
    expect(report.rows[5].error.message).toContain('line 1');
  });

  test('of the parts of persons knows them by OuterId, and each part again by what it is', async () => {
    await real('persons', `id_Organization,OuterId,LastName,FirstName\n${organization},P-9,Петров,Пётр\n`);
    const ofPerson = `${organization},P-9`;
    const files: [string, string][] = [
      ['documents', `id_Organization,PersonOuterId,id_DocumentType,id_Country,Number,ExpiryDate\n${ofPerson},1,643,45 12,2030-01-01\n`],
      ['contacts', `id_Organization,PersonOuterId,id_ContactType,Content\n${ofPerson},2,petr@example.org\n`],
      ['mile-cards', `id_Organization,PersonOuterId,AirlineCode,Number\n${ofPerson},su,77\n`],
    ];
    for (const [kind, csv] of files) {
      expect(await real(kind, csv)).toMatchObject({ created: 1, failed: 0 });
      expect(await real(kind, csv)).toMatchObject({ created: 0, unchanged: 1 });
    }
    const [person] = (await bench.ok('GET', '/persons?OuterId=P-9')).items;
    expect(await bench.ok('GET', `/persons/${person.id_Person}`)).toMatchObject({
      documents: [{ Number: '45 12' }],
      contacts: [{ Content: 'petr@example.org' }],
      mile_cards: [{ AirlineCode: 'SU' }],
    });
    const [code] = (await bench.ok('GET', '/dictionaries?Name=%D0%9F%D1%80%D0%BE%D0%B5%D0%BA%D1%82')).items;
    const { id_MetaCode } = (await bench.ok('GET', `/dictionaries/${code.id_MetaDictionary}/codes`)).items[0];
    const relations = `kind,id_Subject,PersonOuterId,id_Organization\nMetaCodeForPerson,${id_MetaCode},P-9,${organization}\n`;
    expect(await real('relations', relations)).toMatchObject({ created: 1, failed: 0 });
    expect(await real('relations', relations)).toMatchObject({ unchanged: 1 });
  });

  test('of organizations goes by their OuterId or id', async () => {
    const csv = `id_Organization,OuterId,Name,active\n,O-1,Ветер,\n,O-2,Буря,нет\n${organization},,Вихрь,\n`;
    const report = await real('organizations', csv);
    expect(report.rows.map((row: { result: string }) => row.result)).toEqual(['unchanged', 'created', 'updated']);
    expect(await bench.ok('GET', `/organizations/${organization}`)).toMatchObject({ Name: 'Вихрь', OuterId: null });
  });

  test('writes what the caller may write, row by row', async () => {
    const other = (await bench.ok('POST', '/organizations', { Name: 'Чужая' })).id_Organization;
    const csv = `id_Organization,OuterId,LastName,FirstName\n${organization},S-1,А,Б\n${other},S-1,А,Б\n`;
    const as = `static.write@${organization}+static.read@${organization}`;
    const { json } = await send('kind=persons&dry_run=false', csv, { as });
    expect(json.rows.map((row: { result: string }) => row.result)).toEqual(['created', 'failed']);
    expect((await send('kind=persons', csv, { as: 'static.read' })).status).toBe(403);
  });

  test('of more than a batch reports every row, also when some fail', async () => {
    const lines = Array.from({ length: 250 }, (_, at) => `Проект,B-${at},${at % 10 === 0 ? 'x'.repeat(201) : 'ok'}`);
    const report = await real('codes', `Dictionary,CodeValue,Name\n${lines.join('\n')}`);
    expect(report).toMatchObject({ created: 225, failed: 25 });
    expect(report.rows).toHaveLength(250);
    expect(await bench.events()).toHaveLength(225);
  });

  test('with an Idempotency-Key answers the first report again', async () => {
    const headers = { 'idempotency-key': 'import-1' };
    const csv = 'Name\nОднажды\n';
    const first = await send('kind=dictionaries&dry_run=false', csv, { headers });
    const second = await send('kind=dictionaries&dry_run=false', csv, { headers });
    expect(first.json).toMatchObject({ created: 1 });
    expect(second.bytes.equals(first.bytes)).toBe(true);
    expect(await bench.events()).toHaveLength(1);
  });

  test('is refused as a whole when the file cannot be read', async () => {
    const refused: [string | Uint8Array, number, string | undefined][] = [
      [Buffer.from([0x4e, 0x61, 0x6d, 0x65, 0x0a, 0xcf, 0xf0]), 400, 'encoding'],
      ['Name,Name\nx,y\n', 400, 'csv'],
      ['Name,\nx,y\n', 400, 'csv'],
      ['Name\n"x\n', 400, 'csv'],
      ['Name\n"x"y\n', 400, 'csv'],
      [`Name\n${'x\n'.repeat(10_001)}`, 413, 'rows'],
    ];
    for (const [text, status, reason] of refused) {
      const answer = await send('kind=dictionaries', text);
      expect([answer.status, answer.json.reason]).toEqual([status, reason]);
    }
    expect((await send('kind=nonsense', 'Name\nx')).status).toBe(400);
    expect((await send('kind=codes', '{}', { type: 'application/json' })).status).toBe(415);
    expect((await real('dictionaries', 'Name,Tag\none\n')).rows[0].error.code).toBe('csv');
    expect((await real('dictionaries', 'Name,Surprise\none,1\n')).rows[0].error.details[0].path).toBe('/Surprise');
    expect(await real('dictionaries', '')).toMatchObject({ created: 0, failed: 0, rows: [] });
  });
});

describe('a table', () => {
  const cells = (text: string) => [...parseCsv(text)].map((row) => row.cells);

  test('is read with whatever sign stands between its cells, and lines are counted through quotes', () => {
    expect(cells('\ufeffa;b\n1;2,3')).toEqual([
      ['\ufeffa', 'b'],
      ['1', '2,3'],
    ]);
    expect(cells('a\tb\r\n1\t"x\ty"\r\n\r\n')).toEqual([
      ['a', 'b'],
      ['1', 'x\ty'],
    ]);
    expect([...parseCsv('a,b\n"1\n2",x\n3,4\n')].map(({ line }) => line)).toEqual([1, 2, 4]);
    expect(cells('a,b\n"say ""hi""",\n')).toEqual([
      ['a', 'b'],
      ['say "hi"', ''],
    ]);
    expect(cells('')).toEqual([]);
  });

  test('reads back whatever was written as RFC 4180 says', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'я', ',', ';', '"', '\n', '\r', ' ', '\t') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 20 }), (rows) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = ['a,b', ...rows.map((row) => row.map(quoted).join(','))].join('\r\n');
        expect(cells(text)).toEqual([['a', 'b'], ...rows]);
      }),
    );
  });
});
