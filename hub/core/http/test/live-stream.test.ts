import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { HubError } from '../../errors.ts';
import type { Caller } from '../../identity/caller.ts';
import { createLiveStreams, type LiveStream, type LiveStreams, type LiveStreamsOptions } from '../live-stream.ts';
import { route } from '../route.ts';
import { callerOf } from '../router.ts';
import { type RawSocket, rawSocket } from './support/raw-socket.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

// Streams that a test feeds by hand.

let database: TestDatabase;
let hub: TestServer;
let streams: LiveStreams;
/** In the order in which they were opened. */
let opened: LiveStream[];
/** What happens between the first look for room and the stream. */
let lookUp: (request: FastifyRequest) => Promise<void>;
/** Who the caller is at a sign of life. */
let again: (caller: Caller) => Caller | Promise<Caller>;
let login: { authorization: string };
const sockets: RawSocket[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  lookUp = async () => undefined;
  again = (caller) => caller;
  opened = [];
});
afterEach(async () => {
  for (const { socket } of sockets.splice(0)) socket.destroy();
  await hub.stop();
  await database.drop();
});

async function serve(options: Partial<LiveStreamsOptions> = {}): Promise<void> {
  streams = createLiveStreams({
    right: 'thing.view',
    async authenticate(request) {
      const caller = callerOf(request);
      if (!caller) throw new HubError('UNAUTHORIZED');
      return again(caller);
    },
    ...options,
  });
  const follow = route({
    method: 'GET',
    path: '/live',
    right: 'thing.view',
    summary: 'Follow',
    produces: ['text/event-stream'],
    errors: ['TOO_MANY_REQUESTS', 'SHUTTING_DOWN'],
    async handle({ request, reply, caller }) {
      streams.admit(caller);
      await lookUp(request);
      opened.push(streams.open(request, reply, caller));
      return reply;
    },
  });
  hub = await startTestServer(database, { thing: [follow] });
  login = await hub.operator('reader', 'thing.view');
}

async function ask(): Promise<RawSocket> {
  const raw = await rawSocket(hub.port);
  sockets.push(raw);
  raw.write(`GET /api/v1/thing/live HTTP/1.1\r\nhost: x\r\nauthorization: ${login.authorization}\r\n\r\n`);
  return raw;
}
async function read(): Promise<readonly [RawSocket, LiveStream]> {
  const raw = await ask();
  await raw.until((text) => text.includes('retry: 3000'));
  const stream = opened.at(-1);
  if (!stream) throw new Error('no stream was opened');
  return [raw, stream];
}
const WHOLE = /\r\n0\r\n\r\n$/;

test('it has the headers of every answer, and what was sent before its end arrives', async () => {
  await serve();
  const [raw, stream] = await read();
  const told: string[] = [];
  stream.atEnd(() => told.push('before'));
  expect(streams.size).toBe(1);
  stream.send(`data: ${'x'.repeat(500_000)}\n\n`);
  stream.close('enough');
  stream.atEnd(() => told.push('after'));
  stream.send('data: late\n\n');
  await stream.catchUp('data: late\n\n');
  const received = await raw.ended();
  expect(received).toMatch(WHOLE);
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(received).toContain('x'.repeat(1_000));
  expect(received).not.toContain('late');
  for (const header of ['cache-control: no-store', 'x-accel-buffering: no', 'connection: close', 'content-type: text/event-stream'])
    expect(received.toLowerCase()).toContain(header);
  expect(told).toEqual(['before', 'after']);
  expect([streams.size, stream.closed]).toEqual([0, true]);
});

test('however many come at once, there are no more than there is room for', async () => {
  await serve({ mostOfLogin: 2 });
  let come = 0;
  let letIn = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  lookUp = () => {
    come += 1;
    if (come === 4) letIn();
    return all;
  };
  const raws = await Promise.all([ask(), ask(), ask(), ask()]);
  const answers = await Promise.all(raws.map((raw) => raw.until((text) => text.includes('retry: 3000') || text.includes('TOO_MANY'))));
  expect(answers.map((text) => text.slice(9, 12)).sort()).toEqual(['200', '200', '429', '429']);
  expect(streams.size).toBe(2);
});

