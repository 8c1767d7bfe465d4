import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderReport } from '@vestnik/protocol/check/report.ts';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeClientState } from '../change-client-state.ts';
import { checkFiles } from '../check-files.ts';
import { type ImportedFile, type ImportSource, importFiles } from '../import-files.ts';
import { roleOf } from '../imported-document.ts';
import { FEED_WAKE } from '../notifications.ts';
import { findFiles } from '../read-files.ts';
import { looksLikeZip, readZip } from '../unzip.ts';
import { ALICE, openWorkbench, type Workbench } from './support/administration.ts';
import { failure } from './support/failure.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.rows('TRUNCATE ticket_document, ticket_message, ticket_history');
  await bench.events();
  await bench.audits();
});

const ticket = (number: string, more = '<OPTYPE>SALE</OPTYPE><TRANS_TYPE>SALE</TRANS_TYPE>') =>
  `<TICKET>\n    <TYPE>ETICKET</TYPE>${more}<BSONUM>${number}</BSONUM><PNR>0Б1В2Г</PNR><FIO>ИВАНОВА/АННА</FIO>\n  </TICKET>`;
const file = (...tickets: string[]) => `<?xml version="1.0" encoding="UTF-8"?>\n<TICKETS>\n  ${tickets.join('\n  ')}\n</TICKETS>\n`;
const source = (name: string, text: string | Uint8Array): ImportSource => ({
  name,
  bytes: typeof text === 'string' ? Buffer.from(text) : text,
});

async function load(files: ImportSource[], more: { client?: string; queue?: boolean } = {}) {
  const report: ImportedFile[] = [];
  const totals = await importFiles(bench.database, ALICE, { files, queueDays: 30, ...more }, (entry) => report.push(entry));
  return { totals, report };
}
const stored = () =>
  bench.rows<{ number: string; role: string; xml: Buffer }>(
    'SELECT number, role, xml, op_type, operation_id FROM ticket_document ORDER BY number',
  );

