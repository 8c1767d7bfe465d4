import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import { openDatabase } from '../hub/core/database/database.ts';
import { run } from '../hub/core/database/statement.ts';
import { createEventStore } from '../hub/core/events/subscribe.ts';
import { verifyFolders } from '../hub/demo/verify.ts';
import { createOperationSource } from '../hub/tickets/samples/operation-source.ts';
import { air, message } from '../hub/tickets/test/control-messages.ts';
import { type ClientProcess, openClient } from './support/client-process.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { CONSISTENT, findInconsistencies } from './support/database-of-hub.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { startLoad } from './support/load.ts';
import { asNow } from './support/operations.ts';
import { rest } from './support/rest.ts';
import { aheadBy } from './support/shifted-clock.ts';

/**
 * Two hubs on one database (spec 9.1): both take operations in, either may die, clients go to the other. The clock of the second is five
 * days ahead: neither order nor sameness may stand on the clock of a hub. (What is kept for so many days does: events, by default, for seven.)
 */
const AHEAD = 5 * 86_400_000;
const PATIENCE = { timeout: 45_000, interval: 10 };
const folder = createFolder('two-hubs');
let store: TestDatabase;
let hubs: [HubProcess, HubProcess];
/** Knows both hubs, the first of them first. */
let client: ClientProcess;
beforeAll(async () => {
  store = await createTestDatabase();
  const environment = { VESTNIK_SECRET_KEY: randomBytes(32).toString('base64url') };
  const first = createHubProcess({ folder: folder.at('hub-1'), databaseUrl: store.url, environment });
  await first.start();
  const second = createHubProcess({
    folder: folder.at('hub-2'),
    databaseUrl: store.url,
    environment: { ...environment, NODE_OPTIONS: aheadBy(AHEAD) },
    authorization: first.authorization,
  });
  await second.start();
  hubs = [first, second];
  client = await openClient(first, { name: 'agency', folder: folder.at('agency'), connect: `${first.feed},${second.feed}` });
});
afterAll(async () => {
  await client?.stop();
  await Promise.all(hubs?.map((hub) => hub.stop()) ?? []);
  await store?.drop();
  folder.remove();
});

const tellOnFailure = (): void =>
  onTestFailed(() => {
    for (const [at, hub] of hubs.entries()) process.stderr.write(`--- hub ${at + 1}\n${hub.tail()}\n`);
    process.stderr.write(`--- client\n${client.tail()}\n`);
  });

const queued = async (): Promise<number> =>
  (await run<{ n: number }>(store.database.work, 'SELECT count(*) AS n FROM ticket_message')).rows[0]?.n ?? -1;
const waitingAt = async (hub: HubProcess): Promise<number> =>
  Number(/^vestnik_feed_waiting (\d+)/m.exec(await (await fetch(`${hub.http}/metrics`)).text())?.[1] ?? -1);

