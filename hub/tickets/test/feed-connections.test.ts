import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FeedRequest, type FeedServer, startFeedServer } from '../feed/server.ts';
import { issueCertificate } from '../issue-certificate.ts';
import { ALICE, openWorkbench, type Workbench } from './support/administration.ts';

/** The listener alone, with times that a test can wait for. */
const TIMEOUTS = { handshake: 300, request: 400, silence: 1_200 };
const PATIENCE = { timeout: 10_000, interval: 20 };

let bench: Workbench;
let server: FeedServer;
let certificates: { certificatePem: string; keyPem: string }[];
/** What the handler answers, and the requests that it has got. */
let answer: (request: FeedRequest) => Promise<unknown>;
let requests: FeedRequest[];
beforeAll(async () => {
  bench = await openWorkbench();
  await bench.client({ name: 'agency-1' });
  const issue = async () => {
    const issued = await bench.database.transaction((tx) => issueCertificate(tx, ALICE, bench.authority, { client: 'agency-1' }));
    return { certificatePem: issued.certificatePem, keyPem: issued.keyPem ?? '' };
  };
  certificates = [await issue(), await issue()];
  const pair = await bench.authority.serverCertificate(['localhost']);
  const handle = (request: FeedRequest): Promise<unknown> => {
    requests.push(request);
    return answer(request);
  };
  server = await startFeedServer({
    host: '127.0.0.1',
    port: 0,
    rootPem: bench.authority.rootPem,
    certificatePem: pair.certificatePem,
    keyPem: pair.keyPem,
    requestsPerSecond: 20,
    timeouts: TIMEOUTS,
    handlers: { pull: handle, status: handle, replay: handle },
  });
});
afterAll(async () => {
  await server?.stop(100);
  await bench?.drop();
});
beforeEach(async () => {
  requests = [];
  answer = async () => ({ ok: true });
  await expect.poll(() => server.fingerprints, PATIENCE).toEqual([]);
});

