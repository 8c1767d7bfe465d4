import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HubError } from '../../core/errors.ts';
import { attachmentOf, cleanFileName, FILE_BYTES } from '../order-file.ts';
import { readUpload } from '../read-upload.ts';
import { openTrips, type TripsBench } from './support/trips.ts';

const BOUNDARY = 'x-boundary-x';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
interface Part {
  readonly kind: string;
  readonly name?: string | undefined;
  readonly body?: Buffer | string;
  readonly type?: string;
}
function multipart(...parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ kind, name, body = 'data', type = 'application/pdf' }) => [
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${kind}"${name === undefined ? '' : `; filename="${name}"`}\r\n${name === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
    ),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}
const reasonOf = async (body: Buffer, type = TYPE): Promise<string> =>
  readUpload(body, type).then(
    (files) => `taken ${files.length}`,
    (error: HubError) => `${error.status} ${error.reason}`,
  );

describe('reading an upload', () => {
  test('kinds, names and bytes of every file', async () => {
    const files = await readUpload(
      multipart({ kind: 'ticket', name: 'Билет Иванов.pdf', body: 'один' }, { kind: 'invoice', name: 'b.xml', body: 'два' }),
      TYPE,
    );
    expect(files.map(({ kind, name, size, parts }) => [kind, name, size, Buffer.concat(parts).toString()])).toEqual([
      ['ticket', 'Билет Иванов.pdf', 8, 'один'],
      ['invoice', 'b.xml', 6, 'два'],
    ]);
  });

  test('what is no upload is refused by name', async () => {
    expect(await reasonOf(Buffer.alloc(0))).toBe('400 multipart');
    expect(await reasonOf(Buffer.from('nonsense'))).toBe('400 multipart');
    expect(await reasonOf(multipart(), TYPE)).toMatch(/^4/);
    expect(await reasonOf(multipart({ kind: 'ticket', name: 'a' }), 'multipart/form-data')).toBe('400 multipart');
    expect(await reasonOf(multipart({ kind: 'ticket' }))).toBe('400 multipart');
    expect(await reasonOf(multipart({ kind: 'ticket', name: 'a.pdf' }, { kind: 'note', body: 'text' }))).toBe('400 multipart');
    expect(await reasonOf(multipart({ kind: 'passport', name: 'a.pdf' }))).toBe('422 file_kind');
    expect(await reasonOf(multipart({ kind: 'ticket', name: 'a.pdf', body: '' }))).toBe('422 files');
  });

  test('ten files of 20 MiB at most (B19)', async () => {
    const ten = Array.from({ length: 10 }, (_, at) => ({ kind: 'other', name: `${at}` }));
    expect(await reasonOf(multipart(...ten))).toBe('taken 10');
    expect(await reasonOf(multipart(...ten, { kind: 'other', name: '11' }))).toBe('413 files');
    const full = Buffer.alloc(FILE_BYTES, 1);
    expect(await reasonOf(multipart({ kind: 'ticket', name: 'a', body: full }))).toBe('taken 1');
    expect(await reasonOf(multipart({ kind: 'ticket', name: 'a', body: Buffer.concat([full, Buffer.from('1')]) }))).toBe('413 files');
  });

  test('cut off anywhere, it ends in a refusal or in whole files, never in a wait', async () => {
    const whole = multipart({ kind: 'ticket', name: 'a.pdf', body: 'body' }, { kind: 'other', name: 'b', body: 'more' });
    for (let end = 0; end < whole.length; end += 1) {
      const outcome = await reasonOf(whole.subarray(0, end));
      // Only the last line end may be missing.
      if (end < whole.length - 4) expect(outcome, `cut at ${end}`).toMatch(/^(400 multipart|422)/);
    }
  });

  test('whatever bytes come, the outcome is planned', async () => {
    const chunk = fc.oneof(
      fc.constantFrom(
        `--${BOUNDARY}`,
        '\r\n',
        '--',
        'Content-Disposition: form-data; name="ticket"; filename="a"',
        ': ',
        'Content-Type: x',
      ),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 20 }), async (chunks) => {
        expect(await reasonOf(Buffer.from(chunks.join('')))).toMatch(/^(taken|400 multipart|413 files|422 )/);
      }),
      { numRuns: 300 },
    );
  });
});

