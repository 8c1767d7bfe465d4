import { expect, test } from 'vitest';
import { lifetime } from './support/lifetime.ts';
import { OK, plainAnswer, type Received } from './support/receiver.ts';

const { receiver, benchFor } = lifetime();

const linesOf = (request: Received | undefined): string[] => request?.head.split('\r\n') ?? [];

test("the source's headers arrive unchanged: order, letter case, values", async () => {
  const target = await receiver();
  const headers = [
    ['Accept-Encoding', 'gzip,deflate'],
    ['Content-Type', 'text/xml;charset=UTF-8'],
    ['SOAPAction', 'http://sap.com/xi/WebService/soap1.1'],
    ['User-Agent', 'Corteos'],
    ['Cookie2', '$Version=1'],
    ['Authorization', 'Basic QsdfgSDGHFasdfSADFxaWM='],
    ['x-TWICE', '1'],
    ['x-TWICE', '2'],
  ] as const;
  const body = Buffer.from('<a>ж</a>');
  const { answer } = benchFor(target);
  await answer(`http://127.0.0.1:${target.port}/a%20b?q=%D0%B6&@x`, { headers, body });
  expect(linesOf(target.received[0])).toEqual([
    'POST /a%20b?q=%D0%B6&@x HTTP/1.1',
    `host: 127.0.0.1:${target.port}`,
    'connection: keep-alive',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
  ]);
  expect(target.received[0]?.body).toEqual(body);
});

test('GET has no body, no length and no type; POST without a body has length 0', async () => {
  const target = await receiver();
  const { answer } = benchFor(target);
  await answer(`http://127.0.0.1:${target.port}/?a=1`, { method: 'GET', headers: [] });
  await answer(`http://127.0.0.1:${target.port}/`, { headers: [], body: undefined });
  expect(linesOf(target.received[0])).toEqual(['GET /?a=1 HTTP/1.1', `host: 127.0.0.1:${target.port}`, 'connection: keep-alive']);
  expect(linesOf(target.received[1]).at(-1)).toBe('content-length: 0');
});

test('the answer comes with its headers as written, its body, the peer and the times of each step', async () => {
  const target = await receiver(plainAnswer('404 Not There', 'нет', ['X-CamelCase: \u00e9', 'set-cookie: a=1', 'Set-Cookie: b=2']));
  const { answer } = benchFor(target);
  const first = await answer(`http://b.example.com:${target.port}/`);
  expect(first).toMatchObject({ kind: 'answer', status: 404, cut: false, peer: '127.0.0.1' });
  expect(first.headers).toEqual([
    ['Content-Length', '6'],
    ['X-CamelCase', '\u00c3\u00a9'],
    ['set-cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ]);
  expect(first.body.toString()).toBe('нет');
  const { lookup, connect, tls, firstByte, end } = first.timing;
  expect([lookup, connect, firstByte, end].map((at) => at !== null && at > 0)).toEqual([true, true, true, true]);
  expect(tls).toBeNull();
  expect((lookup ?? 0) <= (connect ?? 0) && (connect ?? 0) <= (firstByte ?? 0) && (firstByte ?? 0) <= end).toBe(true);
  const second = await answer(`http://b.example.com:${target.port}/`);
  expect(second.timing).toMatchObject({ lookup: null, connect: null, tls: null });
  expect(target.connections()).toBe(1);
});

test('Host and the path are those of the judged address: punycode, lower case, without the trailing dot', async () => {
  const target = await receiver();
  const { answer, lookups } = benchFor(target);
  await answer(`http://B.Example.COM.:${target.port}/x`);
  await answer(`http://я.пример.рф:${target.port}/`);
  expect(target.received.map((request) => linesOf(request)[1])).toEqual([
    `host: b.example.com:${target.port}`,
    `host: xn--41a.xn--e1afmkfd.xn--p1ai:${target.port}`,
  ]);
  expect(lookups).toEqual(['b.example.com', 'xn--41a.xn--e1afmkfd.xn--p1ai']);
});

test.each([
  ['a line break in a value', [['X-A', 'a\r\nEvil: 1']]],
  ['a NUL in a value', [['X-A', 'a\0b']]],
  ['a space in a name', [['X A', 'a']]],
  ['letters beyond latin1', [['X-A', 'ж']]],
  ['a second length', [['Content-Length', '1']]],
  ['chunks', [['Transfer-Encoding', 'chunked']]],
  ['Expect', [['Expect', '100-continue']]],
] as const)('a header that would break the request fails at once and leaves the connection usable: %s', async (_, headers) => {
  const target = await receiver();
  const { answer, failure } = benchFor(target);
  const url = `http://127.0.0.1:${target.port}/`;
  await answer(url);
  for (let time = 0; time < 20; time += 1)
    expect(await failure(url, { headers })).toMatchObject({ code: 'illegal_request', connect: true });
  await answer(url);
  expect([target.received.length, target.connections()]).toEqual([2, 1]);
});

test('as many connections as attempts run at a time, and no more, however many follow each other', async () => {
  const target = await receiver();
  const { answer } = benchFor(target);
  const url = `http://127.0.0.1:${target.port}/`;
  let left = 400;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (left > 0) {
        left -= 1;
        await answer(url);
      }
    }),
  );
  expect([target.received.length, target.connections()]).toEqual([400, 8]);
});

