import { randomUUIDv7, X509Certificate } from 'node:crypto';
import { unzipSync } from 'fflate';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pageAnswer } from '../../core/http/page.ts';
import { clientAnswer, clientSummaryAnswer, historyEntryAnswer, limitsAnswer, mailboxEntryAnswer } from '../api/answers.ts';
import type { Client } from '../sql/clients.ts';
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

describe('the way of a client over REST', () => {
  test('is added, gets its kit once, renews, is revoked', async () => {
    const added = await rest.send('POST', '/clients', {
      body: { name: 'agency-17', title: 'Ветер', subscriptions: [{ agency: ['17мов'] }] },
    });
    expect(added.status).toBe(201);
    expect(added.headers.get('location')).toBe('/api/v1/tickets/clients/agency-17');
    expect(strict(clientAnswer).parse(added.json)).toMatchObject({
      name: 'agency-17',
      state: 'active',
      subscriptions: [{ agency: ['17МОВ'] }],
    });

    const bundle = await rest.send('POST', '/clients/agency-17/bundle', { body: {} });
    expect([bundle.status, bundle.headers.get('content-type'), bundle.headers.get('cache-control')]).toEqual([
      201,
      'application/zip',
      'no-store',
    ]);
    expect(bundle.headers.get('content-disposition')).toBe('attachment; filename="agency-17.zip"');
    const files = unzipSync(bundle.bytes);
    expect(Object.keys(files).sort()).toEqual(['Stat_Client.conf', 'agency-17.pem', 'ca.crt']);
    expect(Buffer.from(files['Stat_Client.conf'] ?? []).toString()).toContain('Connect = localhost:8443');
    const again = await rest.send('POST', '/clients/agency-17/bundle');
    expect([again.status, again.json.code]).toEqual([409, 'CONFLICT']);

    const issued = await rest.send('POST', '/clients/agency-17/certificates', { body: { days: 100 } });
    expect(issued.status).toBe(201);
    expect(new X509Certificate(issued.json.pem).checkIssued(new X509Certificate(issued.json.ca))).toBe(true);
    const shown = await get('/clients/agency-17');
    expect(
      strict(clientAnswer)
        .parse(shown)
        .certificates.map((row) => row.state),
    ).toEqual(['valid', 'valid']);
    const first = shown.certificates.find((row: { serial: string }) => row.serial !== issued.json.serial);

    expect((await rest.send('DELETE', `/clients/agency-17/certificates/${first.serial}`)).status).toBe(400);
    const revoked = await rest.send('DELETE', `/clients/agency-17/certificates/${first.serial}?reason=renewed`);
    expect(revoked.json).toEqual({ revoked: [{ serial: first.serial, notAfter: first.notAfter }] });
    expect((await rest.send('DELETE', '/clients/agency-17/certificates?reason=lost')).json.revoked).toMatchObject([
      { serial: issued.json.serial },
    ]);
    expect((await get('/clients/agency-17')).certificateDaysLeft).toBeNull();
  });

  test('is changed under its version, by If-Match or in the body', async () => {
    await bench.client({ name: 'versioned' });
    const read = await rest.send('GET', '/clients/versioned');
    const etag = read.headers.get('etag') ?? '';
    expect(etag).toBe('"1"');
    const changed = await rest.send('PATCH', '/clients/versioned', { body: { title: 'B' }, headers: { 'if-match': etag } });
    expect(changed.json).toMatchObject({ title: 'B', version: 2 });
    const stale = await rest.send('PATCH', '/clients/versioned', { body: { title: 'C' }, headers: { 'if-match': etag } });
    expect([stale.status, stale.json.code]).toEqual([412, 'STALE_VERSION']);
    expect((await rest.send('PATCH', '/clients/versioned', { body: { title: 'C', version: 1 } })).status).toBe(412);
    expect((await rest.send('PATCH', '/clients/versioned', { body: { title: 'C', version: 2 } })).status).toBe(200);
    expect((await rest.send('PATCH', '/clients/versioned', { body: {}, headers: { 'if-match': 'abc' } })).status).toBe(400);
    expect((await rest.send('POST', '/clients/versioned/hold', { body: { reason: 'x', version: 2 } })).status).toBe(412);
  });

  test('is held, released, closed, opened; subscriptions come and go', async () => {
    await bench.client({ name: 'stated', subscriptions: [] });
    const post = (path: string, body?: unknown) => rest.send('POST', `/clients/stated/${path}`, body === undefined ? {} : { body });
    expect((await post('hold')).status).toBe(422);
    expect((await post('hold', { reason: 'x' })).json).toMatchObject({ state: 'held', stateReason: 'x' });
    expect((await post('hold', { reason: 'x' })).status).toBe(409);
    expect((await post('release')).json.state).toBe('active');
    expect((await post('close')).json.state).toBe('closed');
    expect((await post('open')).json.state).toBe('active');
    const made = await post('subscriptions', { carrier: ['s7'] });
    expect([made.status, made.json.carrier]).toEqual([201, ['S7']]);
    expect((await post('subscriptions', {})).status).toBe(422);
    const gone = await rest.send('DELETE', `/clients/stated/subscriptions/${made.json.subscriptionId}`);
    expect([gone.status, gone.bytes.length]).toEqual([204, 0]);
    expect((await rest.send('DELETE', '/clients/stated/subscriptions')).status).toBe(404);
    expect((await bench.audits()).every((entry) => entry.login === '*' || entry.login === 'alice')).toBe(true);
  });

  test('faults name their field', async () => {
    const answer = await rest.send('POST', '/clients', { body: { name: 'X!', title: '', colour: 1, subscriptions: [{ agency: [] }] } });
    expect(answer.status).toBe(422);
    expect(answer.json.details.map((fault: { path: string }) => fault.path)).toEqual(
      expect.arrayContaining(['/name', '/title', '/colour']),
    );
    const subscription = await rest.send('POST', '/clients', { body: { name: 'xx', title: 'X', subscriptions: [{ agency: [] }] } });
    expect(subscription.json.details[0].path).toBe('/subscriptions/0/agency');
    expect((await rest.send('GET', '/clients/nobody')).status).toBe(404);
  });
});

