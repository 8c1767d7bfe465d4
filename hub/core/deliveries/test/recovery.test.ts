import { describe, expect, test, vi } from 'vitest';
import type { Database } from '../../database/database.ts';
import { delivered, failed, PATIENCE, POLICY, range, useWorkshop } from './support/workshop.ts';

const shop = useWorkshop();
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The way to the database, which does what it is asked and loses the answer to one statement of this name. */
function losesAnswer(name: string): { database: Database; lost: () => boolean } {
  let lost = false;
  const real = shop.db.database;
  const database: Database = {
    ...real,
    queue: {
      async query(query) {
        const answer = await real.queue.query<never>(query);
        if (query.name !== name || lost || (answer.rowCount ?? 0) === 0) return answer;
        lost = true;
        throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
      },
    },
  };
  return { database, lost: () => lost };
}

describe('a statement whose answer is lost', () => {
  test('that had claimed deliveries: they come back, and none is counted as an attempt', async () => {
    const { database, lost } = losesAnswer('deliveries.claimFirst');
    const target = await shop.target();
    await shop.deliver(...range(1, 5).map((n) => ({ target, ref: String(n) })));
    await shop.hub({ database });
    await vi.waitUntil(lost, PATIENCE);
    await shop.ended(5);
    expect(shop.seen).toHaveLength(5);
    expect(await shop.rows('SELECT DISTINCT number FROM delivery_attempt')).toEqual([{ number: 1 }]);
  });

  test('that had given deliveries back: they are due all the same, each once', async () => {
    const { database, lost } = losesAnswer('deliveries.giveBack');
    const release = Promise.withResolvers<void>();
    shop.attempt = async () => {
      await release.promise;
      return delivered;
    };
    const hub = await shop.hub({ database });
    const target = await shop.target({ capacity: 1 });
    await shop.deliver(...range(1, 5).map((n) => ({ target, ref: String(n) })));
    await vi.waitUntil(() => shop.seen.length === 1, PATIENCE);
    const policy = shop.policies.get(target) ?? POLICY;
    shop.policies.set(target, { ...policy, held: true });
    hub.engine.wake([target]);
    await vi.waitUntil(lost, PATIENCE);
    shop.policies.set(target, policy);
    release.resolve();
    await shop.ended(5);
    expect(shop.seen.map(({ ref }) => ref)).toEqual(['1', '2', '3', '4', '5']);
    expect(await shop.rows('SELECT DISTINCT number FROM delivery_attempt')).toEqual([{ number: 1 }]);
  });
});

test('what a dead hub still holds, or gives back late, before the place that claims have reached is found', async () => {
  const target = await shop.target();
  const early = await shop.rows<{ id: number }>("SELECT nextval('delivery_id') AS id FROM generate_series(1, 2)");
  await shop.deliver(...range(1, 5).map((n) => ({ target, ref: String(n) })));
  await shop.hub();
  await shop.ended(5);
  // As a hub does that was taken for dead and whose claim came through after its targets had another owner.
  await shop.rows(
    `INSERT INTO delivery_due (engine, target, id, type, ref, holder, tries, begun_at) VALUES
      (1, $1, $2, 'Test', 'held', gen_random_uuid(), 1, now()), (1, $1, $3, 'Test', 'free', NULL, 0, NULL)`,
    target,
    ...early.map(({ id }) => id),
  );
  await shop.ended(7);
  expect(
    shop.seen
      .map(({ ref }) => ref)
      .slice(5)
      .toSorted(),
  ).toEqual(['free', 'held']);
});

test('what came for a target while it was being removed ends', async () => {
  const target = await shop.target({ held: true });
  await shop.rows('DELETE FROM delivery_target WHERE target = $1', target);
  await shop.deliver({ target, ref: 'a' });
  await shop.rows(
    `INSERT INTO delivery_due (engine, target, type, ref, holder, tries, begun_at) VALUES (1, $1, 'Test', 'held', gen_random_uuid(), 1, now())`,
    target,
  );
  await shop.hub();
  await shop.ended(2);
  expect(await shop.rows('SELECT DISTINCT state, code FROM delivery')).toEqual([{ state: 'canceled', code: 'target_removed' }]);
  expect(shop.seen).toEqual([]);
});

