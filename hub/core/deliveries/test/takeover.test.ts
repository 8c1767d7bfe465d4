import { describe, expect, test, vi } from 'vitest';
import { startDatabaseProxy } from '../../../../test/support/database-proxy.ts';
import { delivered, failed, PATIENCE, range, useWorkshop } from './support/workshop.ts';

const shop = useWorkshop();
const owners = () => shop.rows<{ owner: string | null; n: number }>('SELECT owner, count(*)::int AS n FROM delivery_target GROUP BY owner');

describe('a hub that is killed', () => {
  test('leaves nothing behind that another does not take up; an attempt of which nobody knows costs none', async () => {
    const first = await shop.hub();
    const target = await shop.target({ capacity: 4, next: ({ spent, endedAt }) => (spent >= 2 ? undefined : endedAt + 50) });
    shop.attempt = () => new Promise(() => undefined);
    await shop.deliver(...range(1, 20).map((n) => ({ target, ref: String(n) })));
    await vi.waitUntil(() => shop.seen.length === 4, PATIENCE);
    first.kill();
    shop.attempt = async () => failed;
    let tookOver = 0;
    await shop.hub({
      tookOver: (attempts) => {
        tookOver += attempts;
      },
    });
    await shop.ended(20);
    // Two attempts with a known outcome each, and those four again.
    const tries = await shop.rows<{ tries: number; n: number }>(
      'SELECT tries, count(*)::int AS n FROM delivery GROUP BY tries ORDER BY tries',
    );
    const outcomes = await shop.rows<{ outcome: string; n: number }>(
      'SELECT outcome, count(*)::int AS n FROM delivery_attempt GROUP BY outcome ORDER BY outcome',
    );
    const unknown = outcomes.find(({ outcome }) => outcome === 'unknown')?.n ?? 0;
    expect(outcomes.find(({ outcome }) => outcome === 'failed')?.n).toBe(40);
    // What it had claimed counts as begun, whether or not it was.
    expect(unknown).toBeGreaterThanOrEqual(4);
    expect(tookOver).toBe(unknown);
    expect(tries.map((row) => row.tries * row.n).reduce((a, b) => a + b)).toBe(40 + unknown);
  });

  test('in a later attempt has spent it: no crash makes more attempts than the policy allows', async () => {
    let calls = 0;
    shop.attempt = async () => {
      calls += 1;
      if (calls === 2) return new Promise(() => undefined);
      return failed;
    };
    const first = await shop.hub();
    const target = await shop.target({ next: ({ spent, endedAt }) => (spent >= 3 ? undefined : endedAt + 20) });
    await shop.deliver({ target, ref: 'a' });
    await vi.waitUntil(() => calls === 2, PATIENCE);
    first.kill();
    await shop.hub();
    await shop.ended(1);
    expect(calls).toBe(3);
    expect(await shop.rows('SELECT number, outcome FROM delivery_attempt ORDER BY number')).toEqual([
      { number: 1, outcome: 'failed' },
      { number: 2, outcome: 'unknown' },
      { number: 3, outcome: 'failed' },
    ]);
  });
});

describe('several hubs', () => {
  test('share the targets, and each item is attempted once', async () => {
    await shop.hub();
    const targets = await Promise.all(range(1, 10).map(() => shop.target()));
    await shop.hub();
    await vi.waitUntil(async () => (await owners()).filter(({ owner, n }) => owner !== null && n === 5).length === 2, PATIENCE);
    await shop.deliver(...range(1, 500).map((n) => ({ target: targets[n % 10] as number, ref: String(n) })));
    await shop.ended(500);
    expect(new Set(shop.seen.map(({ ref }) => ref)).size).toBe(500);
    expect(shop.seen).toHaveLength(500);
    expect(new Set(shop.seen.map(({ hub }) => hub)).size).toBe(2);
  });

  test('a hub that stops gives back what has not begun, and its targets', async () => {
    const release = Promise.withResolvers<void>();
    shop.attempt = async () => {
      await release.promise;
      return delivered;
    };
    const first = await shop.hub();
    const target = await shop.target({ capacity: 2 });
    await shop.deliver(...range(1, 10).map((n) => ({ target, ref: String(n) })));
    await vi.waitUntil(() => shop.seen.length === 2, PATIENCE);
    const stopped = first.stop();
    await vi.waitUntil(
      async () => (await shop.rows<{ n: number }>('SELECT count(*)::int AS n FROM delivery_due WHERE holder IS NOT NULL'))[0]?.n === 2,
      PATIENCE,
    );
    release.resolve();
    await stopped;
    expect(await owners()).toEqual([{ owner: null, n: 1 }]);
    await shop.hub();
    await shop.ended(10);
    expect(shop.seen).toHaveLength(10);
    expect(await shop.rows('SELECT DISTINCT number FROM delivery_attempt')).toEqual([{ number: 1 }]);
  });
});

test('while the database is away nothing begins, and answers that came are stored when it is back', async () => {
  const release = Promise.withResolvers<void>();
  shop.attempt = async () => {
    await release.promise;
    return delivered;
  };
  const { proxy, url } = await startDatabaseProxy(shop.db.url);
  const hub = await shop.hub({ url });
  const target = await shop.target({ capacity: 2 });
  await shop.deliver(...range(1, 6).map((n) => ({ target, ref: String(n) })));
  await vi.waitUntil(() => shop.seen.length === 2, PATIENCE);
  await proxy.refuse();
  proxy.cut('reset');
  release.resolve();
  // The lease of a second runs out meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await shop.rows('SELECT * FROM delivery_attempt')).toEqual([]);
  await proxy.accept();
  await shop.ended(6);
  expect(shop.seen).toHaveLength(6);
  expect(await shop.rows('SELECT DISTINCT outcome FROM delivery_attempt')).toEqual([{ outcome: 'delivered' }]);
  await hub.stop();
  await proxy.stop();
});