describe('import', () => {
  test('makes of every TICKET a document of its own in UTF-8, whatever the file was', async () => {
    const encoded = Buffer.concat([
      Buffer.from(
        '<?xml version="1.0" encoding="windows-1251"?>\n<TICKETS>\n  <TICKET><TYPE>ETICKET</TYPE><OPTYPE>SALE</OPTYPE><TRANS_TYPE>SALE</TRANS_TYPE><BSONUM>W1</BSONUM><FIO>',
      ),
      Buffer.from([0xc8, 0xc2, 0xc0, 0xcd]),
      Buffer.from('</FIO></TICKET>\n</TICKETS>\n'),
    ]);
    const { totals, report } = await load([source('two.xml', file(ticket('A1'), ticket('A2'))), source('old.xml', encoded)]);
    expect(totals).toMatchObject({ files: 2, documents: 3, imported: 3, known: 0, errors: 0 });
    expect(report.map(({ name, imported }) => [name, imported])).toEqual([
      ['two.xml', 2],
      ['old.xml', 1],
    ]);
    const documents = await stored();
    expect(documents.map((row) => row.number)).toEqual(['A1', 'A2', 'W1']);
    expect(documents[0]?.xml.toString()).toBe(file(ticket('A1')));
    expect(documents[2]?.xml.toString()).toContain('<FIO>ИВАН</FIO>');
    expect(documents[2]?.xml.toString()).toContain('encoding="UTF-8"');
    expect(documents[0]).toMatchObject({ operation_id: null, op_type: 'SALE', role: 'issued' });
  });

  test('passes over what is stored already, also within one import and when two run at once', async () => {
    await load([source('a.xml', file(ticket('A1')))]);
    const { totals, report } = await load([source('b.xml', file(ticket('A1'), ticket('A2'))), source('c.xml', file(ticket('A2')))]);
    expect(totals).toMatchObject({ documents: 3, imported: 1, known: 2 });
    expect(report.map(({ imported, known }) => [imported, known])).toEqual([
      [1, 1],
      [0, 1],
    ]);
    const many = Array.from({ length: 30 }, (_, index) => source(`${index}.xml`, file(ticket(`M${index}`))));
    const both = await Promise.all([load(many), load(many)]);
    expect(both.reduce((sum, { totals: { imported } }) => sum + imported, 0)).toBe(30);
    expect(await stored()).toHaveLength(32);
  });

  test('of a client becomes its history and nothing is queued', async () => {
    const client = await bench.client({ name: 'historic' });
    await load([source('a.xml', file(ticket('A1'), ticket('A2')))], { client: 'historic' });
    expect(await bench.rows('SELECT seq, outcome FROM ticket_history WHERE client_id = $1 ORDER BY seq', [client.clientId])).toEqual([
      { seq: 1, outcome: 'imported' },
      { seq: 2, outcome: 'imported' },
    ]);
    expect(await bench.rows('SELECT 1 FROM ticket_message')).toEqual([]);
    expect(await bench.rows('SELECT floor_seq FROM ticket_feed WHERE client_id = $1', [client.clientId])).toEqual([{ floor_seq: 2 }]);
    expect(await bench.rows('SELECT clients, sequences FROM ticket_document ORDER BY number')).toEqual([
      { clients: [client.clientId], sequences: [1] },
      { clients: [client.clientId], sequences: [2] },
    ]);
  });

  test('with queue waits in the mailbox in the order of the files, and wakes the client', async () => {
    const client = await bench.client({ name: 'queued' });
    const wakes = await bench.hear(FEED_WAKE);
    await load([source('a.xml', file(ticket('Q2'))), source('b.xml', file(ticket('Q1')))], { client: 'queued', queue: true });
    expect(
      await bench.rows(
        'SELECT m.seq, d.number, m.replay, m.bytes = length(d.xml) AS sized FROM ticket_message m JOIN ticket_document d USING (document_id) ORDER BY m.seq',
      ),
    ).toEqual([
      { seq: 1, number: 'Q2', replay: false, sized: true },
      { seq: 2, number: 'Q1', replay: false, sized: true },
    ]);
    await expect.poll(() => wakes).toContain(String(client.clientId));
  });

  test('is audited and told once, with its numbers', async () => {
    await bench.client({ name: 'told' });
    await bench.events();
    await bench.audits();
    await load([source('a.xml', file(ticket('A1'))), { name: 'gone.xml', why: 'ENOENT' }, source('bad.xml', '<TICKETS><TICKET>')], {
      client: 'told',
    });
    expect(await bench.events()).toMatchObject([
      { type: 'import.finished', subject: 'told', data: { files: 3, unread: 1, documents: 1, imported: 1, queue: false, by: 'alice' } },
    ]);
    expect(await bench.audits()).toMatchObject([
      { action: 'tickets.import.start', object: 'told', after: { queue: false } },
      { action: 'tickets.import', object: 'told', after: { imported: 1, errors: 1 } },
    ]);
  });

  test('an import that is broken off has its entry in the audit, beside what it had stored', async () => {
    await bench.client({ name: 'broken' });
    await bench.audits();
    const files = async function* () {
      for (let number = 0; number < 500; number += 1)
        yield { name: `${number}.xml`, bytes: Buffer.from(`<TICKETS><TICKET><BSONUM>BROKEN${number}</BSONUM></TICKET></TICKETS>`) };
      throw new Error('the disk is gone');
    };
    await expect(importFiles(bench.database, ALICE, { files: files(), client: 'broken', queueDays: 30 })).rejects.toThrow(
      'the disk is gone',
    );
    expect(await bench.rows("SELECT FROM ticket_document WHERE number LIKE 'BROKEN%'")).toHaveLength(500);
    expect(await bench.audits()).toMatchObject([{ login: 'alice', action: 'tickets.import.start', object: 'broken' }]);
  });

  test('is refused before anything is read: unknown client, closed client, queue without client', async () => {
    await bench.client({ name: 'closed' });
    await bench.database.transaction((tx) => changeClientState(tx, ALICE, { client: 'closed', act: 'close' }));
    const files = [source('a.xml', file(ticket('A1')))];
    expect((await failure(load(files, { client: 'nobody' }))).code).toBe('NOT_FOUND');
    expect((await failure(load(files, { client: 'closed', queue: true }))).code).toBe('CONFLICT');
    expect((await failure(load(files, { queue: true }))).code).toBe('VALIDATION');
    expect(await stored()).toEqual([]);
    expect((await load(files, { client: 'closed' })).totals.imported).toBe(1);
  });

  test('hostile files are findings: no number, endless number, DOCTYPE, cut off, too large', async () => {
    const { totals, report } = await load([
      source('none.xml', file(ticket('').replace('<BSONUM></BSONUM>', ''))),
      source('long.xml', file(ticket('9'.repeat(5_000)))),
      source('entity.xml', file(ticket('E1')).replace('?>', '?><!DOCTYPE TICKETS [<!ENTITY a "b">]>')),
      source('cut.xml', file(ticket('C1'), ticket('C2')).slice(0, -40)),
      source('large.xml', file(ticket('L1', `<FARECALC>${'x'.repeat(1_100_000)}</FARECALC>`))),
      source('empty.xml', ''),
      source('noise.xml', Buffer.from([0, 255, 254, 1, 2, 3])),
    ]);
    expect(totals).toMatchObject({ files: 7, unread: 0, tooLarge: 1 });
    expect(report.filter(({ findings }) => findings.some(({ severity }) => severity === 'error')).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['entity.xml', 'cut.xml', 'noise.xml']),
    );
    const numbers = (await stored()).map((row) => row.number);
    expect(numbers).toContain('9'.repeat(100));
    expect(numbers).toContain('C1');
    expect(numbers).not.toContain('E1');
    expect(numbers.filter((number) => /^NONE-[0-9A-F]{16}$/.test(number))).toHaveLength(1);
  });

  test.each([
    ['ETICKET', 'SALE', 'SALE', undefined, 'issued'],
    ['ETICKET', 'REFUND', 'EXCHANGE', undefined, 'surrendered'],
    ['ETICKET', 'SALE', 'EXCHANGE', undefined, 'issued'],
    ['EMD', 'SALE', 'EXCHANGE', 'PENALTY', 'penalty'],
    ['RECEIPT', 'SALE', 'EXCHANGE', undefined, 'penalty'],
    ['ETICKET', 'REFUND', 'REFUND', undefined, 'refunded'],
    ['RECEIPT', 'SALE', 'REFUND', undefined, 'penalty'],
    ['ETICKET', 'REFUND', 'CANCEL', undefined, 'voided'],
    ['ETICKET', 'SALE', 'CANCEL', undefined, 'voided'],
    ['ETICKET', 'SALE', 'ERASE', undefined, 'voided'],
    [undefined, undefined, undefined, undefined, 'issued'],
  ] as const)('%s %s %s %s was %s', (type, opType, transType, mcoType, role) => {
    const given = Object.fromEntries(Object.entries({ type, opType, transType, mcoType }).filter(([, value]) => value !== undefined));
    expect(roleOf(given)).toBe(role);
  });
});

