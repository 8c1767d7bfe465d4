import { beforeAll, describe, expect, test } from 'vitest';
import { publish } from '../../core/events/publish.ts';
import type { Answer } from '../../test/support/module-rest.ts';
import { type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});

const GOOD = { family: 'order', name: 'SAP', url: 'https://a.ru/in' };
const call = (path: string, body: unknown, as = '*'): Promise<Answer> =>
  bench.rest.send('POST', `/callbacks/endpoints${path}`, { body, as });
const add = async (settings: object = {}): Promise<number> => (await call('', { ...GOOD, ...settings })).json.id;

/** An event of travel, as it is published. */
async function tell(data: Record<string, unknown>, type = 'ReserveIssued'): Promise<string> {
  await bench.database.transaction((tx) => publish(tx, { type: `vestnik.travel.${type}`, subject: 'order/1', data }));
  const [row] = await bench.rows<{ position: string }>("SELECT txid::text || '-' || id AS position FROM event ORDER BY id DESC LIMIT 1");
  return row?.position ?? '';
}
const ORDER = {
  family: 'order',
  organization_id: 12,
  change_source: 'console',
  actor_id: 1,
  actor: 'anna',
  facets: ['ComplexReserveStateChanged', 'ReserveIssued'],
  id_Reserve: 5001,
  id_ComplexReserve: 88,
  OuterId: 'A&B',
  ReserveState: 'finished',
  PreviousReserveState: 'inprocess',
  ComplexState: 'finished',
  PreviousComplexState: 'forexecution',
  ReserveType: 'avia',
  Total: '100.00',
  Currency: 'RUB',
  TimeLimit: null,
  FileNames: [],
  OrganizationName: 'Ветер',
  codes: [],
  description: { ru: 'Заказ 5001', en: 'Order 5001' },
};

describe('lint', () => {
  test('of what is edited: every finding with its place; nothing is stored', async () => {
    const id = await add();
    const { json } = await call(`/${id}/lint`, { settings: { body: '<a>\n  @Nope\n  @{Nope}</a>', success: [] } });
    expect(json.ok).toBe(false);
    expect(json.findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ severity: 'error', code: 'success', path: '/success' }),
        expect.objectContaining({ severity: 'warning', path: '/body', line: 2, column: 3 }),
        expect.objectContaining({ severity: 'error', path: '/body', line: 3, column: 3 }),
      ]),
    );
    for (const finding of json.findings) expect(finding.russian).toMatch(/[а-яё]/i);
    expect((await call(`/${id}/lint`, {})).json).toMatchObject({ ok: true });
    expect((await bench.rest.send('GET', `/callbacks/endpoints/${id}`)).json.version).toBe(1);
  });

  test('of one that is yet to be added', async () => {
    const { json } = await call('/lint', { settings: { ...GOOD, method: '"POST"' } });
    expect(json).toMatchObject({ ok: false, findings: [{ code: 'method' }] });
    expect((await call('/lint', { settings: GOOD })).json.ok).toBe(true);
    expect((await call('/lint', { settings: GOOD }, 'callbacks.write@5')).status).toBe(403);
  });
});