test('rights: seeing, managing, replaying and reading bodies are apart', async () => {
  const client = await bench.client({ name: 'guarded' });
  const [made] = await storeDocuments(bench.database, [client], ['RIGHTS1']);
  const xml = `/documents/${made?.documentId}/xml`;
  const status = async (as: string, method: string, path: string, body?: unknown) =>
    (await rest.send(method, path, { as, ...(body !== undefined && { body }) })).status;
  expect(await status('view', 'GET', '/clients')).toBe(200);
  expect(await status('view', 'GET', xml)).toBe(403);
  expect(await status('body', 'GET', xml)).toBe(200);
  expect(await status('body', 'GET', '/clients')).toBe(403);
  expect(await status('view', 'POST', '/clients/guarded/hold', { reason: 'x' })).toBe(403);
  expect(await status('view+manage', 'POST', '/clients/guarded/replay', { numbers: ['RIGHTS1'] })).toBe(403);
  expect(await status('replay', 'POST', '/clients/guarded/replay', { numbers: ['RIGHTS1'] })).toBe(200);
  expect(await status('ingest', 'GET', '/operations')).toBe(403);
  expect(await status('view', 'POST', '/import', {})).toBe(403);
});

describe('lists', () => {
  test('of clients are paged by cursor, filtered, and show what the page needs', async () => {
    const names = ['page-a', 'page-b', 'page-c', 'page-d', 'page-e'];
    const clients: Client[] = [];
    for (const name of names) clients.push(await bench.client({ name, title: `100% ${name}_x` }));
    await storeDocuments(bench.database, clients.slice(0, 2), ['PAGE1', 'PAGE2']);
    await deliver(bench.database, clients[1] as Client, 1);
    const seen: string[] = [];
    let after = '';
    do {
      const page = pageAnswer(strict(clientSummaryAnswer)).parse(await get(`/clients?q=page-&limit=2${after}`));
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map((item) => item.name));
      after = page.next === null ? '' : `&after=${page.next}`;
    } while (after !== '');
    expect(seen).toEqual(names);
    expect((await get('/clients?q=100%25%20page-c_')).items).toMatchObject([{ name: 'page-c', queued: 0, oldest: null, connected: false }]);
    expect((await get('/clients?q=100_')).items).toEqual([]);
    expect((await get('/clients?q=page-a')).items).toMatchObject([{ queued: 2, queuedExact: true, oldest: expect.stringMatching(/Z$/) }]);
    await rest.send('POST', '/clients/page-d/close');
    expect((await get('/clients?state=closed&q=page-')).items.map((item: { name: string }) => item.name)).toEqual(['page-d']);
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'state=gone'])
      expect((await rest.send('GET', `/clients?${query}`)).status).toBe(400);
  });

  test('a session, its report and the program show in the list', async () => {
    const { clientId } = await bench.client({ name: 'sessioned' });
    await bench.rows(
      `UPDATE ticket_feed SET lease_until = now() + interval '1 minute', since = now(), address = '192.0.2.9', agent = 'Stat_Client/1.2.0 (linux)',
       report = '{"storage":"full","freeBytes":1}', reported_at = now(), delivered_at = now() WHERE client_id = $1`,
      [clientId],
    );
    expect((await get('/clients?q=sessioned')).items).toMatchObject([
      {
        connected: true,
        address: '192.0.2.9',
        program: 'Stat_Client/1.2.0 (linux)',
        report: { storage: 'full' },
        deliveredAt: expect.any(String),
      },
    ]);
    await bench.rows("UPDATE ticket_feed SET lease_until = now() - interval '1 second' WHERE client_id = $1", [clientId]);
    expect((await get('/clients?q=sessioned')).items).toMatchObject([{ connected: false, connectedSince: null }]);
  });

  test('of a mailbox, its history and tombstones; a withdrawal moves a message', async () => {
    const client = await bench.client({ name: 'boxed' });
    await storeDocuments(bench.database, [client], ['BOX1', 'BOX2', 'BOX3', 'BOX4']);
    await deliver(bench.database, client, 1);
    const page = pageAnswer(strict(mailboxEntryAnswer)).parse(await get('/clients/boxed/mailbox?limit=2'));
    expect([page.items.map((item) => item.sequence), page.next]).toEqual([[2, 3], '3']);
    expect((await get('/clients/boxed/mailbox?after=3')).items).toMatchObject([{ sequence: 4, number: 'BOX4', type: 'ETICKET' }]);
    expect((await rest.send('DELETE', '/clients/boxed/mailbox/3?reason=wrong')).json).toMatchObject({ sequence: 3 });
    expect((await rest.send('DELETE', '/clients/boxed/mailbox/3?reason=wrong')).status).toBe(409);
    await bench.rows("UPDATE ticket_history SET outcome = 'expired' WHERE client_id = $1 AND seq = 1", [client.clientId]);
    const history = pageAnswer(strict(historyEntryAnswer)).parse(await get('/clients/boxed/history'));
    expect(history.items.map(({ sequence, outcome }) => [sequence, outcome])).toEqual([
      [3, 'withdrawn'],
      [1, 'expired'],
    ]);
    expect((await get('/clients/boxed/history?outcome=expired')).items.map((item: { sequence: number }) => item.sequence)).toEqual([1]);
    expect((await get('/clients/boxed/history?after=3')).items).toHaveLength(1);
  });

  test('a queue longer than is counted says so', async () => {
    const { clientId } = await bench.client({ name: 'endless' });
    await bench.rows(
      `INSERT INTO ticket_message (client_id, seq, message_id, document_id, replay, bytes, enqueued_at, expires_at)
       SELECT $1, n, uuidv7(), uuidv7(), false, 1, now(), now() + interval '1 day' FROM generate_series(1, 10001) n`,
      [clientId],
    );
    expect((await get('/clients?q=endless')).items).toMatchObject([{ queued: 10_000, queuedExact: false }]);
    await bench.rows('DELETE FROM ticket_message WHERE client_id = $1 AND seq = 1', [clientId]);
    expect((await get('/clients?q=endless')).items).toMatchObject([{ queued: 10_000, queuedExact: true }]);
    await bench.rows('DELETE FROM ticket_message WHERE client_id = $1', [clientId]);
  });
});