async function open(which = 0): Promise<TLSSocket> {
  const { certificatePem, keyPem } = certificates[which] ?? { certificatePem: '', keyPem: '' };
  const socket = connect({
    host: '127.0.0.1',
    port: server.port,
    ca: bench.authority.rootPem,
    cert: certificatePem,
    key: keyPem,
    servername: 'localhost',
  });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

const HEAD = 'host: localhost\r\ncontent-type: application/json\r\n';
const pull = (body: string, more = ''): string =>
  `POST /feed/v1/pull HTTP/1.1\r\n${HEAD}${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Everything that comes until the other side closes. */
async function readAll(socket: TLSSocket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('utf8');
}

test('a connection that begins no handshake, headers without end and a body that does not come are cut in time', async () => {
  const mute = connectTcp(server.port, '127.0.0.1');
  mute.on('error', () => undefined);
  await once(mute, 'close');
  for (const text of [
    `POST /feed/v1/pull HTTP/1.1\r\n${HEAD}x-slow: `,
    `POST /feed/v1/pull HTTP/1.1\r\n${HEAD}content-length: 100\r\n\r\n{"max"`,
  ]) {
    const slow = await open();
    slow.write(text);
    // One byte now and then does not help.
    const dripping = setInterval(() => slow.write(' '), 50);
    const got = await readAll(slow);
    clearInterval(dripping);
    expect(got === '' || got.startsWith('HTTP/1.1 408')).toBe(true);
  }
  expect(requests).toEqual([]);
});

test('a chunked body over the limit is answered 413 and its connection closed', async () => {
  const socket = await open();
  const got = readAll(socket);
  socket.write(`POST /feed/v1/pull HTTP/1.1\r\n${HEAD}transfer-encoding: chunked\r\n\r\n`);
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  for (let sent = 0; sent < 20 && !socket.destroyed; sent += 1) socket.write(chunk);
  const text = await got;
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(text).toContain('"TOO_LARGE"');
  expect(text.toLowerCase()).toContain('connection: close');
});

test('after an error the connection goes on, and requests sent without waiting are answered in their order', async () => {
  const socket = await open();
  socket.write(pull('{') + pull('{"max":1}') + pull('[]', 'x-feed-instance: nobody\r\n') + pull('{"max":2}', 'connection: close\r\n'));
  const text = await readAll(socket);
  expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['400', '200', '400', '200']);
  expect(requests.map(({ body }) => body)).toEqual([{ max: 1 }, { max: 2 }]);
});

test('`gone` is told when the connection ends during the work, and when the answer is sent', async () => {
  const work = Promise.withResolvers<unknown>();
  answer = () => work.promise;
  const leaving = await open();
  leaving.write(pull('{}'));
  await expect.poll(() => requests.length, PATIENCE).toBe(1);
  expect(requests[0]?.gone.aborted).toBe(false);
  leaving.destroy();
  await expect.poll(() => requests[0]?.gone.aborted, PATIENCE).toBe(true);
  work.resolve({ late: true });

  answer = async () => ({ ok: true });
  const staying = await open();
  staying.write(pull('{}', 'connection: close\r\n'));
  expect(await readAll(staying)).toContain('"ok":true');
  await expect.poll(() => requests[1]?.gone.aborted, PATIENCE).toBe(true);
});

test('a reader that stops reading is cut after a silence, and what its answer held is given back', async () => {
  answer = async () => ({ xml: 'x'.repeat(32 * 1024 ** 2) });
  const deaf = await open();
  deaf.pause();
  deaf.write(pull('{}'));
  await expect.poll(() => requests.length, PATIENCE).toBe(1);
  await expect.poll(() => requests[0]?.gone.aborted, PATIENCE).toBe(true);
  await expect.poll(() => server.fingerprints, PATIENCE).toEqual([]);
  deaf.destroy();
});

test('a slow reader that keeps reading gets everything, however long it takes', async () => {
  const size = 4 * 1024 ** 2;
  answer = async () => ({ xml: 'x'.repeat(size) });
  const slow = await open();
  let got = 0;
  slow.on('data', (chunk: Buffer) => {
    got += chunk.length;
    slow.pause();
    setTimeout(() => slow.resume(), 10);
  });
  const begun = performance.now();
  slow.write(pull('{}', 'connection: close\r\n'));
  await once(slow, 'close');
  expect(got).toBeGreaterThan(size);
  expect(performance.now() - begun).toBeGreaterThan(TIMEOUTS.silence);
});

test('what a handler did not plan is a 500 that tells nothing of it', async () => {
  answer = async () => {
    throw Object.assign(new Error('relation "ticket_secret" does not exist'), { code: '42P01' });
  };
  const socket = await open();
  socket.write(pull('{}', 'connection: close\r\n'));
  const text = await readAll(socket);
  expect(text).toMatch(/^HTTP\/1\.1 500 /);
  expect(text).not.toMatch(/ticket_secret|42P01|\.ts/);
});

test('the rate counts the requests of a client, whichever of its certificates they come with', async () => {
  const sockets = [await open(0), await open(1)];
  const texts = sockets.map((socket) => {
    socket.write(`${pull('{}').repeat(14)}${pull('{}', 'connection: close\r\n')}`);
    return readAll(socket);
  });
  const statuses = (await Promise.all(texts)).flatMap((text) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status));
  expect(statuses).toHaveLength(30);
  expect(statuses.filter((status) => status === '429').length).toBeGreaterThanOrEqual(5);
  expect(requests.length).toBeLessThan(30);
});

test('an address in use is said with what to do', async () => {
  const pair = await bench.authority.serverCertificate(['localhost']);
  const again = startFeedServer({
    host: '127.0.0.1',
    port: server.port,
    rootPem: bench.authority.rootPem,
    certificatePem: pair.certificatePem,
    keyPem: pair.keyPem,
    requestsPerSecond: 20,
    handlers: { pull: answer, status: answer, replay: answer },
  });
  await expect(again).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/EADDRINUSE.*tickets\.feedPort/) });
});
