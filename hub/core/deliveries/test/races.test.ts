import { describe, expect, test, vi } from 'vitest';
import { run } from '../../database/statement.ts';
import { cancelDeliveries, enqueueHere, type HandOver } from '../enqueue.ts';
import { delivered, failed, PATIENCE, range, useWorkshop } from './support/workshop.ts';

const shop = useWorkshop();
const begun = (count: number) => vi.waitUntil(() => shop.seen.length === count, PATIENCE);
/** Statements of others that wait for a lock. */
const waiting = (count: number) =>
  vi.waitUntil(async () => {
    const rows = await shop.rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
    return rows.length >= count;
  }, PATIENCE);

describe('a delivery that is canceled', () => {
  test.each(['delivered', 'failed'])('while its outcome (%s) is being stored ends', async (outcome) => {
    const release = Promise.withResolvers<void>();
    shop.attempt = async () => {
      await release.promise;
      return outcome === 'delivered' ? delivered : failed;
    };
    await shop.hub();
    const target = await shop.target();
    const ids = await shop.deliver({ target, ref: 'a' });
    await begun(1);
    await shop.db.database.transaction(async (tx) => {
      expect(await cancelDeliveries(tx, 'callbacks', target, ids, 'canceled', 'by_operator')).toEqual({ ended: 0, underWay: 1 });
      release.resolve();
      await waiting(1);
    });
    expect(await shop.ended(1)).toMatchObject([{ ref: 'a', state: outcome === 'delivered' ? 'delivered' : 'canceled' }]);
    expect(await shop.rows('SELECT * FROM delivery_due')).toEqual([]);
    expect(shop.seen).toHaveLength(1);
  });

  test('after it was claimed and before it has begun is not tried', async () => {
    const release = Promise.withResolvers<void>();
    shop.attempt = async () => {
      await release.promise;
      return delivered;
    };
    await shop.hub();
    const target = await shop.target({ capacity: 1 });
    const ids = await shop.deliver(...range(1, 4).map((n) => ({ target, ref: String(n) })));
    await begun(1);
    await vi.waitUntil(async () => (await shop.rows('SELECT FROM delivery_due WHERE holder IS NOT NULL')).length === 4, PATIENCE);
    await shop.db.database.transaction((tx) => cancelDeliveries(tx, 'callbacks', target, ids.slice(1, 3), 'canceled', 'by_operator'));
    expect(await shop.ended(2)).toMatchObject([
      { ref: '2', state: 'canceled', tries: 0 },
      { ref: '3', state: 'canceled', tries: 0 },
    ]);
    release.resolve();
    await shop.ended(4);
    expect(shop.seen.map(({ ref }) => ref)).toEqual(['1', '4']);
  });

  test('at the moment of its claim is found, whoever comes first', async () => {
    const target = await shop.target({ held: true });
    const ids = await shop.deliver({ target, ref: 'a' });
    const claimed = Promise.withResolvers<void>();
    const claim = shop.db.database.transaction(async (tx) => {
      await run(tx, 'UPDATE delivery_due SET holder = gen_random_uuid(), tries = 1');
      claimed.resolve();
      await waiting(1);
    });
    await claimed.promise;
    const canceled = shop.db.database.transaction((tx) => cancelDeliveries(tx, 'callbacks', target, ids, 'canceled', 'by_operator'));
    await claim;
    expect(await canceled).toEqual({ ended: 0, underWay: 1 });
    expect(await shop.rows('SELECT canceled FROM delivery_due')).toEqual([{ canceled: true }]);
  });
});