test('names of files: no folders, nothing unseen, bearable length', () => {
  expect(cleanFileName('../../etc/passwd')).toBe('passwd');
  expect(cleanFileName('C:\\Users\\a\\Билет.pdf')).toBe('Билет.pdf');
  expect(cleanFileName('invoice\u202Efdp.exe')).toBe('invoicefdp.exe');
  expect(cleanFileName('a\r\nX-Evil: 1')).toBe('aX-Evil: 1');
  expect([cleanFileName(''), cleanFileName('..'), cleanFileName('a/')]).toEqual(['file', 'file', 'file']);
  expect([...cleanFileName('😀'.repeat(500))]).toHaveLength(200);
  expect(attachmentOf('Билет "1"; 100%.pdf')).toBe(
    `attachment; filename="_____ _1_; 100_.pdf"; filename*=UTF-8''%D0%91%D0%B8%D0%BB%D0%B5%D1%82%20%221%22%3B%20100%25.pdf`,
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (given) => {
      const header = attachmentOf(cleanFileName(given));
      expect(header).toMatch(/^[\x20-\x7e]+$/);
      expect(header.match(/"/g)).toHaveLength(2);
    }),
  );
});

describe('files of an order', () => {
  let bench: TripsBench;
  beforeAll(async () => {
    bench = await openTrips();
  });
  afterAll(() => bench.stop());
  const upload = (order: number, body: Buffer, headers: Record<string, string> = {}) =>
    bench.send('POST', `/orders/${order}/files`, { body, headers: { 'content-type': TYPE, ...headers } });

  test('are stored with one event a call, downloaded as attachments, and deleted in silence', async () => {
    const order = await bench.order();
    await bench.news();
    const exe = Buffer.from('MZ\x90\x00<script>alert(1)</script>', 'latin1');
    const answer = await upload(
      order,
      multipart({ kind: 'ticket', name: 'ticket.html', body: exe, type: 'text/html' }, { kind: 'receipt', name: 'Чек.pdf', body: 'чек' }),
    );
    expect(answer.status).toBe(201);
    const [file, receipt] = answer.json.items;
    expect(file).toEqual({
      id_File: file.id_File,
      kind: 'ticket',
      name: 'ticket.html',
      size: exe.length,
      sha256: createHash('sha256').update(exe).digest('hex'),
      created_at: expect.any(String),
    });
    const news = await bench.news();
    expect(news.map(({ data }) => [data.facets, data.FileNames, data.description.ru])).toEqual([
      [['ReserveFileAdded'], ['ticket.html', 'Чек.pdf'], `Заказ ${order}: добавлены файлы ticket.html, Чек.pdf`],
    ]);
    expect((await bench.ok('GET', `/orders/${order}`)).files).toEqual([file, receipt]);

    const download = await bench.send('GET', `/orders/${order}/files/${file.id_File}`);
    expect(download.status).toBe(200);
    expect(download.bytes.equals(exe)).toBe(true);
    expect(download.headers.get('content-type')).toBe('application/octet-stream');
    expect(download.headers.get('x-content-type-options')).toBe('nosniff');
    expect(download.headers.get('content-disposition')).toMatch(/^attachment; filename="ticket.html"/);

    expect((await bench.send('DELETE', `/orders/${order}/files/${file.id_File}`)).status).toBe(204);
    expect(await bench.refused('GET', `/orders/${order}/files/${file.id_File}`)).toBe('404 not_found');
    expect(await bench.refused('DELETE', `/orders/${order}/files/${file.id_File}`)).toBe('404 not_found');
    const other = await bench.order();
    expect(await bench.refused('GET', `/orders/${other}/files/${receipt.id_File}`)).toBe('404 not_found');
    expect((await bench.ok('GET', `/orders/${order}`)).files).toEqual([receipt]);
    expect((await bench.lines()).filter((line) => line.includes(`order/${order} `))).toEqual([]);
  });

  test('a repeat with one key stores nothing twice; a wrong file stores none of a call', async () => {
    const order = await bench.order();
    const key = { 'idempotency-key': 'upload-1' };
    const body = multipart({ kind: 'ticket', name: 'a.pdf' });
    const first = await upload(order, body, key);
    expect((await upload(order, body, key)).json).toEqual(first.json);
    expect((await upload(order, multipart({ kind: 'ticket', name: 'b.pdf' }, { kind: 'ticket', name: 'c.pdf', body: '' }))).status).toBe(
      422,
    );
    expect((await bench.ok('GET', `/orders/${order}`)).files).toHaveLength(1);
    expect((await upload(999_999, body)).status).toBe(404);
    expect((await bench.send('POST', `/orders/${order}/files`, { body: { a: 1 } })).status).toBe(415);
  });

  test('a canceled order takes a receipt, one of a canceled trip nothing', async () => {
    const trip = await bench.trip();
    const order = await bench.order({}, trip);
    await bench.ok('POST', `/orders/${order}/cancel`);
    expect((await upload(order, multipart({ kind: 'receipt', name: 'a.pdf' }))).status).toBe(201);
    await bench.ok('POST', `/trips/${trip}/cancel`);
    expect((await upload(order, multipart({ kind: 'receipt', name: 'a.pdf' }))).json.reason).toBe('trip_state');
  });

  test('a body over the cap is refused before it is read', async () => {
    const order = await bench.order();
    const response = await fetch(`${bench.address}/api/v1/orders/${order}/files`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('*:x').toString('base64')}`, 'content-type': TYPE },
      body: Buffer.alloc(202 * 1024 * 1024),
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([413, 'TOO_LARGE']);
  });
});
