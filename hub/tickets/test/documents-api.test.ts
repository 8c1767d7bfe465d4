import { randomUUIDv7 } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pageAnswer } from '../../core/http/page.ts';
import { documentDetailsAnswer, operationAnswer, rejectionAnswer } from '../api/answers.ts';
import { deliver, storeDocuments, type Workbench } from './support/administration.ts';
import { type Api, openApi, strict } from './support/api.ts';
import type { Rest } from './support/rest.ts';

let api: Api;
let bench: Workbench;
let rest: Rest;
beforeAll(async () => {
  api = await openApi();
  ({ bench, rest } = api);
  return api.stop;
});
beforeEach(async () => {
  await bench.events();
  await bench.audits();
});
const get: Api['get'] = (path) => api.get(path);

async function operation(options: { warnings?: string; unrouted?: number; kind?: string; id?: string } = {}): Promise<string> {
  const operationId = randomUUIDv7();
  await bench.rows(
    `INSERT INTO ticket_operation (operation_id, source, external_id, body_sha256, kind, occurred_at, received_by, control, warnings, unrouted)
     VALUES ($1::uuid, 'SRC', $2, '\\x00', $3, now(), 'robot', '{"documents":[{"number":"SECRET"}]}', $4::jsonb, $5)`,
    [operationId, options.id ?? operationId, options.kind ?? 'issue', options.warnings ?? null, options.unrouted ?? 0],
  );
  return operationId;
}

describe('documents', () => {
  test('are found by number, PNR and time, newest first, in pages', async () => {
    const client = await bench.client({ name: 'finder' });
    await storeDocuments(bench.database, [client], ['5554200000001'], { pnr: '0Б1В2Г' });
    await storeDocuments(bench.database, [client], ['5554200000001', '5554200000002'], { transType: 'EXCHANGE' });
    const first = await get('/documents?number=555-420%200000001&limit=1');
    expect(first.items).toMatchObject([{ number: '5554200000001', transType: 'EXCHANGE', clients: ['finder'], kept: true }]);
    const second = await get(`/documents?number=5554200000001&limit=1&after=${first.next}`);
    expect([second.items[0].transType, second.next]).toEqual(['SALE', null]);
    expect((await get(`/documents?pnr=${encodeURIComponent('0б1в2г')}`)).items).toHaveLength(1);
    await storeDocuments(bench.database, [client], ['5554200000003'], { pnr: 'aB1c' });
    expect((await get('/documents?pnr=aB1c')).items).toMatchObject([{ number: '5554200000003' }]);
    const now = Temporal.Now.instant();
    const around = `from=${encodeURIComponent(now.subtract({ minutes: 5 }).toString())}&to=${encodeURIComponent(now.add({ minutes: 5 }).toString())}`;
    expect((await get(`/documents?number=5554200000002&${around}`)).items).toHaveLength(1);
    expect((await get(`/documents?number=5554200000002&to=${encodeURIComponent(now.subtract({ minutes: 5 }).toString())}`)).items).toEqual(
      [],
    );
    for (const wrong of ['yesterday', '0000-01-01T00:00:00Z', '%2B010000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59']) {
      expect([wrong, (await rest.send('GET', `/documents?from=${wrong}`)).status]).toEqual([wrong, 400]);
    }
    expect((await rest.send('GET', '/documents?after=xyz')).status).toBe(400);
  });

  test('are shown with their chain and their way to each client', async () => {
    const [one, two] = [await bench.client({ name: 'chain-one' }), await bench.client({ name: 'chain-two' })];
    const operationId = await operation({ kind: 'exchange-flight' });
    const [old] = await storeDocuments(bench.database, [one], ['CHAIN1']);
    const [fresh] = await storeDocuments(bench.database, [one, two], ['CHAIN2'], { exNumber: 'CHAIN1', operationId });
    const [penalty] = await storeDocuments(bench.database, [one], ['CHAIN3'], { toNumber: 'CHAIN2', type: 'EMD' });
    const [later] = await storeDocuments(bench.database, [one], ['CHAIN4'], { exNumber: 'CHAIN2' });
    await storeDocuments(bench.database, [one], ['ELSEWHERE']);
    await deliver(bench.database, one, 2);
    await rest.send('POST', '/clients/chain-one/replay', { body: { numbers: ['CHAIN2'] } });
    const shown = strict(documentDetailsAnswer).parse(await get(`/documents/${fresh?.documentId}`));
    expect(new Set(shown.chain.map((row) => row.documentId))).toEqual(
      new Set([old, fresh, penalty, later].map((made) => made?.documentId)),
    );
    expect(shown.operation).toMatchObject({ operationId, kind: 'exchange-flight' });
    expect(shown.deliveries.map(({ client, sequence, status, replay }) => [client, sequence, status, replay])).toEqual([
      ['chain-one', 2, 'delivered', false],
      ['chain-one', 6, 'queued', true],
      ['chain-two', 1, 'queued', false],
    ]);
    const fromTheEnd = await get(`/documents/${penalty?.documentId}`);
    expect(fromTheEnd.chain).toHaveLength(4);
    expect((await rest.send('GET', `/documents/${randomUUIDv7()}`)).status).toBe(404);
    expect((await rest.send('GET', '/documents/..%2f..%2fetc')).status).toBe(400);
  });

  test('a chain without end is cut', async () => {
    await storeDocuments(
      bench.database,
      [],
      Array.from({ length: 230 }, (_, index) => `MANY${index}`),
      { toNumber: 'HUB' },
    );
    const [made] = await storeDocuments(bench.database, [], ['HUB']);
    expect(await get(`/documents/${made?.documentId}`)).toMatchObject({ chainCut: true, chain: { length: 200 } });
  });

  test('give their bytes with the right to, and every reading is audited', async () => {
    const [made] = await storeDocuments(bench.database, [], ['BYTES1']);
    await bench.audits();
    const answer = await rest.send('GET', `/documents/${made?.documentId}/xml`, { as: 'body' });
    expect(answer.headers.get('content-type')).toBe('application/xml; charset=utf-8');
    expect(answer.bytes.toString()).toContain('<BSONUM>BYTES1</BSONUM>');
    expect(await bench.audits()).toMatchObject([{ login: 'tickets.body', action: 'tickets.document.read', object: made?.documentId }]);
    await bench.rows('UPDATE ticket_document SET xml = NULL WHERE document_id = $1', [made?.documentId ?? '']);
    const erased = await rest.send('GET', `/documents/${made?.documentId}/xml`);
    expect([erased.status, erased.json.detail]).toEqual([404, expect.stringContaining('erased')]);
  });
});

