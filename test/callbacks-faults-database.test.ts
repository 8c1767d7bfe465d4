import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { run } from '../hub/core/database/statement.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { startDatabaseProxy } from './support/database-proxy.ts';
import type { FaultProxy } from './support/fault-proxy.ts';
import { type SteeredReceiver, startSteeredReceiver } from './support/steered-receiver.ts';

/** Spec callbacks 7.1 on a whole hub: faults of the database, of its clock and of ours, and calls that come twice. */
const AWAY_SECONDS = Number(process.env['CALLBACKS_AWAY_SECONDS'] || 8);
let receiver: SteeredReceiver;
let other: SteeredReceiver;
let store: TestDatabase;
let proxy: FaultProxy;
let hub: CallbacksHub;
let organization: number;
beforeAll(async () => {
  receiver = await startSteeredReceiver();
  other = await startSteeredReceiver();
  store = await createTestDatabase();
  const way = await startDatabaseProxy(store.url);
  proxy = way.proxy;
  hub = await openCallbacksHub([receiver.port, other.port], {
    database: { ...store, url: way.url },
    environment: { VESTNIK_CALLBACKS__LEASE_SECONDS: '10' },
  });
  organization = await hub.organization();
});
afterEach(async () => {
  vi.restoreAllMocks();
  const { items } = (await hub.call('GET', '/callbacks/endpoints').expect(200)).body;
  await Promise.all(items.map(({ id }: { id: number }) => hub.call('DELETE', `/callbacks/endpoints/${id}`).expect(204)));
  for (const each of [receiver, other]) {
    each.received.length = 0;
    each.answer = (_, response) => response.writeHead(200).end();
  }
});
afterAll(async () => {
  await hub.stop();
  await proxy.stop();
  await store.drop();
  await receiver.stop();
  await other.stop();
});

const PATIENCE = { timeout: 20_000, interval: 20 };
const CREATED = { events: ['ReserveCreated'] };
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const ask = async <R extends Record<string, unknown>>(sql: string): Promise<R[]> => (await run<R>(store.database.work, sql)).rows;
const count = async (from: string): Promise<number> => (await ask<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`))[0]?.n ?? 0;
const order = (headers: Record<string, string> = {}) =>
  hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia' }, headers);

test(`F2: while the database is away (${AWAY_SECONDS} s) nothing is lost; answers that came are stored when it is back, and sending goes on`, async () => {
  const release = Promise.withResolvers<void>();
  receiver.answer = async (_, response) => {
    await release.promise;
    response.writeHead(200).end();
  };
  const id = await hub.endpoint({ url: `${receiver.address}/in`, ...CREATED, concurrency: 2, timeout: 60, signing: true });
  for (let n = 0; n < 12; n += 1) await order().expect(201);
  await vi.waitUntil(() => receiver.open === 2, PATIENCE);
  await proxy.refuse();
  proxy.cut('reset');
  release.resolve();
  expect((await order()).status).toBe(503);
  await wait(AWAY_SECONDS * 1_000);
  expect(await count(`delivery_attempt WHERE target = ${id}`)).toBe(0);
  const before = receiver.received.length;
  await proxy.accept();
  const back = performance.now();
  await vi.waitUntil(() => receiver.received.length > before || receiver.received.length === 12, PATIENCE);
  expect(performance.now() - back).toBeLessThan(20_000);
  await vi.waitUntil(async () => (await count(`delivery WHERE target = ${id}`)) === 12, PATIENCE);
  // Two answers came while it was away, and none of them was asked for again.
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(12);
  expect(receiver.received).toHaveLength(12);
  expect(await ask(`SELECT DISTINCT state FROM delivery WHERE target = ${id}`)).toEqual([{ state: 'delivered' }]);
});

test('F3: a commit that fails after the action leaves no event and no delivery, and the caller sees an error', async () => {
  const id = await hub.endpoint({ url: `${receiver.address}/in`, ...CREATED });
  const before = [await count('event'), await count('travel_order')];
  await ask(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused at the commit'; END $$`);
  await ask(
    'CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON travel_order DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()',
  );
  expect((await order()).status).toBe(500);
  await ask('DROP TRIGGER refuse ON travel_order');
  await ask('DROP FUNCTION refuse');
  expect([await count('event'), await count('travel_order')]).toEqual(before);
  // The next action makes one callback, its own.
  const made = (await order().expect(201)).body.id_Reserve;
  await vi.waitUntil(async () => (await count(`delivery WHERE target = ${id}`)) === 1, PATIENCE);
  expect(receiver.received.map(({ body }) => body)).toEqual([expect.stringContaining(`<id_Reserve>${made}<`)]);
});