test('what was left out of a crowded key goes before what came later', async () => {
  const first = Promise.withResolvers<void>();
  let pace = Promise.resolve();
  shop.attempt = async ({ key, ref }) => {
    if (key === 1 && ref === '1') await first.promise;
    if (key === 1) await pace;
    return delivered;
  };
  await shop.hub();
  const target = await shop.target({ ordering: 'start', capacity: 4 });
  await shop.deliver(
    ...range(1, 40).map((n) => ({ target, key: 1, ref: String(n) })),
    ...range(1, 40).map((n) => ({ target, key: 100 + n, ref: 'other' })),
  );
  await vi.waitUntil(() => shop.seen.filter(({ ref }) => ref === 'other').length === 40, PATIENCE);
  // These lie beyond the place that the claims of the others have reached.
  await shop.deliver(...range(41, 80).map((n) => ({ target, key: 1, ref: String(n) })));
  pace = new Promise((resolve) => setTimeout(resolve, 20));
  first.resolve();
  await shop.ended(120);
  expect(shop.seen.filter(({ ref }) => ref !== 'other').map(({ ref }) => Number(ref))).toEqual(range(1, 80));
});

test('a target changes hands only when its outcomes are stored: nothing is attempted twice', async () => {
  const storing = Promise.withResolvers<void>();
  await shop.hub({
    async record(_, settled) {
      await storing.promise;
      return settled.map(() => null);
    },
  });
  const targets = [await shop.target(), await shop.target()];
  await shop.deliver(...targets.map((target) => ({ target, ref: String(target) })));
  await begun(2);
  const second = await shop.hub();
  // The first hub has one target too many now, with nothing under way.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await shop.rows('SELECT FROM delivery_target WHERE owner = $1', second.id)).toEqual([]);
  storing.resolve();
  await shop.ended(2);
  await vi.waitUntil(async () => (await shop.rows('SELECT FROM delivery_target WHERE owner = $1', second.id)).length === 1, PATIENCE);
  expect(shop.seen).toHaveLength(2);
  expect(await shop.rows('SELECT DISTINCT outcome FROM delivery_attempt')).toEqual([{ outcome: 'delivered' }]);
});

describe('what is handed over as it is stored', () => {
  const store = (target: number, refs: readonly string[], handOver: HandOver) =>
    shop.db.database
      .transaction((tx) =>
        enqueueHere(
          tx,
          'callbacks',
          refs.map((ref) => ({ target, key: 1, strict: false, type: 'Test', ref, extra: null })),
          handOver,
        ),
      )
      .then((committed) => committed());

  test('does not overtake what another hub has stored just before', async () => {
    const hub = await shop.hub();
    const target = await shop.target({ ordering: 'start' });
    await shop.deliver({ target, key: 1, ref: '0' });
    await shop.ended(1);
    // The engine looks for what it has not been told of each second only; here it is not told of anything.
    const offer = await vi.waitUntil(() => hub.engine.handOver.offer(target), PATIENCE);
    await shop.rows(`INSERT INTO delivery_due (engine, target, key, type, ref) VALUES (1, $1, 1, 'Test', '1')`, target);
    await store(target, ['2', '3'], { ...hub.engine.handOver, offer: () => offer });
    await shop.ended(4);
    expect(shop.seen.map(({ ref }) => ref)).toEqual(['0', '1', '2', '3']);
  });

  test('beyond the room that there is comes in its order, too, and each once', async () => {
    const hub = await shop.hub();
    const target = await shop.target({ ordering: 'start', capacity: 2 });
    await shop.deliver({ target, key: 1, ref: '0' });
    await shop.ended(1);
    for (let batch = 0; batch < 20; batch += 1)
      await store(
        target,
        range(1, 10).map((n) => String(batch * 10 + n)),
        hub.engine.handOver,
      );
    await shop.ended(201);
    expect(shop.seen.map(({ ref }) => Number(ref))).toEqual(range(0, 200));
  });

  test('and never committed leaves no trace', async () => {
    const hub = await shop.hub();
    const target = await shop.target();
    await shop.deliver({ target, ref: '0' });
    await shop.ended(1);
    const fails = shop.db.database.transaction(async (tx) => {
      await enqueueHere(tx, 'callbacks', [{ target, key: 0, strict: false, type: 'Test', ref: 'never', extra: null }], hub.engine.handOver);
      throw new Error('the event could not be stored');
    });
    await expect(fails).rejects.toThrow('could not be stored');
    await store(target, ['1'], hub.engine.handOver);
    await shop.ended(2);
    expect(shop.seen.map(({ ref }) => ref)).toEqual(['0', '1']);
    expect(hub.engine.claimed).toBe(0);
  });
});