describe('an archive', () => {
  const limits = { entries: 5, bytes: 40 * 1024 * 1024 };
  const names = (archive: Uint8Array, more: Partial<typeof limits> = {}) =>
    [...readZip(archive, 'upload.zip', { ...limits, ...more })].map((entry) =>
      'why' in entry ? [entry.name, entry.why] : [entry.name, entry.bytes.length],
    );

  test('gives its XML files; other files are told, names are never paths', () => {
    const archive = zipSync({
      'a.xml': strToU8('<a/>'),
      'in/b.XML': strToU8('<bb/>'),
      '../../evil.xml': strToU8('<c/>'),
      'x.zip': strToU8('PK'),
    });
    expect(looksLikeZip(archive)).toBe(true);
    expect(names(archive)).toEqual([
      ['a.xml', 4],
      ['in/b.XML', 5],
      ['../../evil.xml', 4],
      ['x.zip', 'not an .xml file'],
    ]);
  });

  test('shows names as people know them, in UTF-8 or from a Russian Windows', () => {
    const named = (bytes: Uint8Array): unknown => {
      const placeholder = 'x'.repeat(bytes.length);
      const archive = Buffer.from(zipSync({ [`${placeholder}.xml`]: strToU8('<a/>') }));
      for (let at = archive.indexOf(placeholder); at >= 0; at = archive.indexOf(placeholder)) archive.set(bytes, at);
      return names(archive)[0]?.[0];
    };
    expect(named(Buffer.from('билет'))).toBe('билет.xml');
    expect(named(Uint8Array.of(0xa1, 0xa8, 0xab, 0xa5, 0xe2))).toBe('билет.xml');
  });

  test('that unpacks to more than a file may have is bounded while it unpacks', () => {
    const bomb = zipSync({ 'bomb.xml': [new Uint8Array(30 * 1024 * 1024), { level: 9 }], 'after.xml': strToU8('<a/>') });
    expect(bomb.length).toBeLessThan(40_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(names(bomb)).toEqual([
      ['bomb.xml', expect.stringMatching(/unpacks to more than 16777216/)],
      ['after.xml', 4],
    ]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(120 * 1024 * 1024);
    expect(names(bomb, { bytes: 1024 * 1024 }).at(-1)).toEqual(['upload.zip', expect.stringMatching(/unpacks to more than 1048576/)]);
  });

  test('with too many entries, damaged, cut at any byte, or no archive at all ends with a problem', () => {
    const many = zipSync(Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`${index}.xml`, strToU8('<a/>')])));
    expect(names(many).at(-1)).toEqual(['upload.zip', expect.stringContaining('more than 5 files')]);
    expect(names(strToU8('PK\u0003\u0004 but not really'))).toHaveLength(1);
    expect(names(new Uint8Array(0))).toEqual([['upload.zip', expect.stringContaining('cut off')]]);
    expect(names(zipSync({}))).toEqual([['upload.zip', 'it holds no files']]);
    const archive = zipSync({ 'a.xml': strToU8('<a>some text that is packed, packed, packed</a>') });
    for (let cut = 0; cut < archive.length; cut++) {
      // Whatever could be read of it, the loss is told.
      expect(names(archive.slice(0, cut)).some(([, why]) => typeof why === 'string')).toBe(true);
      const damaged = archive.slice();
      damaged[cut] = (damaged[cut] ?? 0) ^ 0xff;
      expect(() => names(damaged)).not.toThrow();
    }
  });
});

