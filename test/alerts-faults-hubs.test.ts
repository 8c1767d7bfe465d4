import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import { createSmsc, type Smsc } from '../hub/alerts/smsc/smsc.ts';
import { type AlertsDuty, alertsDuty, PATIENCE } from './support/alerts-duty.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { aheadBy } from './support/shifted-clock.ts';

/**
 * Hubs on one database share the channels and the schedule of the alerts (specification of alerts 4.6.2, 4.12 and 8.1). Times are those of hubs as they
 * come: nobody sets the lease. The clock of the second is an hour ahead: that of the database counts. What people got is asked of the message centres, which live outside. ALERTS_HUBS_PEOPLE makes the runs longer.
 */
const PEOPLE = Number(process.env['ALERTS_HUBS_PEOPLE'] || 200);
const ACCOUNT = { systemId: 'hubs', password: 'secret' };
const TAKEOVER = 30_000;
const RESTART = 10_000;

const folder = createFolder('alerts-hubs');
const environment = { VESTNIK_SECRET_KEY: randomBytes(32).toString('base64url') };
let store: TestDatabase;
let centres: readonly [Smsc, Smsc];
let hubs: HubProcess[];
let duty: AlertsDuty;
beforeAll(async () => {
  store = await createTestDatabase();
  centres = [createSmsc({ accounts: [ACCOUNT], keep: 100_000 }), createSmsc({ accounts: [ACCOUNT], keep: 100_000 })];
  for (const centre of centres) await centre.start();
  const first = createHubProcess({ folder: folder.at('first'), databaseUrl: store.url, environment });
  hubs = [first];
  await first.start();
  duty = alertsDuty(() => hubs.find(({ alive }) => alive) ?? first, store);
  for (const [at, { port }] of centres.entries())
    await duty.channel('smpp', `Centre ${at + 1}`, { host: '127.0.0.1', port, ...ACCOUNT, window: 10, tps: PEOPLE / 5 });
  const second = createHubProcess({
    folder: folder.at('second'),
    databaseUrl: store.url,
    environment: { ...environment, NODE_OPTIONS: aheadBy(3_600_000) },
    authorization: first.authorization,
  });
  hubs.push(second);
  await second.start();
  await parted(2);
});
afterAll(async () => {
  await Promise.all((hubs ?? []).map((hub) => hub.stop()));
  for (const centre of centres ?? []) await centre.stop();
  await store?.drop();
  folder.remove();
});

const tellOnFailure = (): void =>
  onTestFailed(() => {
    for (const [at, hub] of hubs.entries()) process.stderr.write(`--- hub ${at + 1}\n${hub.tail()}\n`);
  });
const owners = () => duty.rows<{ owner: string | null }>('SELECT owner FROM delivery_target WHERE engine = 2 ORDER BY target');
/** Resolves when the channel groups have so many owners and work. */
async function parted(count: number): Promise<void> {
  await vi.waitUntil(async () => {
    const found = (await owners()).map(({ owner }) => owner);
    return found.length === 2 && !found.includes(null) && new Set(found).size === count;
  }, PATIENCE);
  await duty.working(2);
}
const messages = () => centres.flatMap((centre) => centre.messages());
/** Messages by receiver, those of these phones only. */
const got = (prefix: string): number[] =>
  [...Map.groupBy(messages(), ({ to }) => to)].filter(([to]) => to.startsWith(prefix)).map(([, some]) => some.length);
const phones = (prefix: string) => (at: number) => `${prefix}${String(at).padStart(6, '0')}`;

test('an occurrence that two hubs are to start is one run, which both carry out by their own channel group; nobody is told twice', async () => {
  tellOnFailure();
  const list = await duty.list(PEOPLE, phones('+79161'));
  const begun = Temporal.Now.zonedDateTimeISO('Europe/Moscow').add({ seconds: 2 });
  const at = begun.toPlainDateTime().toString({ smallestUnit: 'second' });
  const task = await duty.task(list, { schedule: { start: { kind: 'once', at } } });
  await duty.ended(task);
  expect(await duty.rows("SELECT number, total, initiator ->> 'how' AS how FROM alerts_run WHERE task_id = $1", task)).toEqual([
    { number: 1, total: PEOPLE, how: 'schedule' },
  ]);
  expect(await duty.rows('SELECT local_time FROM alerts_occurrence WHERE task_id = $1', task)).toEqual([{ local_time: at }]);
  expect(got('+79161')).toEqual(Array(PEOPLE).fill(1));
  expect(centres.every((centre) => centre.messages().some(({ to }) => to.startsWith('+79161')))).toBe(true);
  expect(await duty.results(task)).toEqual({ 2: PEOPLE });
  expect(await duty.counted(task)).toEqual({ 2: PEOPLE });
});

test(`kill -9 of a hub in a run: the other has its channel group within ${TAKEOVER / 1_000} s and ends the run`, async () => {
  tellOnFailure();
  // Only the first channel may be used: while its hub is dead, nothing can go another way.
  const task = await duty.task(await duty.list(PEOPLE, phones('+79162')), { channels: '10' });
  await duty.start(task);
  const [centre] = centres;
  await vi.waitUntil(() => got('+79162').length > PEOPLE / 10, PATIENCE);
  const dead = await ownerOfFirst();
  const killedAt = performance.now();
  await dead.kill();
  // What had left before the end has arrived.
  await vi.waitUntil(() => centre.connections().open === 0, PATIENCE);
  const before = centre.taken();
  await vi.waitUntil(() => centre.taken() > before, { timeout: TAKEOVER + 5_000, interval: 20 });
  const after = performance.now() - killedAt;
  expect(after).toBeLessThan(TAKEOVER);
  await duty.ended(task);
  await expectOnceEach(task, '+79162');
});

test(`kill -9 of the only hub in a run: started again it goes on within ${RESTART / 1_000} s`, async () => {
  tellOnFailure();
  const task = await duty.task(await duty.list(PEOPLE, phones('+79163')));
  await duty.start(task);
  await vi.waitUntil(() => got('+79163').length > PEOPLE / 10, PATIENCE);
  const [hub] = hubs.filter(({ alive }) => alive);
  await hub?.kill();
  await vi.waitUntil(() => centres.every((centre) => centre.connections().open === 0), PATIENCE);
  const before = messages().length;
  await hub?.start();
  // How long a process takes to start on a busy machine is not asked; leases of the dead one would be waited for after that.
  const running = performance.now();
  await vi.waitUntil(() => messages().length > before, PATIENCE);
  expect(performance.now() - running).toBeLessThan(RESTART);
  await duty.ended(task);
  await expectOnceEach(task, '+79163');
});

/** The hub that has the first channel group: each names itself in its log. */
async function ownerOfFirst(): Promise<HubProcess> {
  const [first] = await owners();
  const hub = hubs.find((each) => each.alive && each.tail().includes(`"hubId":"${first?.owner}"`));
  if (!hub) throw new Error(`none of the hubs is ${first?.owner}`);
  return hub;
}
/** Everybody was told once, but for those whom the report calls unknown: they were told at most once. */
async function expectOnceEach(task: number, prefix: string): Promise<void> {
  const results = await duty.results(task);
  expect(await duty.counted(task)).toEqual(results);
  const { 2: told = 0, 14: unknown = 0, 15: unheard = 0, ...others } = results;
  expect(others).toEqual({});
  expect(told + unknown + unheard).toBe(PEOPLE);
  const times = got(prefix);
  expect(times.every((count) => count === 1)).toBe(true);
  expect(times.length).toBeGreaterThanOrEqual(told + unheard);
  expect(unknown).toBeLessThan(PEOPLE / 2);
}
