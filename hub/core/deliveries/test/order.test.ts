import { describe, expect, test, vi } from 'vitest';
import { delivered, failed, PATIENCE, range, useWorkshop } from './support/workshop.ts';

const shop = useWorkshop();

/** Notes which keys have attempts under way at once. */
function watchKeys() {
  const running = new Map<number, number>();
  let overlaps = 0;
  return {
    overlaps: () => overlaps,
    async during<T>(key: number, work: () => Promise<T>): Promise<T> {
      const before = running.get(key) ?? 0;
      if (before > 0) overlaps += 1;
      running.set(key, before + 1);
      try {
        return await work();
      } finally {
        running.set(key, (running.get(key) ?? 1) - 1);
      }
    },
  };
}
const soon = () => new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 4));

describe('start', () => {
  test('first attempts of a key follow one another, and keys do not wait for each other', async () => {
    const keys = watchKeys();
    let atOnce = 0;
    let most = 0;
    shop.attempt = ({ key }) =>
      keys.during(key, async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await soon();
        atOnce -= 1;
        return delivered;
      });
    await shop.hub();
    const target = await shop.target({ ordering: 'start' });
    await shop.deliver(...range(1, 200).map((n) => ({ target, key: 1 + (n % 10), ref: String(n) })));
    await shop.ended(200);
    expect(keys.overlaps()).toBe(0);
    expect(most).toBeGreaterThan(1);
    for (const key of range(1, 10)) {
      const order = shop.seen.map(({ ref }) => Number(ref)).filter((n) => 1 + (n % 10) === key);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(order).toHaveLength(20);
    }
  });

  test('a first attempt that failed does not hold the next item of its key', async () => {
    shop.attempt = async ({ ref }) => (ref === '1' ? failed : delivered);
    await shop.hub();
    const target = await shop.target({ ordering: 'start', next: ({ spent, endedAt }) => (spent >= 2 ? undefined : endedAt + 400) });
    await shop.deliver({ target, key: 7, ref: '1' }, { target, key: 7, ref: '2' });
    await shop.ended(2);
    expect(shop.seen.map(({ ref, lane }) => `${ref}/${lane}`)).toEqual(['1/0', '2/0', '1/1']);
  });

  test('thousands of items of one key do not hold up another key of the target', async () => {
    const first = Promise.withResolvers<void>();
    shop.attempt = async ({ key }) => {
      if (key === 1) await first.promise;
      return delivered;
    };
    await shop.hub();
    const target = await shop.target({ ordering: 'start' });
    await shop.deliver(...range(1, 3_000).map((n) => ({ target, key: 1, ref: `many ${n}` })), { target, key: 2, ref: 'other' });
    await vi.waitUntil(() => shop.seen.some(({ ref }) => ref === 'other'), PATIENCE);
    expect(shop.seen.filter(({ ref }) => ref !== 'other')).toHaveLength(1);
    first.resolve();
    await shop.ended(3_001);
    expect(shop.seen.filter(({ ref }) => ref !== 'other').map(({ ref }) => ref)).toEqual(range(1, 3_000).map((n) => `many ${n}`));
  });
});

