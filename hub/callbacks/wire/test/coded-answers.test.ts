import { brotliCompressSync, constants, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { lifetime } from './support/lifetime.ts';
import type { Answer } from './support/receiver.ts';

const { receiver, benchFor } = lifetime();

const coded =
  (coding: string, body: Buffer): Answer =>
  (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
  };

async function answered(coding: string, body: Buffer) {
  const target = await receiver(coded(coding, body));
  return benchFor(target).answer(`http://127.0.0.1:${target.port}/`);
}

const TEXT = 'Заказ принят. '.repeat(500);

test.each([
  ['gzip', gzipSync(TEXT)],
  ['GZip', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['deflate', deflateRawSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
] as const)('%s is decoded', async (coding, body) => {
  const answer = await answered(coding, body);
  expect(answer).toMatchObject({ status: 200, cut: false });
  expect(answer.body.toString()).toBe(TEXT);
});

test('codings that are unknown, several or none are kept as they came', async () => {
  expect((await answered('zstd', Buffer.from('abc'))).body.toString()).toBe('abc');
  expect((await answered('identity', Buffer.from('abc'))).body.toString()).toBe('abc');
  const twice = gzipSync(gzipSync(TEXT));
  expect((await answered('gzip, gzip', twice)).body.equals(twice)).toBe(true);
});

test('an empty coded body is empty', async () => {
  expect(await answered('gzip', Buffer.alloc(0))).toMatchObject({ cut: false, body: Buffer.alloc(0) });
});

test('what breaks off or is no such coding is kept as far as it went, and the status counts', async () => {
  const whole = gzipSync(TEXT);
  const broken = await answered('gzip', whole.subarray(0, whole.length - 20));
  expect(broken.status).toBe(200);
  expect(TEXT.startsWith(broken.body.toString().replace(/\ufffd+$/, ''))).toBe(true);
  expect(broken.body.length).toBeGreaterThan(0);
  expect(await answered('gzip', Buffer.from('this is no gzip'))).toMatchObject({ status: 200, cut: true, body: Buffer.alloc(0) });
});

describe('F8: bombs', () => {
  const ZEROS = Buffer.alloc(2 ** 20);

  test.each(['gzip', 'deflate', 'br'])('%s of 100 MB of zeros in one piece: 64 KiB are kept, decoding ends at 256 KiB', async (coding) => {
    const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } };
    const code = { gzip: gzipSync, deflate: deflateSync, br: (zeros: Buffer) => brotliCompressSync(zeros, quick) }[coding] as (
      zeros: Buffer,
    ) => Buffer;
    const bomb = code(Buffer.alloc(100 * 2 ** 20));
    const before = process.memoryUsage();
    const answer = await answered(coding, bomb);
    const after = process.memoryUsage();
    expect(answer).toMatchObject({ status: 200, cut: true });
    expect(answer.body.equals(Buffer.alloc(65_536))).toBe(true);
    expect(after.rss - before.rss).toBeLessThan(60 * 2 ** 20);
  });

  test('10 GB of zeros, compressed while they are sent: the connection is closed long before', async () => {
    let produced = 0;
    const target = await receiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n');
      const gzip = createGzip();
      gzip.pipe(socket);
      const more = (): void => {
        while (produced < 10_240 && !socket.destroyed) {
          produced += 1;
          if (!gzip.write(ZEROS)) return void gzip.once('drain', more);
        }
      };
      socket.on('close', () => gzip.destroy());
      more();
    });
    const answer = await benchFor(target).answer(`http://127.0.0.1:${target.port}/`);
    expect(answer).toMatchObject({ status: 200, cut: true });
    expect(answer.body.length).toBe(65_536);
    await expect.poll(() => target.open()).toBe(0);
    expect(produced).toBeLessThan(2_000);
  });

  test('compressed bytes without end that decode to nothing are cut, too', async () => {
    // Empty stored blocks: each five bytes of deflate that hold no data.
    const nothing = Buffer.from('0000ffff00'.repeat(4_096), 'hex');
    const target = await receiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n');
      socket.write(Buffer.from('789c', 'hex'));
      socket.write(Buffer.from('00', 'hex'));
      const more = (): void => {
        while (!socket.destroyed && socket.write(nothing));
      };
      socket.on('drain', more);
      more();
    });
    expect(await benchFor(target).answer(`http://127.0.0.1:${target.port}/`)).toMatchObject({
      status: 200,
      cut: true,
      body: Buffer.alloc(0),
    });
    await expect.poll(() => target.open()).toBe(0);
  });

  test('a slow trickle of a coded body ends at the deadline', async () => {
    const target = await receiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n');
      socket.write(gzipSync(TEXT).subarray(0, 30));
    });
    expect(await benchFor(target).failure(`http://127.0.0.1:${target.port}/`, { timeout: 500 })).toMatchObject({
      code: 'timeout',
      connect: false,
    });
  });
});
