import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';

const PUBLIC = 'https://callbacks.example';
const PATIENCE = { timeout: 15_000, interval: 20 };

let hub: CallbacksHub;
let organization: number;
beforeAll(async () => {
  hub = await openCallbacksHub([], {
    environment: { VESTNIK_CALLBACKS__PUBLIC_URL: PUBLIC, VESTNIK_CALLBACKS__BIN_REQUESTS: '5', VESTNIK_CALLBACKS__BIN_BYTES: '65536' },
  });
  organization = await hub.organization();
});
afterAll(() => hub.stop());

interface Bin {
  readonly id: number;
  readonly address: string;
}

async function newBin(answer: object = {}): Promise<Bin> {
  return (await hub.call('POST', '/callbacks/bins', { name: 'Trial', answer }).expect(201)).body;
}

/** Where programs reach the bin in this test: the hub's listener, whatever its public name. */
const listenerOf = ({ address }: Bin): string => hub.http + address.slice(PUBLIC.length);

/** An enabled endpoint of a bin; the allow-list is not asked. */
async function endpointOf(bin: Bin, settings: object): Promise<number> {
  const { id } = (
    await hub.call('POST', '/callbacks/endpoints', { family: 'order', name: 'Bin', url: bin.address, ...settings }).expect(201)
  ).body;
  await hub.call('POST', `/callbacks/endpoints/${id}/enable`, {}).expect(200);
  return id;
}

const order = async (): Promise<number> =>
  (await hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia', automated: true }).expect(201)).body.id_Reserve;

const requests = async ({ id }: Bin) => (await hub.call('GET', `/callbacks/bins/${id}/requests`).expect(200)).body.items;
const oneRequest = async ({ id }: Bin, number: number) =>
  (await hub.call('GET', `/callbacks/bins/${id}/requests/${number}`).expect(200)).body;

describe('deliveries into a bin', () => {
  test('a change of an order arrives inside the hub, and is shown as a receiver would have got it', async () => {
    const bin = await newBin();
    const endpoint = await endpointOf(bin, {
      url: `${bin.address}?order=@id_Reserve`,
      headers: 'Content-Type: application/json\nAuthorization: Basic c2VjcmV0\nX-Trip: @id_ComplexReserve',
      body: '{"id":@id_Reserve,"callback":@CallbackId}',
    });
    const id = await order();
    await vi.waitUntil(async () => (await requests(bin)).length === 1, PATIENCE);
    expect((await requests(bin))[0]).toMatchObject({ number: 1, via: 'delivery', personal: true, method: 'POST', answered: 200 });
    const shown = await oneRequest(bin, 1);
    expect(shown.url).toBe(`${bin.address}?order=${id}`);
    const headers = new Map(shown.headers.map(([name, value]: [string, string]) => [name, value]));
    expect(headers.get('host')).toBe('callbacks.example');
    expect(headers.get('Content-Type')).toBe('application/json');
    expect(headers.get('Authorization')).toBe('***');
    expect(shown.body.format).toBe('json');
    // Above 2^53: no digit may be lost by laying it out.
    const ticks = /"callback":(\d{18})}/.exec(shown.body.text)?.[1];
    expect(shown.body.pretty).toBe(`{\n  "id": ${id},\n  "callback": ${ticks}\n}`);
    expect(headers.get('content-length')).toBe(String(shown.body.text.length));
    await hub.call('POST', `/callbacks/endpoints/${endpoint}/disable`, {}).expect(200);
  });

  test('retries can be tried out: an error, a closed connection, a late answer, then success', async () => {
    const bin = await newBin({ status: 503, body: 'busy', retry_after: 1 });
    const endpoint = await endpointOf(bin, { schedule: { kind: 'list', seconds: [1], jitter: 0 }, timeout: 2 });
    const attempt = async (number: number, answer: object) => {
      await vi.waitUntil(async () => (await requests(bin)).length >= number, PATIENCE);
      await hub.call('PATCH', `/callbacks/bins/${bin.id}`, { answer }).expect(200);
    };
    await order();
    await attempt(1, { close: true });
    await attempt(2, { close: false, delay: 2.5 });
    await attempt(3, { delay: 0, status: 200 });
    const attempts = async () =>
      (
        await hub.database.database.work.query({
          text: 'SELECT number, outcome, status, code FROM delivery_attempt WHERE target = $1 ORDER BY number',
          values: [endpoint],
        })
      ).rows;
    await vi.waitUntil(async () => (await attempts()).length === 4, PATIENCE);
    expect(await attempts()).toEqual([
      { number: 1, outcome: 'failed', status: 503, code: 'status' },
      { number: 2, outcome: 'failed', status: null, code: 'reset' },
      { number: 3, outcome: 'failed', status: null, code: 'timeout' },
      { number: 4, outcome: 'delivered', status: 200, code: null },
    ]);
    await hub.call('POST', `/callbacks/endpoints/${endpoint}/disable`, {}).expect(200);
  });

  test('a bin that was deleted takes nothing more', async () => {
    const bin = await newBin();
    const endpoint = await endpointOf(bin, { max_attempts: 1 });
    await hub.call('DELETE', `/callbacks/bins/${bin.id}`).expect(204);
    await order();
    const ended = async () =>
      (await hub.database.database.work.query({ text: 'SELECT state, code FROM delivery WHERE target = $1', values: [endpoint] })).rows;
    await vi.waitUntil(async () => (await ended()).length === 1, PATIENCE);
    expect(await ended()).toEqual([{ state: 'failed', code: 'bin_gone' }]);
    await hub.call('POST', `/callbacks/endpoints/${endpoint}/disable`, {}).expect(200);
  });
});

