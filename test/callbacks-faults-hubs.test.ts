import { afterEach, expect, test, vi } from 'vitest';
import { openSharedHubs, type SharedHubs } from './support/callbacks-hubs.ts';
import type { SteeredReceiver } from './support/steered-receiver.ts';

/** Spec callbacks 7.1 with two hubs on one database: what they share. */
let shared: SharedHubs;
afterEach(() => shared.stop());

const PATIENCE = { timeout: 20_000, interval: 20 };
const owners = async () => (await shared.ask<{ owner: string | null }>('SELECT owner FROM delivery_target')).map(({ owner }) => owner);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('F5: two hubs distribute the same events: one delivery for each event and endpoint, each sent once', async () => {
  shared = await openSharedHubs(2);
  const first = await shared.open();
  for (const { address } of shared.receivers) await first.endpoint({ url: `${address}/in`, events: ['ReserveCreated'], signing: true });
  const organization = await first.organization();
  await shared.open();
  // Each hub has one of the endpoints.
  await vi.waitUntil(async () => new Set(await owners()).size === 2 && !(await owners()).includes(null), PATIENCE);
  await shared.makeOrders(first, organization, 120);
  await vi.waitUntil(() => shared.receivers.every(({ received }) => received.length >= 120), PATIENCE);
  await vi.waitUntil(async () => (await shared.ask('SELECT FROM delivery_due')).length === 0, PATIENCE);
  expect(await shared.ask('SELECT ref, target FROM delivery GROUP BY ref, target HAVING count(*) > 1')).toEqual([]);
  expect(await shared.ask('SELECT state, count(*)::int AS n, max(tries) AS tries FROM delivery GROUP BY state')).toEqual([
    { state: 'delivered', n: 240, tries: 1 },
  ]);
  for (const { received } of shared.receivers) {
    expect(received).toHaveLength(120);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(120);
  }
});

test('concurrency 1 holds over both hubs, also while one takes the endpoint over from the other', async () => {
  shared = await openSharedHubs(1);
  const [receiver] = shared.receivers as [SteeredReceiver];
  receiver.answer = async (_, response) => {
    await wait(15);
    response.writeHead(200).end();
  };
  const first = await shared.open();
  await first.endpoint({ url: `${receiver.address}/in`, events: ['ReserveCreated'], concurrency: 1, ordering: 'none', signing: true });
  const organization = await first.organization();
  const second = await shared.open();
  await shared.makeOrders(second, organization, 200);
  await vi.waitUntil(() => receiver.received.length >= 50, PATIENCE);
  // The first hub owns the only endpoint; it hands it over in the middle of the work.
  await shared.close(first);
  await vi.waitUntil(() => receiver.received.length >= 200, PATIENCE);
  await vi.waitUntil(async () => (await shared.ask('SELECT FROM delivery_due')).length === 0, PATIENCE);
  expect(receiver.mostOpen).toBe(1);
  expect(receiver.received).toHaveLength(200);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(200);
  expect(await shared.ask('SELECT DISTINCT number, outcome FROM delivery_attempt')).toEqual([{ number: 1, outcome: 'delivered' }]);
});