test('a reader that leaves makes room, also when it leaves before its stream begins', async () => {
  await serve({ most: 1 });
  const [raw, stream] = await read();
  raw.socket.destroy();
  await vi.waitFor(() => expect(stream.closed).toBe(true));
  expect(streams.size).toBe(0);

  let go = (): void => undefined;
  let connection: Socket | undefined;
  lookUp = (request) =>
    new Promise((resolve) => {
      connection = request.raw.socket;
      go = resolve;
    });
  const early = await ask();
  await vi.waitFor(() => expect(connection).toBeDefined());
  early.socket.destroy();
  await vi.waitFor(() => expect(connection?.closed).toBe(true));
  go();
  await vi.waitFor(() => expect(opened).toHaveLength(2));
  expect([opened[1]?.closed, streams.size]).toEqual([true, 0]);
});

test('a reader for whom too much waits is cut off', async () => {
  await serve({ backlog: 100_000 });
  const [raw, stream] = await read();
  raw.socket.pause();
  for (let sent = 0; !stream.closed && sent < 1_000; sent += 1) {
    stream.send(`data: ${'x'.repeat(50_000)}\n\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(stream.closed).toBe(true);
  raw.socket.resume();
  expect(await raw.ended()).not.toMatch(WHOLE);
});

const MUCH = `data: ${'x'.repeat(20_000_000)}\n\n`;

test('what there is to catch up with may be more than the backlog: it waits for the reader', async () => {
  await serve({ backlog: 1_000, heartbeat: 20 });
  const [raw, stream] = await read();
  raw.socket.pause();
  const taken = stream.catchUp(MUCH);
  let recognised = 0;
  again = (caller) => {
    recognised += 1;
    return caller;
  };
  await vi.waitFor(() => expect(recognised).toBeGreaterThan(2));
  expect(stream.closed).toBe(false);
  raw.socket.resume();
  await taken;
  expect(stream.closed).toBe(false);
  expect((await raw.until((text) => text.length > MUCH.length)).length).toBeGreaterThan(MUCH.length);
});

test('a reader that does not take what it catches up with is cut off', async () => {
  await serve({ patience: 300 });
  const [raw, stream] = await read();
  raw.socket.pause();
  await stream.catchUp(MUCH);
  expect([stream.closed, streams.size]).toEqual([true, 0]);
});

test('one that is closed while its reader does not read lets go of it in the end', async () => {
  await serve({ patience: 300 });
  let connection: Socket | undefined;
  lookUp = async (request) => {
    connection = request.raw.socket;
  };
  const [raw, stream] = await read();
  raw.socket.pause();
  const caughtUp = stream.catchUp(MUCH);
  stream.close('enough');
  await caughtUp;
  await vi.waitFor(() => expect(connection?.closed).toBe(true));
  raw.socket.resume();
  expect(await raw.ended()).not.toMatch(WHOLE);
});

test('signs of life recognise the caller again: another right to look is known, none ends the stream', async () => {
  await serve({ heartbeat: 20 });
  const [raw, stream] = await read();
  again = (caller) => ({ ...caller, rights: ['thing.view', 'thing.manage'] });
  await vi.waitFor(() => expect(stream.caller.rights).toContain('thing.manage'));
  let failed = 0;
  again = () => {
    failed += 1;
    throw new HubError('STORE_UNAVAILABLE');
  };
  await vi.waitFor(() => expect(failed).toBeGreaterThan(2));
  expect(stream.closed).toBe(false);
  again = (caller) => ({ ...caller, rights: ['thing.manage'] });
  expect(await raw.ended()).toMatch(/: still here\n\n[\s\S]*\r\n0\r\n\r\n$/);
});

test('they end with the listener although nobody tells them, and by a stop; then there are no new ones', async () => {
  await serve();
  const [raw, stream] = await read();
  await hub.server.stop();
  expect(await raw.ended()).toMatch(WHOLE);
  expect(stream.closed).toBe(true);
  expect(() => streams.admit(stream.caller)).toThrow(expect.objectContaining({ code: 'SHUTTING_DOWN' }));
});

test('a failure cuts the reader off, who comes back', async () => {
  await serve();
  const [raw, stream] = await read();
  stream.fail('it could not be read', new Error('no'));
  stream.fail('twice', new Error('no'));
  expect(await raw.ended()).not.toMatch(WHOLE);
  expect(streams.size).toBe(0);
});