test('the same operation sent to both at once is stored once', async () => {
  for (let pair = 0; pair < 50; pair += 1) {
    const operation = asNow(message('issue', air('ETICKET', 'issued', `42142${String(pair).padStart(8, '0')}`)), `pair-${pair}`);
    const answers = await Promise.all(hubs.map((hub) => rest(hub, 'POST', '/tickets/operations', operation)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(answers[0]?.body.documents).toEqual(answers[1]?.body.documents);
  }
});

test('operations to both at once, the hub of the client killed and another time stopped: it goes to the other, nothing is lost or doubled', async () => {
  tellOnFailure();
  const [first, second] = hubs;
  // A module that subscribes on both hubs, and writes down what it sees in the transaction that moves its cursor.
  await run(store.database.work, 'CREATE TABLE seen (id text)');
  const databases = [1, 2].map((n) => openDatabase({ url: store.url, poolSize: 3, queuePoolSize: 1, name: `subscriber ${n}` }));
  const subscribers = databases.map((database) => createEventStore({ database, keepDays: 7 }));
  for (const events of subscribers) {
    await events.start();
    await events.subscribe('test.watch', ['vestnik.tickets.operation.recorded'], async (tx, news) => {
      const ids = news.map(({ data }) => String(data['id']));
      await run(tx, 'INSERT INTO seen SELECT unnest($1::text[])', [ids]);
    });
  }
  client.start();
  await vi.waitUntil(async () => (await waitingAt(first)) === 1, PATIENCE);
  const sources = [11, 12, 13, 14].map((seed) => createOperationSource({ seed, start: Temporal.Now.instant() }));
  const loads = hubs.map((hub, at) =>
    startLoad({
      // Each sender has its own hub, and the other one when that is away.
      hubs: [hub, hubs[1 - at] ?? hub],
      authorization: first.authorization,
      patient: sources.slice(at * 2, at * 2 + 2).map((source) => source.next),
      every: 10,
    }),
  );
  const answered = (): number => loads.reduce((sum, load) => sum + load.answered.size, 0);
  const grow = async (by: number): Promise<void> => {
    const [operations, files] = [answered() + by, client.files().length + by];
    await vi.waitUntil(() => answered() >= operations && client.files().length >= files, PATIENCE);
  };
  await grow(60);
  await first.kill();
  // Files go on coming, now through the other hub.
  await grow(60);
  expect(client.log()).toContain(`connected to ${second.feed}`);
  await first.start();
  await grow(20);
  expect(await second.stop()).toBe(0);
  await grow(60);
  await second.start();
  await grow(20);
  await Promise.all(loads.map((load) => load.stop()));
  await vi.waitUntil(async () => (await queued()) === 0, PATIENCE);
  await client.stop();

  expect(await findInconsistencies(store.database)).toEqual(CONSISTENT);
  const verdict = await verifyFolders(store.database, [{ client: 'agency', digests: client.digests() }]);
  expect(verdict).toMatchObject({ files: verdict.messages, lost: 0, doubled: 0, damaged: 0 });
  const documents = loads.flatMap((load) =>
    [...load.answered.values()].flatMap((each) => each.documents.map(({ documentId }) => documentId)),
  );
  const { rows } = await run<{ document_id: string }>(store.database.work, 'SELECT document_id FROM ticket_history');
  const delivered = new Set(rows.map((row) => row.document_id));
  expect(documents.filter((id) => !delivered.has(id))).toEqual([]);
  expect(new Set(documents).size).toBe(documents.length);
  const ids = loads.flatMap((load) => [...load.answered.keys()]);
  const seen = async (): Promise<string[]> =>
    // A subscription may begin a little before its moment, where a transaction was open then: with operations of the test before.
    (await run<{ id: string }>(store.database.work, "SELECT id FROM seen WHERE id NOT LIKE 'pair-%'")).rows.map(({ id }) => id);
  await vi.waitUntil(async () => (await seen()).length >= ids.length, PATIENCE);
  expect((await seen()).sort()).toEqual(ids.sort());
  await Promise.all(subscribers.map((events) => events.stop()));
  await Promise.all(databases.map((database) => database.close()));
}, 120_000);

test('a certificate that is revoked at one hub while its client polls at the other: cut within a second, then refused', async () => {
  tellOnFailure();
  const [first, second] = hubs;
  for (const [at, hub] of [second, first].entries()) {
    const name = `revoked-${at}`;
    const revoked = await openClient(first, { name, folder: folder.at(name), connect: hub.feed, wait: 20 });
    try {
      revoked.start();
      await vi.waitUntil(async () => (await waitingAt(hub)) === 1, PATIENCE);
      const other = hub === first ? second : first;
      await rest(other, 'DELETE', `/tickets/clients/${name}/certificates?reason=stolen`).expect(200);
      // The pull would have waited 20 s by itself.
      await vi.waitUntil(async () => (await waitingAt(hub)) === 0, { timeout: 10_000, interval: 5 });
      await vi.waitUntil(() => revoked.log().includes('OT2008 the server refused the certificate: CERT_REVOKED'), PATIENCE);
    } finally {
      await revoked.stop();
    }
  }
});