describe('any program at the public address', () => {
  test('sends what it likes, without login, and gets the answer that the bin is set to', async () => {
    const bin = await newBin({ status: 202, body: '<ok/>', content_type: 'text/xml' });
    const answer = await fetch(`${listenerOf(bin)}?a=1`, {
      method: 'PUT',
      headers: { 'content-type': 'application/soap+xml', 'x-api-key': 'k-secret' },
      body: '<a><b x="1>2">text</b><c/></a>',
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('content-type')).toBe('text/xml; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toBe('<ok/>');
    const shown = await oneRequest(bin, 1);
    expect(shown).toMatchObject({ via: 'http', personal: false, hidden: false, method: 'PUT', url: `${bin.address}?a=1`, answered: 202 });
    expect(shown.headers).toContainEqual(['x-api-key', '***']);
    expect(JSON.stringify(shown)).not.toContain('k-secret');
    expect(shown.body).toMatchObject({ format: 'xml', pretty: '<a>\n  <b x="1>2">text</b>\n  <c/>\n</a>', fault: null });
    const bytes = await hub.call('GET', `/callbacks/bins/${bin.id}/requests/1/body`).expect(200);
    expect(bytes.text).toBe('<a><b x="1>2">text</b><c/></a>');
    expect(bytes.headers.get('content-disposition')).toContain('attachment');
  });

  test.each(['GET', 'POST', 'PATCH', 'DELETE', 'HEAD'])('%s, with a body of any type or none', async (method) => {
    const bin = await newBin();
    const sends = method !== 'GET' && method !== 'HEAD';
    const answer = await fetch(listenerOf(bin), { method, ...(sends && { body: new Uint8Array([0, 255, 128]) }) });
    expect(answer.status).toBe(200);
    expect((await requests(bin))[0]).toMatchObject({ method, bytes: sends ? 3 : 0 });
    expect((await oneRequest(bin, 1)).body.text).toBe(sends ? '\0\ufffd\ufffd' : '');
  });

  test('a body over the limit is refused, told by its length or found out', async () => {
    const bin = await newBin();
    expect((await fetch(listenerOf(bin), { method: 'POST', body: 'x'.repeat(65_537) })).status).toBe(413);
    const chunked = httpRequest(listenerOf(bin), { method: 'POST' });
    for (let sent = 0; sent < 70_000; sent += 10_000) chunked.write('x'.repeat(10_000));
    chunked.end();
    const [response] = await once(chunked, 'response');
    expect(response.statusCode).toBe(413);
    response.resume();
    expect(await requests(bin)).toEqual([]);
    expect((await fetch(listenerOf(bin), { method: 'POST', body: 'x'.repeat(65_536) })).status).toBe(200);
  });

  test('a bin takes so many requests a second, and says when it takes more', async () => {
    const bin = await newBin();
    const answers = await Promise.all(Array.from({ length: 60 }, () => fetch(listenerOf(bin), { method: 'POST', body: 'x' })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    const taken = answers.filter(({ status }) => status === 200).length;
    // The newest five, in order, without a gap in their numbers.
    expect((await requests(bin)).map(({ number }: { number: number }) => number)).toEqual([0, 1, 2, 3, 4].map((less) => taken - less));
    expect((await hub.call('GET', `/callbacks/bins/${bin.id}`).expect(200)).body).toMatchObject({ kept: 5, taken });
  });

  test('the delay and the closing of the connection are real', async () => {
    const bin = await newBin({ delay: 0.3 });
    const begin = performance.now();
    expect((await fetch(listenerOf(bin))).status).toBe(200);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(290);
    await hub.call('PATCH', `/callbacks/bins/${bin.id}`, { answer: { delay: 0, close: true } }).expect(200);
    await expect(fetch(listenerOf(bin))).rejects.toThrow();
    expect((await requests(bin)).map(({ answered }: { answered: number | null }) => answered)).toEqual([null, 200]);
  });
});

test('what comes is told to those who follow live', async () => {
  const bin = await newBin();
  const ending = new AbortController();
  const stream = await fetch(`${hub.http}/api/v1/events?types=vestnik.callbacks.bin.`, {
    headers: { authorization: hub.authorization },
    signal: ending.signal,
  });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  await fetch(listenerOf(bin), { method: 'POST', body: 'news' });
  let heard = '';
  while (!heard.includes(`"subject":"bin/${bin.id}"`)) heard += (await reader?.read())?.value ?? '';
  ending.abort();
  expect(heard).toContain(`"bin_id":${bin.id}`);
  expect(heard).not.toContain('news');
});

test('an address that is none answers 404 before a body is read; strangers can ask only so often', async () => {
  const guess = (at: number): string => `${hub.http}/bin/${String(at).padStart(43, 'A')}`;
  const socket = connect(Number(new URL(hub.http).port), '127.0.0.1');
  socket.write(`POST /bin/${'A'.repeat(43)} HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\n\r\n`);
  const [first] = await once(socket, 'data');
  expect(String(first)).toMatch(/^HTTP\/1\.1 404 /);
  socket.destroy();
  expect((await fetch(`${hub.http}/bin/short`)).status).toBe(404);
  const statuses = new Set(await Promise.all(Array.from({ length: 120 }, async (_, at) => (await fetch(guess(at))).status)));
  expect(statuses).toEqual(new Set([404, 429]));
  expect((await fetch(`${hub.http}/bin`)).status).toBe(404);
});