describe('operations', () => {
  test('are listed newest first, and by what is wrong with them', async () => {
    await bench.rows('TRUNCATE ticket_operation');
    const plain = await operation({ id: 'plain' });
    const warned = await operation({ warnings: '[{"code":"FOP_SUM","path":"/documents/0","message":"x"}]' });
    const lost = await operation({ unrouted: 1, kind: 'refund' });
    await storeDocuments(bench.database, [], ['OP1'], { operationId: lost });
    const ids = async (query: string) =>
      pageAnswer(strict(operationAnswer))
        .parse(await get(`/operations?${query}`))
        .items.map((item) => item.operationId);
    expect(new Set(await ids(''))).toEqual(new Set([plain, warned, lost]));
    expect(await ids('only=unrouted')).toEqual([lost]);
    expect(await ids('only=warnings')).toEqual([warned]);
    expect(await ids('kind=refund')).toEqual([lost]);
    expect(await ids('source=SRC&id=plain')).toEqual([plain]);
    const page = await get('/operations?limit=2');
    expect((await get(`/operations?limit=2&after=${page.next}`)).items).toHaveLength(1);
    expect((await get(`/operations/${lost}`)).documents).toMatchObject([{ number: 'OP1', clients: [] }]);
    // The source of a sender that names none is its login.
    expect((await get(`/operations?source=${'l'.repeat(64)}`)).items).toEqual([]);
    expect((await rest.send('GET', '/operations?only=bad')).status).toBe(400);
  });

  test('show their control message with the right to, audited', async () => {
    const id = await operation();
    expect(JSON.stringify(await get(`/operations/${id}`))).not.toContain('SECRET');
    await bench.audits();
    expect((await rest.send('GET', `/operations/${id}/control`, { as: 'view' })).status).toBe(403);
    expect((await rest.send('GET', `/operations/${id}/control`, { as: 'body' })).json).toEqual({ documents: [{ number: 'SECRET' }] });
    expect(await bench.audits()).toMatchObject([{ login: 'tickets.body', action: 'tickets.operation.read', object: id }]);
  });

  test('that were refused are listed for 7 days', async () => {
    await bench.rows(`INSERT INTO ticket_rejection (received_at, received_by, source, external_id, code, faults)
      SELECT now() - make_interval(days => d), 'robot', 'SRC', 'r' || d, 'VALIDATION', '[{"code":"REQUIRED","path":"/time","message":"x"}]'
      FROM generate_series(0, 9, 3) d`);
    const page = pageAnswer(strict(rejectionAnswer)).parse(await get('/rejections'));
    expect(page.items.map((item) => item.id).sort()).toEqual(['r0', 'r3', 'r6']);
  });
});

describe('import over REST', () => {
  const xml = (number: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<TICKETS>\n  <TICKET><TYPE>ETICKET</TYPE><OPTYPE>SALE</OPTYPE><TRANS_TYPE>SALE</TRANS_TYPE><BSONUM>${number}</BSONUM></TICKET>\n</TICKETS>\n`;
  const send = (body: Uint8Array, type: string, query = '') =>
    rest.send('POST', `/import?${query}`, { body, headers: { 'content-type': type } });

  test('takes one XML file or a zip, and reports every file and finding', async () => {
    await bench.client({ name: 'importer' });
    const one = await send(Buffer.from(xml('REST1')), 'application/xml', 'name=one.xml');
    expect(one.json).toMatchObject({ files: 1, imported: 1, report: [{ name: 'one.xml', imported: 1 }] });
    const archive = zipSync({
      'a.xml': strToU8(xml('REST1')),
      'b.xml': strToU8(xml('REST2')),
      'c.txt': strToU8('x'),
      'd.xml': strToU8('<TICKETS>'),
    });
    const many = await send(archive, 'application/zip', 'client=importer&queue=true');
    expect(many.json).toMatchObject({ files: 4, unread: 1, imported: 1, known: 1 });
    expect(many.json.report.map((file: { name: string }) => file.name)).toEqual(['a.xml', 'b.xml', 'c.txt', 'd.xml']);
    expect(many.json.report[3].findings[0]).toMatchObject({ severity: 'error', message: expect.any(String) });
    expect((await get('/clients/importer/mailbox')).items).toMatchObject([{ number: 'REST2' }]);
  });

  test('refuses other content and impossible targets', async () => {
    expect((await send(Buffer.from('{}'), 'application/json')).status).toBe(415);
    expect((await send(Buffer.from(xml('REST3')), 'text/xml', 'client=nobody')).status).toBe(404);
    expect((await send(Buffer.from(xml('REST3')), 'text/xml', 'queue=true')).status).toBe(422);
    expect((await send(Buffer.from('PK\u0003\u0004garbage'), 'application/zip')).json).toMatchObject({ unread: 1, imported: 0 });
  });
});
