import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { whereaboutsBy } from '../client-address.ts';
import type { ForeignFace, ForeignRequest } from '../foreign.ts';
import { rawSocket } from './support/raw-socket.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const LIMIT = 100_000;

/** Pieces that follow the beginning of an answer, and how many of them were asked for. */
const pieces = { asked: 0, closed: false };
async function* endless(most: number, failing = false): AsyncGenerator<string> {
  pieces.asked = 0;
  pieces.closed = false;
  try {
    for (; pieces.asked < most; ) {
      pieces.asked += 1;
      yield 'x'.repeat(64 * 1024);
    }
    if (failing) throw new Error('the database went away');
  } finally {
    pieces.closed = true;
  }
}

/** Answers what it was asked; `/old/wait` answers when it is let go. */
function echo(): ForeignFace & { readonly arrived: Promise<unknown>; release(): void } {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  return {
    name: 'echo',
    claims: (path) => /(^|\/)old(\/|$)/.test(path),
    bodyLimit: LIMIT,
    bodyTime: 500,
    arrived: arrived.promise,
    release: () => gate.resolve(),
    async handle(request: ForeignRequest) {
      if (request.url.endsWith('/break')) throw new Error('a defect');
      if (request.url.endsWith('/unwritable')) return { status: 200, headers: { 'x-a': 'b\nc' }, body: '' };
      if (request.url.endsWith('/pieces')) return { status: 200, headers: {}, body: 'begin ', rest: endless(10) };
      if (request.url.endsWith('/failing')) return { status: 200, headers: {}, body: 'begin ', rest: endless(2, true) };
      if (request.url.endsWith('/endless')) return { status: 200, headers: {}, body: 'begin ', rest: endless(1_000_000) };
      if (request.url.endsWith('/wait')) {
        arrived.resolve();
        await gate.promise;
      }
      const { method, url, address, origin, body } = request;
      const text = JSON.stringify({ method, url, address, origin, body: body.toString('latin1') });
      return { status: 200, headers: { 'content-type': 'text/x-old' }, body: text };
    },
    refuse: (failure) => ({ status: failure.status, headers: { 'content-type': 'text/x-old' }, body: `refused ${failure.code}` }),
  };
}

let database: TestDatabase;
let hub: TestServer;
beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startTestServer(database, {}, { foreign: [echo()] });
});
afterAll(async () => {
  await hub.stop();
  await database.drop();
});

