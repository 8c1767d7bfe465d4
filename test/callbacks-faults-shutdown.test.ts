import { afterEach, expect, test, vi } from 'vitest';
import { openSharedHubs, type SharedHubs } from './support/callbacks-hubs.ts';
import type { SteeredReceiver } from './support/steered-receiver.ts';

/** Spec callbacks 7.1, F22: how a hub ends beside another one. */
let shared: SharedHubs;
afterEach(() => shared.stop());

const PATIENCE = { timeout: 20_000, interval: 20 };
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('F22: a hub that is told to end begins nothing, lets attempts under way finish, and releases the rest at once', async () => {
  shared = await openSharedHubs(2);
  const [slow, quick] = shared.receivers as [SteeredReceiver, SteeredReceiver];
  const release = Promise.withResolvers<void>();
  slow.answer = async (_, response) => {
    await release.promise;
    response.writeHead(200).end();
  };
  const first = await shared.open();
  const one = await first.endpoint({ url: `${slow.address}/in`, events: ['ReserveCreated'], concurrency: 2, timeout: 60 });
  await first.endpoint({ url: `${quick.address}/in`, events: ['ReserveCreated'] });
  const organization = await first.organization();
  await shared.makeOrders(first, organization, 10);
  await vi.waitUntil(() => slow.open === 2 && quick.received.length === 10, PATIENCE);
  const second = await shared.open();
  let ended = false;
  const closing = shared.close(first).then(() => {
    ended = true;
  });
  // What had not begun is given back, and the endpoint with nothing under way has another hub, while those two attempts still run.
  await vi.waitUntil(
    async () => (await shared.ask(`SELECT FROM delivery_due WHERE target = ${one} AND holder IS NOT NULL`)).length === 2,
    PATIENCE,
  );
  await shared.makeOrders(second, organization, 1);
  await vi.waitUntil(() => quick.received.length === 11, PATIENCE);
  // Longer than its lease: it is renewed while the hub drains, and nobody takes over what is under way.
  await wait(11_000);
  expect(ended).toBe(false);
  expect(slow.received).toHaveLength(2);
  release.resolve();
  await closing;
  await vi.waitUntil(() => slow.received.length === 11, PATIENCE);
  await vi.waitUntil(async () => (await shared.ask('SELECT FROM delivery_due')).length === 0, PATIENCE);
  expect(await shared.ask('SELECT DISTINCT number, outcome FROM delivery_attempt')).toEqual([{ number: 1, outcome: 'delivered' }]);
});
