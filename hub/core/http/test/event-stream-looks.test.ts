import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { publish } from '../../events/publish.ts';
import { type RawSocket, rawSocket } from './support/raw-socket.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

// A stream whose module has to look into something before an event may be shown.

let database: TestDatabase;
let hub: TestServer;
/** Fails once on each of these texts. */
const failing = new Set<string>();

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startTestServer(
    database,
    {},
    {
      showEvent(_caller, event) {
        const text = String(event.data['text']);
        if (text.startsWith('now')) return event;
        return (async () => {
          // The later ones are known sooner.
          await pause(text.startsWith('slow') ? 60 : 5);
          if (failing.delete(text)) throw new Error('the database is away');
          return text.includes('hidden') ? undefined : event;
        })();
      },
    },
  );
});
afterAll(async () => {
  await hub.stop();
  await database.drop();
});

const say = (...all: string[]): Promise<void> =>
  database.database.transaction((tx) => publish(tx, ...all.map((text) => ({ type: 'vestnik.thing.it.happened', data: { text } }))));
const texts = (received: string): string[] =>
  [...received.matchAll(/^data: (.*)$/gm)].map((match) => (JSON.parse(match[1] ?? '') as { data: { text: string } }).data.text);

async function follow(headers: Record<string, string>): Promise<RawSocket> {
  const raw = await rawSocket(hub.port);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  // A stream may begin a little before its moment: the event of the login that follows it is not asked for.
  raw.write(`GET /api/v1/events?types=vestnik.thing. HTTP/1.1\r\nhost: x\r\n${lines.join('')}\r\n`);
  await raw.until((text) => text.includes(': listening'));
  return raw;
}

test('events keep their order, however long each is looked at, and hidden ones are left out', async () => {
  const raw = await follow(await hub.operator('orderly', 'events.view'));
  await say('slow 1', 'quick 2', 'now 3', 'hidden 4', 'slow hidden 5');
  await say('now 6', 'quick 7', 'now end');
  expect(texts(await raw.until((text) => text.includes('now end')))).toEqual(['slow 1', 'quick 2', 'now 3', 'now 6', 'quick 7', 'now end']);
  raw.socket.destroy();
});

test('one that cannot be looked at ends the stream, and its reader comes back for it', async () => {
  const login = await hub.operator('patient', 'events.view');
  failing.add('quick lost');
  const first = await follow(login);
  await say('quick a', 'quick lost', 'quick b');
  const received = await first.ended();
  expect(texts(received)).toEqual(['quick a']);
  const position = /^id: (.*)$/m.exec(received)?.[1] ?? '';
  const second = await follow({ ...login, 'last-event-id': position });
  expect(texts(await second.until((text) => text.includes('quick b')))).toEqual(['quick lost', 'quick b']);
  second.socket.destroy();
});