const send = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${hub.url}${path}`, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

describe('a foreign protocol', () => {
  test('gets the requests that it claims, whatever their prefix and method, with the query as it came', async () => {
    const { status, text, headers } = await send('/a/b/old/thing?x=%D0%B9&y', { method: 'POST', body: 'раз' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/x-old');
    expect(JSON.parse(text)).toMatchObject({ method: 'POST', url: '/a/b/old/thing?x=%D0%B9&y', address: '127.0.0.1', origin: hub.url });
    expect(Buffer.from((JSON.parse(text) as { body: string }).body, 'latin1').toString()).toBe('раз');
    expect((await send('/old', { method: 'DELETE' })).text).toContain('DELETE');
  });

  test('leaves everything else to the routes', async () => {
    expect((await send('/healthz')).text).toContain('alive');
    expect((await send('/older')).status).toBe(404);
    expect((await send('/api/v1/docs')).status).toBe(200);
  });

  test('answers carry the request id, a given one where it is well-formed', async () => {
    expect((await send('/old', { headers: { 'x-request-id': 'abc-1' } })).headers.get('x-request-id')).toBe('abc-1');
    expect((await send('/old', { headers: { 'x-request-id': 'a b' } })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is counted under its name, never its paths', async () => {
    await send('/old/some-path');
    const page = await hub.metrics.page();
    expect(page).toMatch(/vestnik_http_requests_total\{method="GET",route="echo",status="200"\} \d+/);
    expect(page).not.toContain('some-path');
  });

  test('a HEAD request gets the length and no body', async () => {
    const { text, headers } = await send('/old', { method: 'HEAD' });
    expect(text).toBe('');
    expect(Number(headers.get('content-length'))).toBeGreaterThan(10);
  });

  test('connections stay open for the next request', async () => {
    const raw = await rawSocket(hub.port);
    raw.write('GET /old HTTP/1.1\r\nhost: x\r\n\r\n');
    await raw.until((text) => text.includes('"GET"'));
    raw.write('POST /old HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi');
    expect(await raw.until((text) => text.includes('"POST"'))).not.toMatch(/connection: close/i);
    raw.socket.destroy();
  });

  test('HTTP/1.0 gets a length and the end of the connection', async () => {
    const raw = await rawSocket(hub.port);
    raw.write('GET /old HTTP/1.0\r\n\r\n');
    const answer = await raw.ended();
    expect(answer).toMatch(/content-length: \d+/i);
    expect(answer).not.toMatch(/transfer-encoding/i);
  });
});

describe('bodies', () => {
  test('chunked, expected by 100-continue, and packed ones are taken', async () => {
    const raw = await rawSocket(hub.port);
    raw.write('POST /old HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nexpect: 100-continue\r\n\r\n');
    await raw.until((text) => text.includes('100 Continue'));
    raw.write('2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n');
    expect(await raw.until((text) => text.includes('"body"'))).toContain('"hello"');
    raw.socket.destroy();
    const packed = await send('/old', { method: 'POST', body: gzipSync('x'.repeat(5_000)), headers: { 'content-encoding': 'gzip' } });
    expect((JSON.parse(packed.text) as { body: string }).body.length).toBe(5_000);
  });

  test.each([
    ['too large', 'x'.repeat(LIMIT + 1), {}, 413, 'TOO_LARGE'],
    ['unpacking to too much', gzipSync('x'.repeat(LIMIT * 50)), { 'content-encoding': 'gzip' }, 413, 'TOO_LARGE'],
    ['not gzip', 'hello', { 'content-encoding': 'gzip' }, 400, 'BAD_REQUEST'],
    ['packed otherwise', 'hello', { 'content-encoding': 'br' }, 415, 'UNSUPPORTED_MEDIA'],
  ])('%s is refused in the words of the protocol', async (_, body, headers, status, code) => {
    const answer = await send('/old', { method: 'POST', body, headers: headers as Record<string, string> });
    expect(answer).toMatchObject({ status, text: `refused ${code}` });
  });

  test('one announced as huge closes the connection without being read', async () => {
    const raw = await rawSocket(hub.port);
    raw.write('POST /old HTTP/1.1\r\nhost: x\r\ncontent-length: 9999999999\r\n\r\nabc');
    const answer = await raw.ended();
    expect(answer).toContain('413');
    expect(answer).toMatch(/connection: close/i);
  });

  test('one that does not come is given up in time', async () => {
    const raw = await rawSocket(hub.port);
    raw.write('POST /old HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc');
    expect(await raw.ended()).toMatch(/408[\s\S]*refused REQUEST_TIMEOUT/);
  });

  test('one that breaks off harms nobody', async () => {
    const raw = await rawSocket(hub.port);
    raw.write('POST /old HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc');
    raw.socket.destroy();
    await once(raw.socket, 'close');
    expect((await send('/old')).status).toBe(200);
  });
});

test('a defect is a refusal, not the end of the process', async () => {
  expect(await send('/old/break')).toMatchObject({ status: 500, text: 'refused INTERNAL' });
  await expect(send('/old/unwritable')).rejects.toThrow();
  expect((await send('/old')).status).toBe(200);
});

test('the stop waits for what is under way and refuses what comes later', async () => {
  const face = echo();
  const other = await startTestServer(database, {}, { foreign: [face] });
  const idle = await rawSocket(other.port);
  idle.write('GET /old HTTP/1.1\r\nhost: x\r\n\r\n');
  await idle.until((text) => text.includes('"GET"'));
  const waiting = fetch(`${other.url}/old/wait`);
  await face.arrived;
  const stopped = other.stop();
  face.release();
  const answer = await waiting;
  expect(answer.status).toBe(200);
  expect(answer.headers.get('connection')).toBe('close');
  await stopped;
});

describe('an answer in pieces', () => {
  test('comes whole, in chunks', async () => {
    const { text, headers } = await send('/old/pieces');
    expect(headers.get('content-length')).toBeNull();
    expect(text).toBe(`begin ${'x'.repeat(10 * 64 * 1024)}`);
    expect(pieces.closed).toBe(true);
  });

  test('that fails in the middle is broken off, never ended as if it were whole', async () => {
    const answer = await fetch(`${hub.url}/old/failing`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
    expect((await send('/old/pieces')).status).toBe(200);
  });

  test('is asked for as fast as it is taken, and not at all by who went away', async () => {
    const cut = new AbortController();
    const answer = await fetch(`${hub.url}/old/endless`, { signal: cut.signal });
    const reader = answer.body!.getReader();
    await reader.read();
    // Nothing more is taken: what the sockets hold is made, and no more, however long it stays so.
    let before = -1;
    while (pieces.asked !== before) {
      before = pieces.asked;
      await send('/old');
      await send('/old');
    }
    expect(pieces.asked).toBeLessThan(1_000);
    cut.abort();
    await expect.poll(() => pieces.closed).toBe(true);
    expect(pieces.asked).toBeLessThan(1_000);
  });
});

describe('where a request came from', () => {
  const from = (remoteAddress: string, headers: Record<string, string>) =>
    ({ socket: { remoteAddress }, headers }) as unknown as Parameters<ReturnType<typeof whereaboutsBy>>[0];

  test('what proxies say counts only of trusted ones, and of the nearest that is not trusted', () => {
    const headers = {
      host: 'hub.example:8080',
      'x-forwarded-for': '6.6.6.6, 192.0.2.9, 10.0.0.2',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'b.example',
    };
    expect(whereaboutsBy(false)(from('10.0.0.1', headers))).toEqual({ address: '10.0.0.1', origin: 'http://hub.example:8080' });
    const trusting = whereaboutsBy(['10.0.0.0/8', '::1']);
    expect(trusting(from('::ffff:10.0.0.1', headers))).toEqual({ address: '192.0.2.9', origin: 'https://b.example' });
    expect(trusting(from('192.0.2.1', headers))).toEqual({ address: '192.0.2.1', origin: 'http://hub.example:8080' });
  });

  test('a host that could not be one is none', () => {
    expect(whereaboutsBy(false)(from('::1', { host: 'a"><b' })).origin).toBeUndefined();
    expect(whereaboutsBy(false)(from('::1', { host: '[::1]:80' })).origin).toBe('http://[::1]:80');
  });
});
