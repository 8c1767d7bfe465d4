import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FaultProxy, type Limit, startFaultProxy } from './support/fault-proxy.ts';

/** A server that echoes, and remembers how each of its connections ended. */
let echo: Server;
let seen: { received: string; end: 'open' | 'end' | 'reset' }[];
let proxy: FaultProxy;
beforeEach(async () => {
  seen = [];
  echo = createServer((socket) => {
    const entry: (typeof seen)[number] = { received: '', end: 'open' };
    seen.push(entry);
    socket.on('data', (piece: Buffer) => {
      entry.received += piece.toString('latin1');
      socket.write(piece);
    });
    socket.on('end', () => {
      entry.end = 'end';
    });
    socket.on('error', () => {
      entry.end = 'reset';
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startFaultProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
});
afterEach(async () => {
  await proxy.stop();
  echo.close();
});

interface Dialled {
  readonly socket: Socket;
  readonly heard: () => string;
  /** How it ended, or 'open'. */
  readonly state: () => string;
}

function dial(): Dialled {
  const socket = connect(proxy.port, '127.0.0.1');
  let heard = '';
  let state = 'open';
  socket.on('data', (piece: Buffer) => {
    heard += piece.toString('latin1');
  });
  socket.on('end', () => {
    state = 'end';
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    state = error.code ?? error.message;
  });
  return { socket, heard: () => heard, state: () => state };
}

const until = (condition: () => boolean): Promise<unknown> => vi.waitUntil(condition, { timeout: 20_000, interval: 2 });

test('passes both directions and the end of either side', async () => {
  const { socket, heard, state } = dial();
  socket.write('hello');
  await until(() => heard() === 'hello');
  socket.end();
  await until(() => seen[0]?.end === 'end' && state() === 'end');
  await until(() => proxy.open === 0);
  expect(proxy.forwarded).toEqual({ up: 5, down: 5 });
  expect(proxy.accepted).toBe(1);
});

test('large data pass whole, although the other side reads slowly', async () => {
  const { socket, heard } = dial();
  const text = 'x'.repeat(3_000_000);
  socket.pause();
  socket.write(text);
  await until(() => proxy.forwarded.up > 100_000);
  socket.resume();
  await until(() => heard().length === text.length);
  socket.destroy();
});

test('delays each piece', async () => {
  const { socket, heard } = dial();
  proxy.set({ delay: 500 });
  const begun = performance.now();
  socket.write('x');
  await until(() => heard() === 'x');
  expect(performance.now() - begun).toBeGreaterThanOrEqual(950);
  proxy.set({});
  const quick = performance.now();
  socket.write('y');
  await until(() => heard() === 'xy');
  expect(performance.now() - quick).toBeLessThan(950);
  socket.destroy();
});

test('throttles to a rate', async () => {
  const { socket, heard } = dial();
  proxy.set({ throttle: 10_000 });
  const begun = performance.now();
  socket.write('z'.repeat(2_000));
  await until(() => heard().length === 2_000);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(190);
  socket.destroy();
});

test('half-open: accepts and never forwards; both sides stay open, and neither learns that the other went away', async () => {
  proxy.set({ swallow: 'both' });
  const { socket, state } = dial();
  socket.write('lost');
  await until(() => seen.length === 1 && proxy.open === 1);
  socket.destroy();
  await once(socket, 'close');
  const second = dial();
  second.socket.write('also lost');
  await until(() => seen.length === 2);
  expect(seen).toEqual([
    { received: '', end: 'open' },
    { received: '', end: 'open' },
  ]);
  expect(state()).toBe('open');
  expect(proxy.forwarded).toEqual({ up: 0, down: 0 });
  second.socket.destroy();
});

test('stops forwarding at a moment, in one direction only', async () => {
  const { socket, heard, state } = dial();
  socket.write('one');
  await until(() => heard() === 'one');
  proxy.set({ swallow: 'down' });
  socket.write('two');
  await until(() => seen[0]?.received === 'onetwo' && proxy.swallowed.down === 3);
  proxy.set({ swallow: 'up' });
  socket.write('three');
  await until(() => proxy.swallowed.up === 5);
  proxy.set({});
  socket.write('four');
  await until(() => heard() === 'onefour');
  expect(proxy.swallowed).toEqual({ up: 5, down: 3 });
  expect(seen[0]?.received).toBe('onetwofour');
  expect(state()).toBe('open');
  socket.destroy();
});

test('cuts after exactly so many bytes, at every offset, in either direction', async () => {
  const text = '0123456789';
  for (const direction of ['up', 'down'] as const) {
    const limits: Limit[] = Array.from({ length: text.length }, (_, bytes) => ({ direction, bytes }));
    proxy.cutNext(limits);
    for (const { bytes } of limits) {
      const before = seen.length;
      const { socket, heard, state } = dial();
      socket.write(text);
      await until(() => state() !== 'open');
      if (bytes > 0) await until(() => seen.length === before + 1 && seen[before]?.end !== 'open');
      const whole = seen[before]?.received ?? '';
      if (direction === 'up') expect([whole, heard().length <= bytes]).toEqual([text.slice(0, bytes), true]);
      else expect(heard()).toBe(text.slice(0, bytes));
      socket.destroy();
    }
    const { socket, heard } = dial();
    socket.write(text);
    await until(() => heard() === text);
    socket.destroy();
  }
});

test('a limit may be set for open connections, and may reset them', async () => {
  const { socket, heard, state } = dial();
  socket.write('12345');
  await until(() => heard() === '12345');
  proxy.set({ limit: { direction: 'up', bytes: 7, how: 'reset' } });
  socket.write('6789');
  await until(() => state() === 'ECONNRESET' && seen[0]?.end === 'reset');
  expect(seen[0]?.received.length).toBeLessThanOrEqual(7);
});

test('cuts and resets every open connection now', async () => {
  for (const how of ['end', 'reset'] as const) {
    const before = seen.length;
    const all = [dial(), dial(), dial()];
    for (const { socket } of all) socket.write('x');
    await until(() => all.every(({ heard }) => heard() === 'x'));
    proxy.cut(how);
    const expected = how === 'end' ? 'end' : 'ECONNRESET';
    await until(() => all.every(({ state }) => state() === expected));
    await until(() => seen.slice(before).every(({ end }) => end === how));
    await until(() => proxy.open === 0);
  }
});

test('refuses connections and takes them again on the same port; open ones live on', async () => {
  const { socket, heard } = dial();
  socket.write('a');
  await until(() => heard() === 'a');
  await proxy.refuse();
  const refused = dial();
  await until(() => refused.state() === 'ECONNREFUSED');
  socket.write('b');
  await until(() => heard() === 'ab');
  await proxy.accept();
  const taken = dial();
  taken.socket.write('c');
  await until(() => taken.heard() === 'c');
  socket.destroy();
  taken.socket.destroy();
});

test('leads new connections elsewhere; a target that is away resets them', async () => {
  const other = createServer((socket) => socket.end('other'));
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  proxy.target = { host: '127.0.0.1', port };
  const { heard, socket } = dial();
  await until(() => heard() === 'other');
  socket.destroy();
  other.close();
  await once(other, 'close');
  const away = dial();
  await until(() => away.state() === 'ECONNRESET');
});
