import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test, vi } from 'vitest';
import { readCertificates } from '../client/certificate.ts';
import { type Connection, createConnection } from '../client/connection.ts';
import { createEncoder } from '../client/encode.ts';
import { createFeed } from '../client/feed.ts';
import { createNamer } from '../client/final-name.ts';
import { createLogger } from '../client/log.ts';
import { type Clock, diskFileSystem, systemClock } from '../client/ports.ts';
import { openStorage } from '../client/storage.ts';
import { run } from '../hub/core/database/statement.ts';
import { verifyFolders } from '../hub/demo/verify.ts';
import { air, message } from '../hub/tickets/test/control-messages.ts';
import { type ClientProcess, openClient } from './support/client-process.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { type FaultProxy, type Limit, startFaultProxy } from './support/fault-proxy.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { asNow } from './support/operations.ts';
import { rest } from './support/rest.ts';

/** The feed over a network that swallows and cuts (spec 9.1): half-open connections, lost requests, lost answers. */
const PATIENCE = { timeout: 40_000, interval: 10 };
const folder = createFolder('network');
let store: TestDatabase;
let hub: HubProcess;
let feedPort: number;
beforeAll(async () => {
  store = await createTestDatabase();
  const environment = { VESTNIK_TICKETS__REQUESTS_PER_SECOND: '10000' };
  hub = createHubProcess({ folder: folder.at('hub'), databaseUrl: store.url, environment });
  await hub.start();
  feedPort = Number(hub.feed.split(':').at(-1));
});
afterAll(async () => {
  await hub?.stop();
  await store?.drop();
  folder.remove();
});

let numbers = 0;
/** Sells tickets at the point of sale that only this client subscribes to. */
async function sell(validator: string, count = 1): Promise<void> {
  const lines = Array.from({ length: count }, () => {
    numbers += 1;
    const operation = message('issue', air('ETICKET', 'issued', `42142${String(numbers).padStart(8, '0')}`));
    return JSON.stringify({ ...asNow(operation, `sale-${numbers}`), deal: { agency: '17МОВ', validator } });
  });
  const { text } = await rest(hub, 'POST', '/tickets/operations', lines.join('\n'), { 'content-type': 'application/x-ndjson' }).expect(200);
  expect(text.match(/"status":"created"/g)?.length, text).toBe(count);
}

const queued = async (name: string): Promise<number> => (await rest(hub, 'GET', `/tickets/clients/${name}`).expect(200)).body.queued;

const verify = (name: string, digests: ReadonlyMap<string, string>) => verifyFolders(store.database, [{ client: name, digests }]);

const onlyFor = (validator: string) => [{ validator: [validator] }];

/** Waits until the hub routes to a client that was just added. */
async function routed(name: string, validator: string): Promise<void> {
  await vi.waitUntil(async () => {
    await sell(validator);
    return (await queued(name)) > 0;
  }, PATIENCE);
}

describe.concurrent('half open', () => {
  const waiting = async (): Promise<number> =>
    Number(/^vestnik_feed_waiting (\d+)/m.exec(await (await fetch(`${hub.http}/metrics`)).text())?.[1] ?? -1);

  test('a connection that falls silent while the client waits: noticed within wait + 15 s, the hub frees the waiter, nothing is lost', async () => {
    const proxy = await startFaultProxy({ host: '127.0.0.1', port: feedPort });
    const client = await openClient(hub, {
      name: 'silent',
      folder: folder.at('silent'),
      subscriptions: onlyFor('SILENT'),
      connect: `localhost:${proxy.port}`,
      more: [],
    });
    onTestFailed(() => void process.stderr.write(`--- client\n${client.tail()}\n--- hub\n${hub.tail()}\n`));
    try {
      client.start();
      await vi.waitUntil(() => client.count('OT1002') === 1, PATIENCE);
      await routed('silent', 'SILENT');
      await vi.waitUntil(async () => (await queued('silent')) === 0, PATIENCE);
      await vi.waitUntil(async () => (await waiting()) === 1, PATIENCE);
      const before = client.files().length;
      proxy.set({ swallow: 'both' });
      const begun = performance.now();
      await sell('SILENT');
      await vi.waitUntil(async () => (await waiting()) === 0, PATIENCE);
      await vi.waitUntil(() => client.count('OT1101') === 1, PATIENCE);
      // -wait is 2 s.
      expect(performance.now() - begun).toBeLessThan(30_000);
      expect(client.log()).toContain('no answer for 17 s');
      expect(client.files().length).toBe(before);
      proxy.set({});
      await vi.waitUntil(async () => (await queued('silent')) === 0, PATIENCE);
      const verdict = await verify('silent', client.digests());
      expect(verdict).toMatchObject({ messages: before + 1, files: before + 1, lost: 0, doubled: 0, damaged: 0 });
    } finally {
      await client.stop();
      await proxy.stop();
    }
  }, 70_000);

  test('a server that accepts and never speaks: -once and -check give up with exit 7', async () => {
    const proxy = await startFaultProxy({ host: '127.0.0.1', port: feedPort });
    proxy.set({ swallow: 'both' });
    const client = await openClient(hub, { name: 'mute', folder: folder.at('mute'), connect: `localhost:${proxy.port}` });
    try {
      const begun = performance.now();
      const [once, check] = await Promise.all([client.ask('-once'), client.ask('-check')]);
      expect([once.code, check.code], `${once.output}\n${check.output}`).toEqual([7, 7]);
      expect(performance.now() - begun).toBeLessThan(40_000);
    } finally {
      await proxy.stop();
    }
  }, 60_000);

  test('a slow network delivers all the same', async () => {
    const proxy = await startFaultProxy({ host: '127.0.0.1', port: feedPort });
    const client = await openClient(hub, {
      name: 'slow',
      folder: folder.at('slow'),
      subscriptions: onlyFor('SLOW'),
      connect: `localhost:${proxy.port}`,
    });
    try {
      await routed('slow', 'SLOW');
      await sell('SLOW', 10);
      proxy.set({ throttle: 8_000 });
      const { code, output } = await client.ask('-once');
      expect([code, await queued('slow')], output).toEqual([0, 0]);
      expect(await verify('slow', client.digests())).toMatchObject({ lost: 0, doubled: 0, damaged: 0 });
    } finally {
      await proxy.stop();
    }
  }, 60_000);
});