describe('folders', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vestnik-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('are read in the order of names, without what begins with a dot and without links that lead out', async () => {
    await mkdir(join(folder, 'in/sub'), { recursive: true });
    await mkdir(join(folder, 'in/.hidden'));
    await mkdir(join(folder, 'outside'));
    for (const path of ['in/b.xml', 'in/a.XML', 'in/sub/c.xml', 'in/.x.xml', 'in/.hidden/d.xml', 'in/n.txt', 'outside/secret.xml'])
      await writeFile(join(folder, path), '<TICKETS/>');
    await symlink(join(folder, 'outside'), join(folder, 'in/link'));
    await symlink(join(folder, 'outside/secret.xml'), join(folder, 'in/z.xml'));
    await symlink(join(folder, 'in'), join(folder, 'in/sub/round'));
    const found: string[] = [];
    for await (const entry of findFiles([join(folder, 'in'), join(folder, 'none')], /\.xml$/i))
      found.push(`${entry.path.slice(folder.length + 1)}${'why' in entry ? ` ${entry.why}` : ''}`);
    expect(found).toEqual(['in/a.XML', 'in/b.xml', 'in/sub/c.xml', 'none ENOENT']);
  });

  test('are checked file by file and across files, in both languages', async () => {
    await writeFile(join(folder, 'a.xml'), file(ticket('A1')));
    await writeFile(join(folder, 'b.xml'), file(ticket('A1')));
    await writeFile(join(folder, 'c.xml'), '<TICKETS><TICKET>');
    const seen: number[] = [];
    const report = await checkFiles([folder, join(folder, 'missing.xml')], (files) => seen.push(files));
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(report.totals).toMatchObject({ files: 4, documents: 2 });
    expect(report.counts.error).toBeGreaterThanOrEqual(2);
    expect(report.findings.map((finding) => finding.code)).toEqual(expect.arrayContaining(['DUPLICATE', 'UNREADABLE', 'TRUNCATED']));
    expect(renderReport(report, 'ru')).toContain('Файлов: 4');
    expect(renderReport(report, 'en')).toContain('Files: 4');
  });
});