test('F4: the same call twice with one Idempotency-Key, at once and later, makes one change, one event and equal answers', async () => {
  const id = await hub.endpoint({ url: `${receiver.address}/in`, ...CREATED });
  const before = await count('travel_order');
  const key = { 'idempotency-key': `order-${Date.now()}` };
  const answers = await Promise.all(Array.from({ length: 4 }, () => order(key)));
  const made = answers.filter(({ status }) => status === 201);
  expect(made.length).toBeGreaterThan(0);
  // One that meets the first while it runs is told to come again.
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  const again = await order(key).expect(201);
  expect(new Set([...made, again].map(({ text }) => text)).size).toBe(1);
  expect(await count('travel_order')).toBe(before + 1);
  await vi.waitUntil(async () => (await count(`delivery WHERE target = ${id}`)) === 1, PATIENCE);
  await order().expect(201);
  await vi.waitUntil(async () => (await count(`delivery WHERE target = ${id}`)) === 2, PATIENCE);
  expect(receiver.received).toHaveLength(2);
});

test('F17: a clock of the hub that jumps an hour back and forth: CallbackId rises all the same, and attempts are due by the clock of the database', async () => {
  const id = await hub.endpoint({
    url: `${receiver.address}/in`,
    ...CREATED,
    body: '<c>@CallbackId</c>',
    concurrency: 2,
    ordering: 'none',
    schedule: { kind: 'fixed', seconds: 1 },
  });
  let fails = 2;
  receiver.answer = async (_, response) => {
    await wait(5);
    fails -= 1;
    response.writeHead(fails >= 0 ? 500 : 200).end();
  };
  const real = Date.now.bind(Date);
  let shift = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => real() + shift);
  for (const hours of [0, -1, 1, 0]) {
    shift = hours * 3_600_000;
    const before = await count(`delivery WHERE target = ${id}`);
    for (let n = 0; n < 5; n += 1) await order().expect(201);
    await vi.waitUntil(async () => (await count(`delivery WHERE target = ${id}`)) === before + 5, PATIENCE);
  }
  const numbers = receiver.received.map(({ body }) => BigInt(/<c>(\d+)<\/c>/.exec(body)?.[1] ?? 0));
  expect(numbers).toHaveLength(22);
  expect(new Set(numbers).size).toBe(22);
  // Two attempts run at once, so that neighbours may arrive in either order.
  const begun = numbers.toSorted((a, b) => (a < b ? -1 : 1));
  expect(numbers.filter((number, at) => number !== begun[at] && number !== begun[at - 1] && number !== begun[at + 1])).toEqual([]);
  expect(receiver.mostOpen).toBeLessThanOrEqual(2);
  const [times] = await ask<{ apart: number }>(
    `SELECT max(abs(extract(epoch FROM begun_at - due_at)))::float8 AS apart FROM delivery_attempt WHERE target = ${id}`,
  );
  expect(times?.apart).toBeLessThan(60);
});

test('F20: a database whose disk is full: changes are refused with 503, outcomes wait, nothing is lost', async () => {
  const release = Promise.withResolvers<void>();
  receiver.answer = async (_, response) => {
    await release.promise;
    response.writeHead(200).end();
  };
  const id = await hub.endpoint({ url: `${receiver.address}/in`, ...CREATED, timeout: 60 });
  await order().expect(201);
  await vi.waitUntil(() => receiver.open === 1, PATIENCE);
  await ask(
    `CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$`,
  );
  for (const table of ['event', 'travel_order', 'delivery_attempt', 'delivery'])
    await ask(`CREATE TRIGGER fill BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION fill()`);
  expect((await order()).status).toBe(503);
  release.resolve();
  await wait(1_500);
  expect(await count(`delivery_due WHERE target = ${id}`)).toBe(1);
  for (const table of ['event', 'travel_order', 'delivery_attempt', 'delivery']) await ask(`DROP TRIGGER fill ON ${table}`);
  await vi.waitUntil(async () => (await count(`delivery WHERE target = ${id} AND state = 'delivered'`)) === 1, PATIENCE);
  expect(receiver.received).toHaveLength(1);
});