describe('strict', () => {
  test('an item waits until the one before it has ended; other keys go on', async () => {
    let calls = 0;
    shop.attempt = async ({ ref }) => (ref === 'a1' && ++calls < 3 ? failed : delivered);
    await shop.hub();
    const target = await shop.target({ ordering: 'strict', next: ({ spent, endedAt }) => (spent >= 9 ? undefined : endedAt + 100) });
    const strict = { target, strict: true };
    await shop.deliver(
      { ...strict, key: 1, ref: 'a1' },
      { ...strict, key: 1, ref: 'a2' },
      { ...strict, key: 1, ref: 'a3' },
      { ...strict, key: 2, ref: 'b' },
    );
    await shop.ended(4);
    expect(shop.seen.filter(({ ref }) => ref !== 'b').map(({ ref }) => ref)).toEqual(['a1', 'a1', 'a1', 'a2', 'a3']);
    expect(shop.seen.findIndex(({ ref }) => ref === 'b')).toBeLessThan(3);
  });

  test('an item that fails for longer than maxHold lets the next one pass', async () => {
    shop.attempt = async ({ ref }) => (ref === 'a1' ? failed : delivered);
    await shop.hub();
    const target = await shop.target({
      ordering: 'strict',
      maxHold: 300,
      next: ({ spent, endedAt }) => (spent >= 100 ? undefined : endedAt + 100),
    });
    await shop.deliver({ target, strict: true, key: 1, ref: 'a1' }, { target, strict: true, key: 1, ref: 'a2' });
    await vi.waitUntil(() => shop.seen.some(({ ref }) => ref === 'a2'), PATIENCE);
    expect(shop.seen.findIndex(({ ref }) => ref === 'a2')).toBeGreaterThan(2);
    await shop.ended(1);
    expect(await shop.rows('SELECT ref FROM delivery')).toEqual([{ ref: 'a2' }]);
  });
});

describe('capacity and rate', () => {
  test('no more attempts at once than the capacity, over two hubs', async () => {
    let atOnce = 0;
    let most = 0;
    shop.attempt = async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await soon();
      atOnce -= 1;
      return delivered;
    };
    await shop.hub();
    await shop.hub();
    const target = await shop.target({ capacity: 3 });
    await shop.deliver(...range(1, 300).map((n) => ({ target, ref: String(n) })));
    await shop.ended(300);
    expect(most).toBe(3);
  });

  test('no more attempts a second than the rate, and none of them is lost', async () => {
    const at: number[] = [];
    shop.attempt = async () => {
      at.push(performance.now());
      return delivered;
    };
    await shop.hub();
    const target = await shop.target({ rate: 20 });
    await shop.deliver(...range(1, 50).map((n) => ({ target, ref: String(n) })));
    await shop.ended(50);
    // A second's worth may go at once; after that one each 50 ms.
    for (let n = 0; n + 25 < at.length; n += 1) expect((at[n + 25] as number) - (at[n] as number)).toBeGreaterThan(150);
    expect((at.at(-1) as number) - (at[0] as number)).toBeGreaterThan(1_300);
    expect(await shop.rows('SELECT DISTINCT number FROM delivery_attempt')).toEqual([{ number: 1 }]);
  });

  test('one target that does not answer leaves the slots to the others, and its own later attempts leave them to its first', async () => {
    const dead = Promise.withResolvers<void>();
    shop.attempt = async ({ target: of }) => {
      if (of === slow) await dead.promise;
      return delivered;
    };
    await shop.hub({ slots: 16 });
    const slow = await shop.target({ capacity: 4 });
    const healthy = await shop.target({ capacity: 4 });
    await shop.deliver(
      ...range(1, 100).map((n) => ({ target: slow, ref: `slow ${n}` })),
      ...range(1, 100).map((n) => ({ target: healthy, ref: `fine ${n}` })),
    );
    await shop.ended(100);
    expect(shop.seen.filter(({ target }) => target === slow)).toHaveLength(4);
    dead.resolve();
    await shop.ended(200);
  });

  test('later attempts of many targets leave half of the hub to first attempts', async () => {
    const later = Promise.withResolvers<void>();
    shop.attempt = async ({ lane, ref }) => {
      if (ref === 'fresh') return delivered;
      if (lane === 0) return failed;
      await later.promise;
      return delivered;
    };
    await shop.hub({ slots: 10 });
    const targets = await Promise.all(range(1, 20).map(() => shop.target()));
    await shop.deliver(...targets.map((target) => ({ target, ref: 'retried' })));
    await vi.waitUntil(() => shop.seen.filter(({ lane }) => lane === 1).length === 5, PATIENCE);
    await shop.deliver(...targets.map((target) => ({ target, ref: 'fresh' })));
    await shop.ended(20);
    expect(shop.seen.filter(({ lane }) => lane === 1)).toHaveLength(5);
    later.resolve();
    await shop.ended(40);
  });
});
