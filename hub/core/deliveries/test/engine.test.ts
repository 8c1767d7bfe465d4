import { describe, expect, test, vi } from 'vitest';
import { cancelDeliveries, removeTarget } from '../enqueue.ts';
import { delivered, failed, PATIENCE, useWorkshop } from './support/workshop.ts';

const shop = useWorkshop();

describe('a delivery', () => {
  test('is tried once when it succeeds; its attempt can be read', async () => {
    await shop.hub();
    const target = await shop.target();
    const [id] = await shop.deliver({ target, ref: 'a', type: 'Hello' });
    expect(await shop.ended(1)).toEqual([{ ref: 'a', state: 'delivered', tries: 1, code: null }]);
    const attempts = await shop.rows('SELECT delivery, number, lane, outcome, status, facts FROM delivery_attempt');
    expect(attempts).toEqual([{ delivery: id, number: 1, lane: 0, outcome: 'delivered', status: 200, facts: { note: 'ok' } }]);
    expect(await shop.rows('SELECT * FROM delivery_due')).toEqual([]);
  });

  test('is tried again by the policy until it succeeds', async () => {
    let calls = 0;
    shop.attempt = async () => (++calls < 3 ? failed : delivered);
    await shop.hub();
    const target = await shop.target();
    await shop.deliver({ target, ref: 'a' });
    expect(await shop.ended(1)).toEqual([{ ref: 'a', state: 'delivered', tries: 3, code: null }]);
    const attempts = await shop.rows<{ outcome: string; lane: number; early: boolean }>(
      'SELECT outcome, lane, begun_at < due_at AS early FROM delivery_attempt ORDER BY number',
    );
    expect(attempts).toEqual([
      { outcome: 'failed', lane: 0, early: false },
      { outcome: 'failed', lane: 1, early: false },
      { outcome: 'delivered', lane: 1, early: false },
    ]);
  });

  test('ends as failed when the attempts are used up, at once when the module says so', async () => {
    shop.attempt = async ({ ref }) => (ref === 'never' ? { ...failed, result: 'rejected', code: 'header_illegal' } : failed);
    await shop.hub();
    const target = await shop.target();
    await shop.deliver({ target, ref: 'a' }, { target, ref: 'never' });
    expect(await shop.ended(2)).toEqual([
      { ref: 'a', state: 'failed', tries: 3, code: 'status' },
      { ref: 'never', state: 'rejected', tries: 1, code: 'header_illegal' },
    ]);
  });

  test('whose attempt fails on our side costs none', async () => {
    let calls = 0;
    shop.attempt = async () => {
      calls += 1;
      return calls <= 5 ? { ...failed, spends: false, notBefore: 1, health: 'unknown' } : failed;
    };
    const hub = await shop.hub();
    const target = await shop.target();
    await shop.deliver({ target, ref: 'a' });
    await vi.waitUntil(() => calls === 1, PATIENCE);
    // It waits for seconds after a fault of ours; the test does not.
    for (let n = 2; n <= 8; n += 1) {
      await vi.waitUntil(async () => {
        await shop.rows("UPDATE delivery_due SET due_at = now() - interval '1 second' WHERE holder IS NULL");
        hub.engine.wake([target]);
        return calls >= n;
      }, PATIENCE);
    }
    expect(await shop.ended(1)).toEqual([{ ref: 'a', state: 'failed', tries: 8, code: 'status' }]);
  });

  test('of a target that is held waits, and goes when it is no longer', async () => {
    const hub = await shop.hub();
    const target = await shop.target({ held: true });
    const other = await shop.target();
    await shop.deliver({ target, ref: 'held' }, { target: other, ref: 'free' });
    expect(await shop.ended(1)).toMatchObject([{ ref: 'free' }]);
    shop.policies.set(target, { ...(shop.policies.get(other) as NonNullable<ReturnType<typeof shop.policies.get>>) });
    hub.engine.wake([target]);
    expect(await shop.ended(2)).toHaveLength(2);
    expect(shop.seen.map(({ ref }) => ref)).toEqual(['free', 'held']);
  });

  test('that is canceled while it waits is not tried; one under way ends with its attempt', async () => {
    const release = Promise.withResolvers<void>();
    shop.attempt = async () => {
      await release.promise;
      return failed;
    };
    await shop.hub();
    const target = await shop.target({ capacity: 1 });
    const ids = await shop.deliver({ target, ref: 'under way' });
    await vi.waitUntil(() => shop.seen.length === 1, PATIENCE);
    shop.policies.set(target, { ...(shop.policies.get(target) as never as object), held: true } as never);
    ids.push(...(await shop.deliver({ target, ref: 'waits' })));
    const canceled = await shop.db.database.transaction((tx) => cancelDeliveries(tx, 'callbacks', target, ids, 'canceled', 'by_operator'));
    expect(canceled).toEqual({ ended: 1, underWay: 1 });
    release.resolve();
    expect(await shop.ended(2)).toMatchObject([
      { ref: 'under way', state: 'canceled' },
      { ref: 'waits', state: 'canceled', code: 'by_operator', tries: 0 },
    ]);
    expect(shop.seen).toHaveLength(1);
  });

  test('of a target that is removed ends; the log stays', async () => {
    await shop.hub();
    const target = await shop.target({ held: true });
    await shop.deliver({ target, ref: 'a' }, { target, ref: 'b' });
    await shop.db.database.transaction((tx) => removeTarget(tx, 'callbacks', target));
    expect(await shop.ended(2)).toMatchObject([
      { state: 'canceled', code: 'target_removed' },
      { state: 'canceled', code: 'target_removed' },
    ]);
    expect(await shop.rows('SELECT * FROM delivery_target')).toEqual([]);
  });

  test('whose bookkeeping cannot be stored is settled all the same, and does not hold up the others', async () => {
    await shop.hub({
      record: async (_, settled) => settled.map(({ item }) => (item.ref === 'broken' ? '{not json' : '{}')),
    });
    const target = await shop.target();
    await shop.deliver({ target, ref: 'a' }, { target, ref: 'broken' }, { target, ref: 'b' });
    expect(await shop.ended(3)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }, { state: 'delivered' }]);
    const facts = await shop.rows('SELECT ref, facts IS NULL AS empty FROM delivery_attempt JOIN delivery ON delivery = id ORDER BY id');
    expect(facts).toEqual([
      { ref: 'a', empty: false },
      { ref: 'broken', empty: true },
      { ref: 'b', empty: false },
    ]);
  });

  test('whose bookkeeping is refused for a while keeps it, and the others do not wait', async () => {
    let alone = 0;
    await shop.hub({
      async record(_, settled) {
        if (settled.some(({ item }) => item.ref === 'passing')) {
          if (settled.length === 1) alone += 1;
          // By then all others are stored: nothing else ends this wait.
          if (alone === 2) await vi.waitUntil(async () => (await shop.countEnded()) === 2, PATIENCE);
          if (alone < 3) throw new Error('a table is being migrated');
        }
        return settled.map(() => '{}');
      },
    });
    const target = await shop.target();
    await shop.deliver({ target, ref: 'a' }, { target, ref: 'passing' }, { target, ref: 'b' });
    expect(await shop.ended(3)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }, { state: 'delivered' }]);
    expect(await shop.rows('SELECT count(*)::int AS kept FROM delivery_attempt WHERE facts IS NOT NULL')).toEqual([{ kept: 3 }]);
    expect(alone).toBe(3);
  });

  test('whose attempt throws is tried again', async () => {
    let calls = 0;
    shop.attempt = async () => {
      calls += 1;
      if (calls === 1) throw new Error('a defect');
      return delivered;
    };
    await shop.hub();
    const target = await shop.target();
    await shop.deliver({ target, ref: 'a' });
    await shop.ended(1);
    expect(await shop.rows('SELECT number, outcome FROM delivery_attempt ORDER BY number')).toEqual([
      { number: 1, outcome: 'unknown' },
      { number: 2, outcome: 'delivered' },
    ]);
  });
});
