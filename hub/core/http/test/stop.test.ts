import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { route } from '../route.ts';
import { rawSocket } from './support/raw-socket.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A server with a route that waits until it is let go. */
async function waiting(): Promise<{ hub: TestServer; entered: Promise<void>; release: () => void }> {
  const entered = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow = route({
    method: 'GET',
    path: '/slow',
    right: 'public',
    summary: 'slow',
    async handle() {
      entered.resolve();
      await gate.promise;
      return { done: true };
    },
  });
  return { hub: await startTestServer(database, { thing: [slow] }), entered: entered.promise, release: () => gate.resolve() };
}

test('a request under way is finished, its connection closed; the listener is gone; an idle connection is closed', async () => {
  const { hub, entered, release } = await waiting();
  const idle = await rawSocket(hub.port);
  idle.write('GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n');
  await idle.until((text) => text.includes('"ready"'));
  const answer = fetch(`${hub.url}/api/v1/thing/slow`);
  await entered;
  const stopped = hub.server.stop(5_000);
  await idle.ended();
  await expect(fetch(`${hub.url}/healthz`)).rejects.toThrow();
  release();
  const response = await answer;
  expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
  expect(await response.json()).toEqual({ done: true });
  await stopped;
  await hub.stop();
});

test('a request that arrives while stopping gets SHUTTING_DOWN; the probes say alive and not ready', async () => {
  const { hub, entered, release } = await waiting();
  const begin = async (path: string) => {
    const raw = await rawSocket(hub.port);
    raw.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n`);
    return raw;
  };
  const [late, alive, ready] = await Promise.all([begin('/api/v1/nothing'), begin('/healthz'), begin('/readyz')]);
  const slow = fetch(`${hub.url}/api/v1/thing/slow`);
  await entered;
  const stopped = hub.server.stop(5_000);
  const finish = async (raw: Awaited<ReturnType<typeof begin>>): Promise<string> => {
    raw.write('\r\n');
    return raw.ended();
  };
  const refused = await finish(late);
  expect(refused).toContain('HTTP/1.1 503');
  expect(refused).toContain('"code":"SHUTTING_DOWN"');
  expect(refused.toLowerCase()).toMatch(/retry-after: 1\r\n/);
  expect(await finish(alive)).toContain('{"status":"alive"}');
  const probe = await finish(ready);
  expect(probe).toContain('HTTP/1.1 503');
  expect(probe).toContain('"state":"stopping"');
  release();
  expect((await slow).status).toBe(200);
  await stopped;
  await hub.stop();
});

test('what does not finish in time is cut', async () => {
  const { hub, entered, release } = await waiting();
  const answer = fetch(`${hub.url}/api/v1/thing/slow`).then(
    () => 'answered',
    () => 'cut',
  );
  await entered;
  const began = performance.now();
  await hub.server.stop(300);
  expect(performance.now() - began).toBeLessThan(8_000);
  expect(await answer).toBe('cut');
  release();
  await hub.stop();
});

test('an address in use is said in one sentence', async () => {
  const first = await startTestServer(database, {});
  await expect(startTestServer(database, {}, { http: { port: first.port } })).rejects.toThrow(
    /cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\): another program uses it/,
  );
  await first.stop();
});
