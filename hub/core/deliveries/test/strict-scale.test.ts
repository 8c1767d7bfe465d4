import { expect, test, vi } from 'vitest';
import { delivered, failed, PATIENCE, useWorkshop } from './support/workshop.ts';

/** Strict order with thousands of items of one key: an import of codes into one dictionary makes such a lane. */
const shop = useWorkshop();

/** Items of strict order, `keys` of them in turn, after those of key 0 named in `first`. */
async function fill(target: number, count: number, keys: number): Promise<void> {
  await shop.rows(
    `INSERT INTO delivery_due (engine, target, key, strict, type, ref)
     SELECT 1, $1, 1 + g % $2::int, true, 'Test', g::text FROM generate_series(0, $3::int - 1) AS g`,
    target,
    keys,
    count,
  );
}

test('an item of a long lane of one key costs as much as one of a short lane', async () => {
  const target = await shop.target({ ordering: 'strict', maxHold: 600_000 });
  await fill(target, 20_000, 1);
  await shop.hub();
  const begun = performance.now();
  await vi.waitUntil(async () => (await shop.countEnded()) >= 300, PATIENCE);
  // By looking at the whole lane for each it would be two a second.
  expect(performance.now() - begun).toBeLessThan(15_000);
  const order = shop.seen.map(({ ref }) => Number(ref));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test('an item that fails holds up thousands of its key, and none of another one behind them', async () => {
  shop.attempt = async ({ key }) => (key === 1 ? failed : delivered);
  const target = await shop.target({ ordering: 'strict', maxHold: 600_000, next: ({ endedAt }) => endedAt + 60_000 });
  await fill(target, 5_000, 1);
  await shop.rows(
    `INSERT INTO delivery_due (engine, target, key, strict, type, ref) SELECT 1, $1, 2 + g % 3, true, 'Test', 'other ' || g FROM generate_series(0, 29) AS g`,
    target,
  );
  await shop.hub();
  await shop.ended(30);
  expect(shop.seen.filter(({ ref }) => !ref.startsWith('other')).map(({ ref }) => ref)).toEqual(['0']);
  for (const key of [0, 1, 2]) {
    const order = shop.seen.map(({ ref }) => Number(ref.slice('other '.length))).filter((n) => n > 0 && n % 3 === key);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
});

test('many keys are claimed side by side', async () => {
  const target = await shop.target({ ordering: 'strict', maxHold: 600_000, capacity: 32 });
  await fill(target, 4_000, 500);
  await shop.hub();
  await shop.ended(4_000);
  const places = new Map<number, number>();
  for (const { ref } of shop.seen) {
    const number = Number(ref);
    expect(number).toBeGreaterThan(places.get(number % 500) ?? -1);
    places.set(number % 500, number);
  }
});
