import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type NewEvent, publish } from '../../events/publish.ts';
import { SYSTEM } from '../../identity/caller.ts';
import { changeOperator } from '../../identity/change-operator.ts';
import { type RawSocket, rawSocket } from './support/raw-socket.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let database: TestDatabase;
let hub: TestServer;
const open: RawSocket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startTestServer(
    database,
    {},
    { timeouts: { headers: 5_000, request: 5_000, heartbeat: 100 }, rights: { 'other.view': 'see' } },
  );
});

afterEach(() => {
  for (const raw of open.splice(0)) raw.socket.destroy();
});

afterAll(async () => {
  await hub.stop();
  await database.drop();
});

let serial = 0;
const publishNow = (...events: NewEvent[]): Promise<void> => database.database.transaction((tx) => publish(tx, ...events));
const say = (text: string, type = 'vestnik.thing.it.happened'): Promise<void> => publishNow({ type, subject: 's', data: { text } });
const newLogin = (...rights: string[]) => {
  serial += 1;
  return hub.operator(`reader${serial}`, ...rights);
};

async function stream(headers: Record<string, string>, query = ''): Promise<RawSocket> {
  const raw = await rawSocket(hub.port);
  open.push(raw);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  raw.write(`GET /api/v1/events${query} HTTP/1.1\r\nhost: x\r\n${lines.join('')}\r\n`);
  // Refused, or listening: an event committed from here on arrives.
  await raw.until((text) => text.includes('\r\n\r\n') && (!text.startsWith('HTTP/1.1 200') || text.includes(': listening')));
  return raw;
}

/** Texts of the events received, in order. */
const texts = (received: string): string[] =>
  [...received.matchAll(/^data: (.*)$/gm)].map((match) => (JSON.parse(match[1] ?? '') as { data: { text: string } }).data.text);
const lastId = (received: string): string => [...received.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '';

test('a committed event arrives as a CloudEvent; heartbeats keep the line open', async () => {
  const raw = await stream(await newLogin('events.view', 'thing.view'));
  expect(await raw.until((text) => text.includes(': still here'))).toMatch(
    /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-type: text\/event-stream[\s\S]*retry: 3000/,
  );
  await say('one');
  const received = await raw.until((text) => text.includes('"one"'));
  const event = JSON.parse(/^data: (.*)$/m.exec(received)?.[1] ?? '{}') as Record<string, unknown>;
  expect(event).toEqual({
    specversion: '1.0',
    id: lastId(received),
    source: '/vestnik/thing',
    type: 'vestnik.thing.it.happened',
    subject: 's',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    datacontenttype: 'application/json',
    data: { text: 'one' },
  });
  expect(received.toLowerCase()).toContain('x-content-type-options: nosniff');
});

test('a reader that comes back misses nothing, in order and without repeats', async () => {
  const login = await newLogin('events.view', 'thing.view');
  const first = await stream(login);
  await say('before');
  const position = lastId(await first.until((text) => text.includes('"before"')));
  first.socket.destroy();
  await Promise.all(
    Array.from({ length: 3 }, (_, page) =>
      publishNow(
        ...Array.from({ length: 400 }, (_, index) => ({ type: 'vestnik.thing.it.happened', data: { text: `m${page}-${index}` } })),
      ),
    ),
  );
  const second = await stream({ ...login, 'last-event-id': position });
  await say('after');
  const received = texts(await second.until((text) => text.includes('"after"')));
  expect(received.length).toBe(1_201);
  expect(new Set(received).size).toBe(1_201);
  expect(received.at(-1)).toBe('after');
});

test('types choose by prefix, and each module needs its right to view', async () => {
  const all = await stream(await newLogin('events.view', 'other.view'));
  const chosen = await stream(await newLogin('events.view', '*'), '?types=vestnik.other.,vestnik.third.b');
  await say('thing');
  await say('other', 'vestnik.other.it.was');
  await say('third-a', 'vestnik.third.a.was');
  await say('third-b', 'vestnik.third.b.was');
  await say('end', 'vestnik.other.end.was');
  expect(texts(await all.until((text) => text.includes('"end"')))).toEqual(['other', 'end']);
  expect(texts(await chosen.until((text) => text.includes('"end"')))).toEqual(['other', 'third-b', 'end']);
});

test.each([
  ['no login', {}, '', 401],
  ['a malformed position', { 'last-event-id': 'yesterday' }, '', 400],
  ['a hostile position', { 'last-event-id': "1-1'; DROP TABLE event; --" }, '', 400],
  ['a position beyond any number', { 'last-event-id': '99999999999999999999-1' }, '', 400],
  ['malformed types', {}, '?types=A%00', 400],
  ['an unknown parameter', {}, '?tpyes=a', 400],
])('%s is refused as a problem', async (_, headers, query, status) => {
  const login = status === 401 ? {} : await newLogin('events.view');
  const received = await (await stream({ ...login, ...headers, connection: 'close' }, query)).ended();
  expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  expect(received).toContain('application/problem+json');
});

test('without the right there is no stream', async () => {
  expect(await (await stream({ ...(await newLogin('thing.view')), connection: 'close' })).ended()).toMatch(
    /^HTTP\/1\.1 403[\s\S]*events\.view/,
  );
});

test('a stream ends when its reader is disabled', async () => {
  const login = await newLogin('events.view', 'thing.view');
  const raw = await stream(login);
  await hub.identity.change((tx) => changeOperator(tx, SYSTEM, `reader${serial}`, { enabled: false }, hub.identity.rights));
  expect(await raw.ended()).toMatch(/^HTTP\/1\.1 200/);
});

test('one login has at most 20 streams; a closed one makes room', async () => {
  const login = await newLogin('events.view', 'thing.view');
  const streams = await Promise.all(Array.from({ length: 20 }, () => stream(login)));
  const refused = await (await stream({ ...login, connection: 'close' })).ended();
  expect(refused).toMatch(/^HTTP\/1\.1 429/);
  expect(refused.toLowerCase()).toContain('retry-after: 5');
  streams[0]?.socket.destroy();
  await expect.poll(async () => (await stream(login)).until((text) => text.includes('\r\n\r\n'))).toMatch(/^HTTP\/1\.1 200/);
});

test('a reader that does not read is cut off instead of being remembered', async () => {
  const raw = await stream(await newLogin('events.view', 'thing.view'));
  raw.socket.pause();
  const gauge = async (): Promise<number> => Number(/vestnik_http_event_streams (\d+)/.exec(await hub.metrics.page())?.[1]);
  expect(await gauge()).toBeGreaterThan(0);
  const before = await gauge();
  const text = 'x'.repeat(100_000);
  await expect
    .poll(
      async () => {
        await publishNow(...Array.from({ length: 20 }, () => ({ type: 'vestnik.thing.it.happened', data: { text } })));
        return gauge();
      },
      { timeout: 20_000 },
    )
    .toBeLessThan(before);
});

test('HEAD tells the type and keeps nothing open', async () => {
  const response = await fetch(`${hub.url}/api/v1/events`, { method: 'HEAD', headers: await newLogin('events.view') });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
});

test('a stop ends every stream in order, before its deadline cuts', async () => {
  const other = await startTestServer(database, {});
  const login = await newLogin('events.view', 'thing.view');
  const raw = await rawSocket(other.port);
  raw.write(`GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: ${login.authorization}\r\n\r\n`);
  await raw.until((text) => text.includes(': listening'));
  await other.stop();
  // The last chunk: the answer ended as it should, it was not cut.
  expect(await raw.ended()).toMatch(/\r\n0\r\n\r\n$/);
});
