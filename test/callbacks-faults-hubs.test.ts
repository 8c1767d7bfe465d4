import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { run } from '../hub/core/database/statement.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { rest } from './support/rest.ts';
import { type SteeredReceiver, startSteeredReceiver } from './support/steered-receiver.ts';

/** Spec callbacks 7.1 with two hubs on one database: what they share, and how one ends. */
let receivers: SteeredReceiver[] = [];
let database: TestDatabase;
let hubs: CallbacksHub[] = [];
let authorization = '';
// Both hubs must have the same key.
process.env['VESTNIK_SECRET_KEY'] = randomBytes(32).toString('base64url');

async function open(): Promise<CallbacksHub> {
  const hub = await openCallbacksHub(
    receivers.map(({ port }) => port),
    { database, environment: { VESTNIK_CALLBACKS__LEASE_SECONDS: '10' } },
  );
  hubs.push(hub);
  // Only the first hub on a database makes an administrator.
  if (hub.hub.administrator) ({ authorization } = hub);
  return hub;
}
async function close(hub: CallbacksHub): Promise<void> {
  hubs = hubs.filter((each) => each !== hub);
  await hub.stop();
}
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
  for (const receiver of receivers.splice(0)) await receiver.stop();
  await database?.drop();
});

const PATIENCE = { timeout: 20_000, interval: 20 };
const ask = async <R extends Record<string, unknown>>(sql: string): Promise<R[]> => (await run<R>(database.database.work, sql)).rows;
const owners = async () => (await ask<{ owner: string | null }>('SELECT owner FROM delivery_target')).map(({ owner }) => owner);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Orders of one organization, made at once; each makes a callback of type ReserveCreated. */
async function makeOrders(hub: CallbacksHub, organization: number, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 10) {
    await Promise.all(
      Array.from({ length: Math.min(left, 10) }, () =>
        rest({ http: hub.http, authorization }, 'POST', '/orders', { id_Organization: organization, ReserveType: 'avia' }).expect(201),
      ),
    );
  }
}

test('F5: two hubs distribute the same events: one delivery for each event and endpoint, each sent once', async () => {
  database = await createTestDatabase();
  receivers = [await startSteeredReceiver(), await startSteeredReceiver()];
  const first = await open();
  for (const { address } of receivers) await first.endpoint({ url: `${address}/in`, events: ['ReserveCreated'], signing: true });
  const organization = await first.organization();
  await open();
  // Each hub has one of the endpoints.
  await vi.waitUntil(async () => new Set(await owners()).size === 2 && !(await owners()).includes(null), PATIENCE);
  await makeOrders(first, organization, 120);
  await vi.waitUntil(() => receivers.every(({ received }) => received.length >= 120), PATIENCE);
  await vi.waitUntil(async () => (await ask('SELECT FROM delivery_due')).length === 0, PATIENCE);
  expect(await ask('SELECT ref, target FROM delivery GROUP BY ref, target HAVING count(*) > 1')).toEqual([]);
  expect(await ask('SELECT state, count(*)::int AS n, max(tries) AS tries FROM delivery GROUP BY state')).toEqual([
    { state: 'delivered', n: 240, tries: 1 },
  ]);
  for (const { received } of receivers) {
    expect(received).toHaveLength(120);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(120);
  }
});

test('concurrency 1 holds over both hubs, also while one takes the endpoint over from the other', async () => {
  database = await createTestDatabase();
  receivers = [await startSteeredReceiver()];
  const [receiver] = receivers as [SteeredReceiver];
  receiver.answer = async (_, response) => {
    await wait(15);
    response.writeHead(200).end();
  };
  const first = await open();
  await first.endpoint({ url: `${receiver.address}/in`, events: ['ReserveCreated'], concurrency: 1, ordering: 'none', signing: true });
  const organization = await first.organization();
  const second = await open();
  await makeOrders(second, organization, 200);
  await vi.waitUntil(() => receiver.received.length >= 50, PATIENCE);
  // The first hub owns the only endpoint; it hands it over in the middle of the work.
  await close(first);
  await vi.waitUntil(() => receiver.received.length >= 200, PATIENCE);
  await vi.waitUntil(async () => (await ask('SELECT FROM delivery_due')).length === 0, PATIENCE);
  expect(receiver.mostOpen).toBe(1);
  expect(receiver.received).toHaveLength(200);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(200);
  expect(await ask('SELECT DISTINCT number, outcome FROM delivery_attempt')).toEqual([{ number: 1, outcome: 'delivered' }]);
});

test('F22: a hub that is told to end begins nothing, lets attempts under way finish, and releases the rest at once', async () => {
  database = await createTestDatabase();
  receivers = [await startSteeredReceiver(), await startSteeredReceiver()];
  const [slow, quick] = receivers as [SteeredReceiver, SteeredReceiver];
  const release = Promise.withResolvers<void>();
  slow.answer = async (_, response) => {
    await release.promise;
    response.writeHead(200).end();
  };
  const first = await open();
  const one = await first.endpoint({ url: `${slow.address}/in`, events: ['ReserveCreated'], concurrency: 2, timeout: 60 });
  await first.endpoint({ url: `${quick.address}/in`, events: ['ReserveCreated'] });
  const organization = await first.organization();
  await makeOrders(first, organization, 10);
  await vi.waitUntil(() => slow.open === 2 && quick.received.length === 10, PATIENCE);
  const second = await open();
  let ended = false;
  const closing = close(first).then(() => {
    ended = true;
  });
  // What had not begun is given back, and the endpoint with nothing under way has another hub, while those two attempts still run.
  await vi.waitUntil(
    async () => (await ask(`SELECT FROM delivery_due WHERE target = ${one} AND holder IS NOT NULL`)).length === 2,
    PATIENCE,
  );
  await makeOrders(second, organization, 1);
  await vi.waitUntil(() => quick.received.length === 11, PATIENCE);
  // Longer than its lease: it is renewed while the hub drains, and nobody takes over what is under way.
  await wait(11_000);
  expect(ended).toBe(false);
  expect(slow.received).toHaveLength(2);
  release.resolve();
  await closing;
  await vi.waitUntil(() => slow.received.length === 11, PATIENCE);
  await vi.waitUntil(async () => (await ask('SELECT FROM delivery_due')).length === 0, PATIENCE);
  expect(await ask('SELECT DISTINCT number, outcome FROM delivery_attempt')).toEqual([{ number: 1, outcome: 'delivered' }]);
});