describe('preview', () => {
  test('of a sample: final method, address, headers with secrets as ***, body, bytes', async () => {
    const id = await add({
      url: 'https://a.ru/o/@{id_Reserve}?d=@EventType',
      headers: 'Content-Type: text/xml;charset=windows-1251\nX-Api-Key: s3cret\nX-Trip: @id_ComplexReserve',
      body: '<d>@EventDescription</d>',
      events: ['ReserveIssued'],
      event_names: { ReserveIssued: '2' },
      signing: true,
    });
    const { json, bytes } = await call(`/${id}/preview`, {});
    expect(json.fault).toBeNull();
    expect(json.preview).toMatchObject({
      method: 'POST',
      url: 'https://a.ru/o/1042?d=2',
      charset: 'windows-1251',
      format: 'xml',
      event_type: 'ReserveIssued',
      matches: null,
    });
    expect(json.preview.headers).toEqual([
      ['Content-Type', 'text/xml;charset=windows-1251'],
      ['X-Api-Key', '***'],
      ['X-Trip', '77'],
      ['User-Agent', 'Vestnik'],
      ['webhook-id', 'sample'],
      ['webhook-timestamp', expect.stringMatching(/^\d{10}$/)],
      ['webhook-signature', 'v1,***'],
    ]);
    expect(json.preview.body).toMatch(/^<d>Заказ 1042: .*<\/d>$/);
    expect(json.preview.bytes).toBeLessThan(Buffer.byteLength(json.preview.body));
    expect(bytes.toString()).not.toContain('s3cret');
    const edited = await call(`/${id}/preview`, { settings: { body: '<e>@id_Reserve</e>', language: 'en' }, sample: 'empty' });
    expect(edited.json.preview.body).toBe('<e></e>');
  });

  test('of one that is yet to be added; with errors there is none', async () => {
    expect((await call('/preview', { settings: { ...GOOD, method: 'GET', body: 'id=@id_Reserve' } })).json.preview).toMatchObject({
      method: 'GET',
      url: 'https://a.ru/in?id=1042',
      body: null,
      bytes: 0,
    });
    expect((await call('/preview', { settings: { ...GOOD, body: '<a>' } })).json).toMatchObject({
      preview: null,
      findings: expect.arrayContaining([expect.objectContaining({ code: 'template_xml' })]),
    });
  });

  test('of an event: with its values, as the endpoint would get it, audited', async () => {
    const position = await tell(ORDER);
    const id = await add({ body: '<a>@id_Reserve @EventType @OuterId @{EventId}</a>', events: ['ReserveIssued'] });
    const { json } = await call(`/${id}/preview`, { event: position });
    expect(json.preview).toMatchObject({
      body: `<a>5001 ReserveIssued A&amp;B ${position}</a>`,
      event_type: 'ReserveIssued',
      matches: true,
    });
    const unmatched = await call(`/${id}/preview`, { event: position, settings: { events: ['ReserveCreated'] } });
    expect(unmatched.json.preview).toMatchObject({ matches: false, event_type: 'ComplexReserveStateChanged' });
    expect(await bench.rows("SELECT object FROM audit WHERE action = 'callbacks.event.preview' LIMIT 1")).toEqual([{ object: position }]);
  });

  test('of an event only for those who may see it', async () => {
    const position = await tell(ORDER);
    await bench.organization(12, 'client');
    await bench.organization(13, 'client');
    const [own, foreign] = [await add({ organization_id: 12 }), await add({ organization_id: 13 })];
    const body = { event: position };
    expect((await call(`/${own}/preview`, body, 'callbacks.write@12')).status).toBe(403);
    expect((await call(`/${own}/preview`, body, 'callbacks.write@12+callbacks.payload@12')).status).toBe(200);
    expect((await call(`/${own}/preview`, body, 'callbacks.write+callbacks.payload@13')).status).toBe(404);
    expect((await call(`/${foreign}/preview`, body)).status).toBe(404);
    const statics = await add({ family: 'static' });
    expect((await call(`/${statics}/preview`, body)).status).toBe(404);
    expect((await call(`/${own}/preview`, { event: '1-1' })).status).toBe(404);
    expect((await call(`/${own}/preview`, { event: 'x' })).status).toBe(400);
  });

  test('of an event that cannot be sent tells why', async () => {
    const position = await tell({ ...ORDER, OuterId: '..' });
    const id = await add({ url: 'https://a.ru/o/@OuterId' });
    const { json } = await call(`/${id}/preview`, { event: position });
    expect(json).toMatchObject({ preview: null, fault: { code: 'path_dots' } });
  });
});

test('events to choose from: the newest first, of the family and of those organizations', async () => {
  const position = await tell({ ...ORDER, organization_id: 99 });
  const events = (as: string, query = '') => bench.rest.send('GET', `/callbacks/events${query}`, { as });
  const { json } = await events('*');
  expect(json.items[0]).toMatchObject({ position, type: 'vestnik.travel.ReserveIssued', data: { organization_id: 99 } });
  expect((await events('callbacks.payload@99')).json.items.map((item: { position: string }) => item.position)).toEqual([position]);
  expect((await events('callbacks.payload@98')).json.items).toEqual([]);
  expect((await events('*', '?family=static')).json.items).toEqual([]);
  expect((await events('*', '?limit=1')).json.items).toHaveLength(1);
  expect((await events('callbacks.read')).status).toBe(403);
});
