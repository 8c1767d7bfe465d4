import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { route } from '../route.ts';
import { rawSocket } from './support/raw-socket.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let database: TestDatabase;
let hub: TestServer;
let login: string;

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startTestServer(
    database,
    {
      thing: [
        route({
          method: 'GET',
          path: '/open',
          right: 'public',
          summary: 'open',
          async handle() {
            return { ok: true };
          },
        }),
        route({
          method: 'POST',
          path: '/echo',
          right: 'login',
          summary: 'echo',
          body: z.unknown(),
          async handle({ body }) {
            return { body };
          },
        }),
      ],
    },
    { timeouts: { headers: 400, request: 800, heartbeat: 15_000 } },
  );
  login = `authorization: ${(await hub.operator('sender')).authorization}\r\n`;
});

afterAll(async () => {
  await hub.stop();
  await database.drop();
});

const statusOf = (text: string): string => text.split('\r\n', 1)[0] ?? '';
const problemOf = (text: string): { code: string; status: number; detail: string } => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));

async function exchange(bytes: string | Buffer): Promise<string> {
  const raw = await rawSocket(hub.port);
  raw.write(bytes);
  return raw.ended();
}

/** The hub still serves others. */
async function stillServes(): Promise<void> {
  expect((await fetch(`${hub.url}/api/v1/thing/open`)).status).toBe(200);
}

describe('what is no request is answered once and cut off', () => {
  test.each([
    ['garbage', '\x00\x01\x02\x03\r\n\r\n'],
    ['a TLS greeting', Buffer.from('16030100c8010000c40303', 'hex')],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['HTTP/9.9', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['two lengths', 'POST /api/v1/thing/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx'],
    [
      'a length and chunks',
      'POST /api/v1/thing/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'POST /api/v1/thing/echo HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'],
    ['a line break in a header', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: b\nc\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    const answer = await exchange(bytes);
    expect(statusOf(answer)).toBe('HTTP/1.1 400 Bad Request');
    expect(answer.match(/HTTP\/1\.1 /g)?.length).toBe(1);
    await stillServes();
  });

  test('headers over 32 KiB: 431 as a problem', async () => {
    const answer = await exchange(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-large: ${'a'.repeat(40_000)}\r\n\r\n`);
    expect(statusOf(answer)).toContain('431');
    expect(problemOf(answer)).toMatchObject({ code: 'HEADERS_TOO_LARGE', status: 431 });
  });

  test('more headers than any request has', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `a${index}: b\r\n`).join('');
    expect(statusOf(await exchange(`GET /healthz HTTP/1.1\r\nhost: x\r\n${many}\r\n`))).toMatch(/431|400/);
  });

  test('headers that never end: 408', async () => {
    const answer = await exchange('GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ');
    expect(statusOf(answer)).toContain('408');
    expect(problemOf(answer).code).toBe('REQUEST_TIMEOUT');
  });

  test('a body that comes a byte at a time: 408 within the limit of the whole request', async () => {
    const raw = await rawSocket(hub.port);
    raw.write(`POST /api/v1/thing/echo HTTP/1.1\r\nhost: x\r\n${login}content-type: application/json\r\ncontent-length: 1000\r\n\r\n`);
    const drip = setInterval(() => raw.write(' '), 50);
    const began = performance.now();
    const answer = await raw.ended();
    clearInterval(drip);
    expect(statusOf(answer)).toContain('408');
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('broken chunks in a body', async () => {
    const answer = await exchange(
      `POST /api/v1/thing/echo HTTP/1.1\r\nhost: x\r\n${login}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
    );
    expect(statusOf(answer)).toContain('400');
    expect(answer.match(/HTTP\/1\.1 /g)?.length).toBe(1);
  });
});

describe('bodies that lie about their size', () => {
  test('chunks without end are cut at the limit', async () => {
    const raw = await rawSocket(hub.port);
    raw.write(
      `POST /api/v1/thing/echo HTTP/1.1\r\nhost: x\r\n${login}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    for (let sent = 0; sent < 40 && raw.socket.writable; sent += 1) raw.write(chunk);
    const answer = await raw.until((text) => text.includes('TOO_LARGE'));
    expect(statusOf(answer)).toContain('413');
    expect(answer.toLowerCase()).toContain('connection: close');
    raw.socket.destroy();
  });

  test('a large announced body of a stranger is not read', async () => {
    const raw = await rawSocket(hub.port);
    raw.write('POST /api/v1/thing/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n{');
    const answer = await raw.ended();
    expect(statusOf(answer)).toContain('401');
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  test('a request hidden behind the body of a refused one is not executed', async () => {
    const hidden = 'GET /api/v1/thing/open HTTP/1.1\r\nhost: x\r\n\r\n';
    const answer = await exchange(
      `POST /api/v1/thing/echo HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`,
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
  });

  test('a connection cut in the middle of a body harms nobody', async () => {
    for (let round = 0; round < 20; round += 1) {
      const raw = await rawSocket(hub.port);
      raw.write(
        `POST /api/v1/thing/echo HTTP/1.1\r\nhost: x\r\n${login}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":`,
      );
      raw.socket.destroy();
    }
    await stillServes();
  });
});

test('a header cannot be smuggled through the request id or the path', async () => {
  const answer = await exchange('GET /a%0d%0ax-evil:%201 HTTP/1.1\r\nhost: x\r\nx-request-id: a\tb\r\nconnection: close\r\n\r\n');
  expect(statusOf(answer)).toContain('404');
  expect(answer.toLowerCase()).not.toMatch(/^x-evil/m);
});

test('pipelined requests are answered in order', async () => {
  const one = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
  const answer = await exchange(one('/healthz') + one('/nothing') + one('/api/v1/thing/open', 'connection: close\r\n'));
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
});