test('a defect that makes each attempt throw is met again after a pause, not at once', async () => {
  shop.attempt = async () => {
    throw new Error('a defect');
  };
  await shop.hub();
  const target = await shop.target();
  await shop.deliver({ target, ref: 'a' });
  await vi.waitUntil(async () => (await shop.rows('SELECT FROM delivery_attempt')).length === 1, PATIENCE);
  await wait(1_000);
  expect(shop.seen).toHaveLength(1);
  const [due] = await shop.rows<{ spent: number; after: number }>(
    'SELECT spent, extract(epoch FROM due_at - now())::float8 AS after FROM delivery_due',
  );
  expect(due?.spent).toBe(0);
  expect(due?.after).toBeGreaterThan(3);
});

test('a target that is held gives back what was claimed of it', async () => {
  const release = Promise.withResolvers<void>();
  shop.attempt = async () => {
    await release.promise;
    return delivered;
  };
  const hub = await shop.hub();
  const target = await shop.target({ capacity: 1 });
  await shop.deliver(...range(1, 5).map((n) => ({ target, ref: String(n) })));
  await vi.waitUntil(() => hub.engine.claimed === 4, PATIENCE);
  shop.policies.set(target, { ...POLICY, capacity: 1, held: true });
  hub.engine.wake([target]);
  await vi.waitUntil(async () => (await shop.rows('SELECT FROM delivery_due WHERE holder IS NOT NULL')).length === 1, PATIENCE);
  expect(hub.engine.claimed).toBe(0);
  expect(await shop.rows('SELECT tries, first_at FROM delivery_due WHERE holder IS NULL LIMIT 1')).toEqual([{ tries: 0, first_at: null }]);
  shop.policies.set(target, { ...POLICY, capacity: 1 });
  release.resolve();
  await shop.ended(5);
  expect(shop.seen.map(({ ref }) => ref)).toEqual(['1', '2', '3', '4', '5']);
});

test('while outcomes cannot be stored, only so many attempts are made', async () => {
  const storing = Promise.withResolvers<void>();
  await shop.hub({
    async record(_, settled) {
      await storing.promise;
      return settled.map(() => null);
    },
  });
  const targets = await Promise.all(range(1, 4).map(() => shop.target({ capacity: 64 })));
  await shop.deliver(...range(1, 8_000).map((n) => ({ target: targets[n % 4] as number, ref: String(n) })));
  await vi.waitUntil(() => shop.seen.length >= 4_096, PATIENCE);
  await wait(500);
  expect(shop.seen.length).toBeLessThanOrEqual(4_096 + 64);
  storing.resolve();
  await shop.ended(8_000);
  expect(shop.seen).toHaveLength(8_000);
});

test('what another hub is woken for costs this one nothing', async () => {
  let renewals = 0;
  const real = shop.db.database;
  const database: Database = {
    ...real,
    queue: {
      query(query) {
        if (query.name === 'deliveries.renewHub') renewals += 1;
        return real.queue.query(query);
      },
    },
  };
  await shop.hub();
  const target = await shop.target();
  await shop.deliver({ target, ref: 'first' });
  await shop.ended(1);
  await shop.hub({ database, lease: 15_000 });
  const before = renewals;
  for (const n of range(1, 100)) await shop.deliver({ target, ref: String(n) });
  await shop.ended(101);
  // One for the first that it heard of the target, and those that come by the clock.
  expect(renewals - before).toBeLessThan(10);
});

test('a fault on our side costs a longer pause each time', async () => {
  shop.attempt = async () => ({ ...failed, spends: false, health: 'unknown' });
  const hub = await shop.hub();
  const target = await shop.target();
  await shop.deliver({ target, ref: 'a' });
  const pauses: number[] = [];
  for (const n of range(1, 4)) {
    await vi.waitUntil(async () => (await shop.rows('SELECT FROM delivery_attempt')).length === n, PATIENCE);
    const [due] = await shop.rows<{ after: number }>('SELECT extract(epoch FROM due_at - now())::float8 AS after FROM delivery_due');
    pauses.push(Math.round((due?.after ?? 0) / 5));
    await shop.rows("UPDATE delivery_due SET due_at = now() - interval '1 second'");
    hub.engine.wake([target]);
  }
  expect(pauses).toEqual([1, 2, 4, 8]);
});
