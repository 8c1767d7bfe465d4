import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { run } from '../hub/core/database/statement.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { type SteeredReceiver, startSteeredReceiver } from './support/steered-receiver.ts';

/**
 * Spec callbacks 7.1, F19: one endpoint gets very many events at once, CALLBACKS_FLOOD of them. Here it is shown that others do not wait for them;
 * the ratio of the spec is measured by bench/callbacks, on a machine that does nothing else.
 */
const FLOOD = Number(process.env['CALLBACKS_FLOOD'] || 20_000);
let flooded: SteeredReceiver;
let calm: SteeredReceiver;
let hub: CallbacksHub;
beforeAll(async () => {
  flooded = await startSteeredReceiver();
  calm = await startSteeredReceiver();
  hub = await openCallbacksHub([flooded.port, calm.port]);
});
afterAll(async () => {
  await hub.stop();
  await flooded.stop();
  await calm.stop();
});

const PATIENCE = { timeout: 20_000, interval: 10 };
const ORDERS = 60;

/** Makes orders one after another, each when the callback of the one before has come. */
async function makeOrders(organization: number): Promise<void> {
  for (let n = 0; n < ORDERS; n += 1) {
    const before = calm.received.length;
    await hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia' }).expect(201);
    await vi.waitUntil(() => calm.received.length > before, PATIENCE);
  }
}

test(`F19: ${FLOOD} deliveries that are due at once for one endpoint do not make another one wait`, async () => {
  const organization = await hub.organization();
  const target = await hub.endpoint({ url: `${flooded.address}/in`, events: ['ReservePriceChanged'], concurrency: 8 });
  await hub.endpoint({ url: `${calm.address}/in`, events: ['ReserveCreated'] });
  flooded.answer = async (_, response) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    response.writeHead(200).end();
  };
  await makeOrders(organization);
  const { database } = hub.database;
  const [event] = (await run<{ ref: string }>(database.work, 'SELECT ref FROM delivery ORDER BY id DESC LIMIT 1')).rows;
  // All of one order, so that they follow one another; and as many of others.
  await run(
    database.work,
    `INSERT INTO delivery_due (engine, target, key, type, ref)
     SELECT 1, $1, CASE WHEN g % 2 = 0 THEN 1 ELSE g END, 'ReservePriceChanged', $2 FROM generate_series(1, $3::int) AS g`,
    [target, event?.ref ?? '', FLOOD],
  );
  await run(database.work, "SELECT pg_notify('vestnik_delivery', $1)", [`1:${target}`]);
  await vi.waitUntil(() => flooded.received.length > 20, PATIENCE);
  await makeOrders(organization);
  // All of these came while the flood was there: nobody waited for it to end, and it was worked on.
  const [left] = (await run<{ n: number }>(database.work, 'SELECT count(*)::int AS n FROM delivery_due WHERE target = $1', [target])).rows;
  expect(left?.n).toBeGreaterThan(FLOOD / 4);
  expect(left?.n).toBeLessThan(FLOOD - 20);
  expect(flooded.mostOpen).toBeLessThanOrEqual(8);
});
