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

/** Makes orders one after another. @returns milliseconds from each action to its receipt, sorted. */
async function latencies(organization: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < ORDERS; n += 1) {
    const before = calm.received.length;
    const begun = performance.now();
    await hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia' }).expect(201);
    await vi.waitUntil(() => calm.received.length > before, PATIENCE);
    times.push(performance.now() - begun);
  }
  return times.toSorted((a, b) => a - b);
}

test(`F19: ${FLOOD} deliveries that are due at once for one endpoint do not make another one wait`, async () => {
  const organization = await hub.organization();
  const target = await hub.endpoint({ url: `${flooded.address}/in`, events: ['ReservePriceChanged'], concurrency: 8 });
  await hub.endpoint({ url: `${calm.address}/in`, events: ['ReserveCreated'] });
  flooded.answer = async (_, response) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    response.writeHead(200).end();
  };
  await latencies(organization);
  const alone = await latencies(organization);
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
  const beside = await latencies(organization);
  // The flood was there all the time, and was worked on.
  const [left] = (await run<{ n: number }>(database.work, 'SELECT count(*)::int AS n FROM delivery_due WHERE target = $1', [target])).rows;
  expect(left?.n).toBeGreaterThan(FLOOD / 4);
  expect(left?.n).toBeLessThan(FLOOD - 20);
  expect(flooded.mostOpen).toBeLessThanOrEqual(8);
  const median = Math.floor(ORDERS / 2);
  expect(beside[median]).toBeLessThan(2 * (alone[median] ?? 0) + 50);
  expect(beside.at(-2)).toBeLessThan(2 * (alone.at(-2) ?? 0) + 300);
});
