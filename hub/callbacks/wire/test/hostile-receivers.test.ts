import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { lifetime } from './support/lifetime.ts';
import { OK } from './support/receiver.ts';

const { receiver, benchFor } = lifetime();
const TIMES = { timeout: 800, connectTimeout: 400 };

/** Writes pieces for as long as anybody reads them. */
function pour(socket: Socket, piece: Buffer | string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}

/** Writes one piece each 50 ms. */
function drip(socket: Socket, piece: (at: number) => string): void {
  let at = 0;
  const timer = setInterval(() => {
    at += 1;
    if (!socket.destroyed) socket.write(piece(at));
  }, 50);
  socket.on('close', () => clearInterval(timer));
}

describe('silence and slowness', () => {
  test('F6: a receiver that never answers: the deadline ends the attempt and its connection', async () => {
    const target = await receiver(() => undefined);
    const { failure } = benchFor(target);
    const failed = await failure(`http://127.0.0.1:${target.port}/`, TIMES);
    expect(failed).toMatchObject({
      code: 'timeout',
      connect: false,
      peer: '127.0.0.1',
      message: 'waiting for the answer took longer than 800 ms',
    });
    expect(failed.timing.end).toBeGreaterThanOrEqual(790);
    expect(failed.timing.end).toBeLessThan(2_500);
    await expect.poll(() => target.open()).toBe(0);
  });

  test('F6: nobody listens: refused at once, not by the deadline', async () => {
    const gone = await receiver();
    const { port } = gone;
    await gone.stop();
    const failed = await benchFor(gone).failure(`http://127.0.0.1:${port}/`);
    expect(failed).toMatchObject({ code: 'connect_refused', connect: true });
    expect(failed.timing.end).toBeLessThan(1_500);
  });

  test.each([
    ['the status line', 'HTTP/1.1 200 OK and on and on', () => 'x'],
    ['headers', 'HTTP/1.1 200 OK\r\n', (at: number) => `X-${at}: y\r\n`],
    ['one header', 'HTTP/1.1 200 OK\r\nX: ', () => 'x'],
    ['the body', 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n', () => 'x'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', () => '1\r\nx\r\n'],
    ['interim answers', 'HTTP/1.1 103 A\r\n\r\n', () => 'HTTP/1.1 103 A\r\n\r\n'],
  ] as const)('F7: drops of %s keep no attempt beyond its deadline', async (_, begin, piece) => {
    const target = await receiver((socket) => {
      socket.write(begin);
      drip(socket, piece);
    });
    const failed = await benchFor(target).failure(`http://127.0.0.1:${target.port}/`, TIMES);
    expect(failed).toMatchObject({ code: 'timeout', connect: false });
    expect(failed.timing.end).toBeLessThan(2_500);
    await expect.poll(() => target.open()).toBe(0);
  });
});

describe('too much', () => {
  const memory = (): number => process.memoryUsage().rss;

  test('F7: headers without end are cut at 16 KiB', async () => {
    const target = await receiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      pour(socket, `X-More: ${'x'.repeat(1_000)}\r\n`);
    });
    const failed = await benchFor(target).failure(`http://127.0.0.1:${target.port}/`);
    expect(failed).toMatchObject({ code: 'headers_too_large', connect: false });
    await expect.poll(() => target.open()).toBe(0);
  });

  test('F7: headers of 16 KiB are the limit, and one of them may be that long', async () => {
    let length = 16_000;
    const target = await receiver(
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(length)}\r\nContent-Length: 0\r\n\r\n`),
    );
    const { answer, failure } = benchFor(target);
    const url = `http://127.0.0.1:${target.port}/`;
    expect((await answer(url)).headers[0]?.[1].length).toBe(16_000);
    length = 16_400;
    expect(await failure(url)).toMatchObject({ code: 'headers_too_large' });
  });

  test.each([
    ['with a length', `Content-Length: ${2 ** 40}`, 'x'.repeat(65_536)],
    ['in chunks', 'Transfer-Encoding: chunked', `10000\r\n${'x'.repeat(65_536)}\r\n`],
    ['without either', 'X: y', 'x'.repeat(65_536)],
  ])('F7: a body without end, %s: 64 KiB are kept, the status counts, the connection is closed', async (_, header, piece) => {
    const target = await receiver((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n`);
      pour(socket, piece);
    });
    const before = memory();
    const answer = await benchFor(target).answer(`http://127.0.0.1:${target.port}/`);
    expect(answer).toMatchObject({ status: 200, cut: true });
    expect(answer.body.equals(Buffer.alloc(65_536, 'x'))).toBe(true);
    await expect.poll(() => target.open()).toBe(0);
    expect(memory() - before).toBeLessThan(100 * 2 ** 20);
  });

  test('a body between 64 and 256 KiB is read to its end: its connection is used again', async () => {
    const target = await receiver((socket) => void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(200_000)}`));
    const { answer } = benchFor(target);
    const url = `http://127.0.0.1:${target.port}/`;
    expect(await answer(url)).toMatchObject({ cut: true });
    expect((await answer(url)).body.length).toBe(65_536);
    expect(target.connections()).toBe(1);
  });

  test('a body of exactly 64 KiB is whole', async () => {
    const target = await receiver((socket) => void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n${'x'.repeat(65_536)}`));
    expect(await benchFor(target).answer(`http://127.0.0.1:${target.port}/`)).toMatchObject({ cut: false });
  });
});

describe('broken off and nonsense', () => {
  test.each([
    ['before the answer', ''],
    ['inside the headers', 'HTTP/1.1 200 OK\r\nX: '],
    ['inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['inside the chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'],
  ])('F9: a reset after the full request, %s', async (_, begin) => {
    const target = await receiver((socket) => {
      if (begin === '') socket.resetAndDestroy();
      else socket.write(begin, () => setImmediate(() => socket.resetAndDestroy()));
    });
    const failed = await benchFor(target).failure(`http://127.0.0.1:${target.port}/`);
    expect(failed).toMatchObject({ code: 'reset', connect: false });
    expect(target.received[0]?.body.toString()).toBe('hello');
  });

  test.each([
    ['before the answer', '', 'reset'],
    ['inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'reset'],
  ])('F9: a connection that is closed %s', async (_, begin, code) => {
    const target = await receiver((socket) => socket.end(begin));
    expect(await benchFor(target).failure(`http://127.0.0.1:${target.port}/`)).toMatchObject({ code, connect: false });
  });

  test.each([
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['HTTP/2', '\0\0\u0012\u0004\0\0\0\0\0'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'],
    ['a bad chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['a NUL in a header', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['100 Continue, unasked', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('what is no answer: %s', async (_, bytes) => {
    const target = await receiver((socket) => void socket.write(bytes));
    expect(await benchFor(target).failure(`http://127.0.0.1:${target.port}/`, TIMES)).toMatchObject({ code: 'bad_answer', connect: false });
  });

  test('a second answer that nobody asked for is not taken for the next one', async () => {
    let first = true;
    const target = await receiver((socket, request) => {
      if (!first) return OK(socket, request);
      first = false;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsmugg');
    });
    const { send } = benchFor(target);
    const url = `http://127.0.0.1:${target.port}/`;
    const answers = [await send(url), await send(url), await send(url)];
    for (const answer of answers) if (answer.kind === 'answer') expect(['a', 'ok']).toContain(answer.body.toString());
    expect(answers.at(-1)).toMatchObject({ kind: 'answer', status: 200 });
  });
});