test('one origin that never answers does not take the connections of other attempts there', async () => {
  const target = await receiver((socket, request) => {
    if (!request.head.startsWith('POST /dead')) OK(socket, request);
  });
  const { answer, failure } = benchFor(target);
  const dead = Array.from({ length: 16 }, () => failure(`http://127.0.0.1:${target.port}/dead`, { timeout: 1_500 }));
  for (let time = 0; time < 20; time += 1) await answer(`http://127.0.0.1:${target.port}/alive`, { timeout: 1_000 });
  expect((await Promise.all(dead)).map(({ code }) => code)).toEqual(Array(16).fill('timeout'));
});

test('a signal ends an attempt wherever it stands', async () => {
  const target = await receiver(() => undefined);
  const { failure } = benchFor(target);
  const url = `http://127.0.0.1:${target.port}/`;
  expect(await failure(url, { signal: AbortSignal.abort() })).toMatchObject({ code: 'aborted', connect: true });
  const control = new AbortController();
  const attempt = failure(url, { signal: control.signal });
  await expect.poll(() => target.received.length).toBe(1);
  control.abort();
  expect(await attempt).toMatchObject({ code: 'aborted', connect: false });
  await expect.poll(() => target.open()).toBe(0);
});

test('stop() ends what is under way and refuses what comes', async () => {
  const target = await receiver(() => undefined);
  const { sender, failure } = benchFor(target);
  const attempt = failure(`http://127.0.0.1:${target.port}/`);
  await expect.poll(() => target.received.length).toBe(1);
  await sender.stop();
  expect(await attempt).toMatchObject({ code: 'aborted' });
  expect(await failure(`http://127.0.0.1:${target.port}/`)).toMatchObject({ code: 'aborted' });
  await expect.poll(() => target.open()).toBe(0);
  expect(target.received.length).toBe(1);
});

test('an interim answer is passed over', async () => {
  const target = await receiver((socket, request) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n');
    OK(socket, request);
  });
  const { answer } = benchFor(target);
  expect(await answer(`http://127.0.0.1:${target.port}/`)).toMatchObject({ status: 200, headers: [['Content-Length', '2']] });
});

test.each([200, 201, 202, 206])('F13: %i is told as it is', async (status) => {
  const target = await receiver(plainAnswer(`${status} X`, 'b'));
  expect(await benchFor(target).answer(`http://127.0.0.1:${target.port}/`)).toMatchObject({ status });
});

test('F13: 204 and 304 have no body, whatever they announce', async () => {
  const target = await receiver((socket) => void socket.write('HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n'));
  const answer = await benchFor(target).answer(`http://127.0.0.1:${target.port}/`);
  expect([answer.status, answer.body.length]).toEqual([204, 0]);
});

test('HTTP/1.0 without a length: the body ends with the connection', async () => {
  const target = await receiver((socket) => void socket.end('HTTP/1.0 200 OK\r\nX: 1\r\n\r\nuntil the end'));
  const answer = await benchFor(target).answer(`http://127.0.0.1:${target.port}/`);
  expect([answer.status, answer.body.toString(), answer.cut]).toEqual([200, 'until the end', false]);
});

test('a receiver that reads nothing of a large body: the deadline ends it, and nothing is kept', async () => {
  const target = await receiver((socket) => socket.pause());
  const { failure, sender } = benchFor(target);
  const failed = await failure(`http://127.0.0.1:${target.port}/`, {
    body: Buffer.alloc(2 ** 20),
    timeout: 700,
    headers: [['X-Stop', '1']],
  });
  expect(failed).toMatchObject({ code: 'timeout', connect: false });
  await expect.poll(() => target.open()).toBe(0);
  expect(sender.pools).toBe(1);
});

test('a receiver that closes idle connections is called over a new one', async () => {
  const target = await receiver((socket, request) => {
    OK(socket, request);
    setImmediate(() => socket.end());
  });
  const { answer } = benchFor(target);
  const url = `http://127.0.0.1:${target.port}/`;
  for (let time = 0; time < 5; time += 1) {
    expect(await answer(url)).toMatchObject({ status: 200 });
    await expect.poll(() => target.open()).toBe(0);
  }
  expect(target.connections()).toBe(5);
});