describe('replay over REST', () => {
  test('counts first, then queues; one way of choosing at a time', async () => {
    const client = await bench.client({ name: 'again' });
    const made = await storeDocuments(bench.database, [client], ['AGAIN1', 'AGAIN2']);
    await deliver(bench.database, client, 2);
    const replay = (body: unknown) => rest.send('POST', '/clients/again/replay', { body });
    const period = { from: '2026-01-01T00:00:00+03:00', to: '2099-01-01T00:00:00Z' };
    expect((await replay({ ...period, dryRun: true })).json).toEqual({ matched: 2, replayed: 2, withoutBody: 0, queued: 0 });
    expect((await replay({ sequences: [2, 2] })).json).toMatchObject({ replayed: 1, first: 3, last: 3 });
    expect((await replay({ ids: [made[0]?.documentId] })).json).toMatchObject({ replayed: 1, first: 4 });
    for (const body of [
      {},
      { numbers: ['A'], sequences: [1, 2] },
      { from: period.from },
      { from: 'yesterday', to: period.to },
      { sequences: [2, 1] },
      { sequences: [0, 1] },
      { numbers: [] },
      { ids: ['not-an-id'] },
      { number: 'A' },
    ])
      expect((await replay(body)).status, JSON.stringify(body)).toBe(422);
    expect((await replay({ ids: [randomUUIDv7()] })).status).toBe(404);
  });
});

test('limits show certificates about to end and mailboxes that are not emptied', async () => {
  const client = await bench.client({ name: 'aaa-limited', warnAgeDays: [2] });
  await rest.send('POST', '/clients/aaa-limited/certificates', { body: { days: 10 } });
  await storeDocuments(bench.database, [client], ['LIM1']);
  await bench.rows("UPDATE ticket_message SET enqueued_at = now() - interval '3 days' WHERE client_id = $1", [client.clientId]);
  const limits = strict(limitsAnswer).parse(await get('/limits'));
  expect(limits.certificates[0]).toMatchObject({ client: 'aaa-limited', daysLeft: 9, renewed: false });
  expect(limits.mailboxes[0]).toMatchObject({ client: 'aaa-limited', atMost: 1, overAge: 2 });
});