/**
 * The client's own parts over real TLS and a real folder, but with a clock of the test: its pauses between attempts are short, so that
 * hundreds of cuts take seconds, and its time of day may jump.
 */
async function openFastClient(
  client: ClientProcess,
  proxy: FaultProxy,
  jump: () => number,
): Promise<{ connection: Connection; lines: string[] }> {
  const lines: string[] = [];
  const clock: Clock = {
    now: () => Date.now() + jump(),
    sleep: (milliseconds, signal) => systemClock.sleep(Math.min(milliseconds, 2), signal),
    after: systemClock.after,
  };
  const log = createLogger('info', 'en', clock.now, [(line) => lines.push(line)]);
  const certificates = await readCertificates(join(client.folder, 'ca.crt'), join(client.folder, `${client.name}.pem`));
  mkdirSync(client.storage, { recursive: true });
  const feed = createFeed({
    address: { host: 'localhost', port: proxy.port },
    ca: certificates.ca,
    certificate: certificates.pem,
    proxy: undefined,
    instance: randomUUID(),
    userAgent: 'Stat_Client/test',
    language: 'en',
    clock,
    rejection: () => undefined,
  });
  const connection = createConnection({
    feeds: [{ address: `localhost:${proxy.port}`, feed }],
    folder: client.storage,
    openStorage: () =>
      openStorage({
        folder: client.storage,
        fileSystem: diskFileSystem,
        clock,
        log,
        name: createNamer(undefined, client.name, 'UTC'),
        encode: createEncoder('UTF-8'),
        onStored: () => undefined,
      }),
    clock,
    random: () => 0,
    log,
    version: 'test',
    waitSeconds: 1,
    batch: 1,
    minFreeBytes: 0,
    once: false,
    onWarnings: () => undefined,
  });
  return { connection, lines };
}

describe('cut', () => {
  test.each(['up', 'down'] as const)(
    'cut at every stage of a conversation, %s: requests, answers and acknowledgements are lost on the way, messages are not, and none comes twice',
    async (direction) => {
      const name = `cut-${direction}`;
      const proxy = await startFaultProxy({ host: '127.0.0.1', port: feedPort });
      const client = await openClient(hub, { name, folder: folder.at(name), subscriptions: onlyFor(name.toUpperCase()) });
      await routed(name, name.toUpperCase());
      await sell(name.toUpperCase(), 160);
      // A conversation has a handshake of about 2 KB each way, then pulls of 500 bytes up and of a message down.
      const last = direction === 'up' ? 5_000 : 7_000;
      const limits: Limit[] = [];
      for (let bytes = 0; bytes < last; bytes += bytes < 2_000 ? 71 : 37) {
        limits.push({ direction, bytes, how: limits.length % 2 === 0 ? 'end' : 'reset' });
      }
      proxy.cutNext(limits);
      let jump = 0;
      const fast = await openFastClient(client, proxy, () => jump);
      onTestFailed(() => void process.stderr.write(`--- client\n${fast.lines.slice(-20).join('\n')}\n--- hub\n${hub.tail()}\n`));
      const ended = fast.connection.run();
      await vi.waitUntil(() => proxy.accepted > limits.length / 3, PATIENCE);
      jump = -40 * 86_400_000;
      await vi.waitUntil(() => proxy.accepted > limits.length / 2, PATIENCE);
      jump = 20 * 86_400_000;
      await vi.waitUntil(async () => (await queued(name)) === 0, PATIENCE);
      // The messages lasted at least until the cuts came after the first answers of a conversation.
      expect(proxy.accepted).toBeGreaterThan(limits.length * 0.5);
      fast.connection.stop();
      expect(await ended).toBe(0);
      const verdict = await verify(name, client.digests());
      expect(verdict).toMatchObject({ files: verdict.messages, lost: 0, doubled: 0, damaged: 0 });
      expect(verdict.messages).toBeGreaterThan(150);
      expect(client.files().every((file) => readFileSync(join(client.storage, file)).length > 100)).toBe(true);
      const { rows } = await run<{ n: number }>(
        store.database.work,
        "SELECT count(*) AS n FROM ticket_history JOIN ticket_client USING (client_id) WHERE name = $1 AND outcome = 'delivered'",
        [name],
      );
      expect(rows[0]?.n).toBe(verdict.messages);
      // Answers were lost after the hub had sent them: the same message came again, was acknowledged again, and was not stored again.
      if (direction === 'down') expect(fast.lines.filter((line) => line.includes('OT1003')).length).toBe(verdict.messages);
      await proxy.stop();
    },
    90_000,
  );
});
