import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LineClient } from '../hub/alerts/line/test/support/line-client.ts';
import { createSmsc, type Smsc } from '../hub/alerts/smsc/smsc.ts';
import { type AlertsDuty, alertsDuty, PATIENCE } from './support/alerts-duty.ts';
import { alertsSession } from './support/alerts-session.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { startDatabaseProxy } from './support/database-proxy.ts';
import type { FaultProxy } from './support/fault-proxy.ts';

/** A database that goes away or is slow in the middle of a run (specification of alerts 8.1), on a whole hub. ALERTS_AWAY_SECONDS makes the outage longer. */
const AWAY_SECONDS = Number(process.env['ALERTS_AWAY_SECONDS'] || 3);
const ACCOUNT = { systemId: 'faults', password: 'secret' };

let store: TestDatabase;
let proxy: FaultProxy;
let hub: CallbacksHub;
let smsc: Smsc;
let duty: AlertsDuty;
beforeAll(async () => {
  smsc = createSmsc({ accounts: [ACCOUNT], behaviour: { receiptDelay: 20 } });
  await smsc.start();
  store = await createTestDatabase();
  const way = await startDatabaseProxy(store.url);
  proxy = way.proxy;
  hub = await openCallbacksHub([], { database: { ...store, url: way.url } });
  duty = alertsDuty(() => hub, store);
  await duty.channel('smpp', 'Centre', { host: '127.0.0.1', port: smsc.port, ...ACCOUNT, window: 10, tps: 50 });
  await duty.working(1);
});
afterAll(async () => {
  await hub?.stop();
  await proxy?.stop();
  await store?.drop();
  await smsc?.stop();
});

const attempts = async (): Promise<number> => (await duty.rows<{ n: number }>('SELECT count(*)::int AS n FROM alerts_attempt'))[0]?.n ?? 0;
const timesTold = (prefix: string): number[] =>
  [...Map.groupBy(smsc.messages(), ({ to }) => to)].filter(([to]) => to.startsWith(prefix)).map(([, some]) => some.length);
/** The answer to a command, behind whatever is told by itself; `closed` where the connection is closed instead. */
async function answered(client: LineClient, line: string, answer: RegExp): Promise<string> {
  client.say(line);
  const found = await client.until(answer).catch(() => ['closed']);
  return found.at(-1) ?? '';
}
const phones = (prefix: string) => (at: number) => `${prefix}${String(at).padStart(6, '0')}`;

test(`the database is away for ${AWAY_SECONDS} s in a run: nothing new is begun, what was sent is stored when it is back, no command answers a false OK`, async () => {
  const PEOPLE = 250;
  const task = await duty.task(await duty.list(PEOPLE, phones('+79171')));
  const other = await duty.task(await duty.list(1, phones('+79172')));
  const [writer, starter, reader] = [await alertsSession(hub), await alertsSession(hub), await alertsSession(hub)];
  await duty.start(task);
  await vi.waitUntil(() => smsc.taken() > PEOPLE / 5, PATIENCE);

  await proxy.refuse();
  proxy.cut('reset');
  const away = performance.now();
  const begun = await attempts();
  expect(await duty.rows('SELECT FROM alerts_attempt WHERE ended_at IS NULL')).not.toEqual([]);
  const answers = Promise.all([
    answered(writer, 'ADDGROUP Away x', /^ADDGROUP /),
    answered(starter, `STARTTASK ${other} 1`, new RegExp(`^(STARTTASK|UPDATETASK OK ${other}) `)),
    answered(reader, 'GETTASKS', /^GETTASKS /),
  ]);
  // What was written down before is still sent; after that nothing more is, however long it takes.
  await vi.waitUntil(() => performance.now() - away > AWAY_SECONDS * 1_000, { timeout: AWAY_SECONDS * 1_000 + 5_000, interval: 50 });
  expect(await attempts()).toBe(begun);
  expect(smsc.taken()).toBeLessThanOrEqual(begun);
  const sent = smsc.taken();
  const [written, started, read] = await answers;
  expect(written).toMatch(/^ADDGROUP ERR_ADDGROUP |^closed$/);
  expect(started).toMatch(/^STARTTASK ERR_GETTASK |^closed$/);
  expect(read).toBe('closed');
  expect((await hub.call('POST', `/alerts/tasks/${other}/start`, {})).status).toBe(503);

  await proxy.accept();
  const back = performance.now();
  await vi.waitUntil(() => smsc.taken() > sent, PATIENCE);
  expect(performance.now() - back).toBeLessThan(20_000);
  await duty.ended(task);
  expect(timesTold('+79171')).toEqual(Array(PEOPLE).fill(1));
  expect(await duty.results(task)).toEqual({ 2: PEOPLE });
  expect(await duty.counted(task)).toEqual({ 2: PEOPLE });
  expect(await attempts()).toBe(PEOPLE);
  expect(await duty.rows('SELECT FROM alerts_run WHERE task_id = $1', other)).toEqual([]);
  expect(await duty.rows(`SELECT FROM alerts_group WHERE name = 'Away'`)).toEqual([]);
  const again = await alertsSession(hub);
  expect(await again.ask('ADDGROUP Away x')).toMatch(/^ADDGROUP OK \d+ Away x$/);
  for (const client of [writer, starter, reader, again]) client.end();
});

test('commits that take half a second: attempts slow down, nobody is lost or told twice, commands are answered after their commit', async () => {
  const PEOPLE = 40;
  const quick = await duty.task(await duty.list(PEOPLE, phones('+79173')));
  const slow = await duty.task(await duty.list(PEOPLE, phones('+79174')));
  const timed = async (task: number): Promise<number> => {
    const begin = performance.now();
    await duty.start(task);
    await duty.ended(task);
    return performance.now() - begin;
  };
  const usual = await timed(quick);
  // A deferred trigger works within the commit: once in each transaction, as a slow disk does.
  await duty.rows(`CREATE FUNCTION drag() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('test.dragged', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
      PERFORM set_config('test.dragged', pg_current_xact_id()::text, true), pg_sleep(0.5);
    END IF;
    RETURN NULL; END $$`);
  for (const [table, what] of [
    ['alerts_attempt', 'INSERT OR UPDATE'],
    ['alerts_target', 'UPDATE'],
    ['event', 'INSERT'],
  ])
    await duty.rows(
      `CREATE CONSTRAINT TRIGGER drag AFTER ${what} ON ${table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION drag()`,
    );
  const client = await alertsSession(hub);
  try {
    const run = timed(slow);
    const asked = performance.now();
    expect(await answered(client, 'ADDGROUP Slow x', /^ADDGROUP /)).toMatch(/^ADDGROUP OK \d+ Slow x$/);
    expect(performance.now() - asked).toBeGreaterThan(490);
    expect(await run).toBeGreaterThan(usual + 1_000);
  } finally {
    for (const table of ['alerts_attempt', 'alerts_target', 'event']) await duty.rows(`DROP TRIGGER drag ON ${table}`);
    await duty.rows('DROP FUNCTION drag');
    client.end();
  }
  expect(timesTold('+79174')).toEqual(Array(PEOPLE).fill(1));
  expect(await duty.results(slow)).toEqual({ 2: PEOPLE });
  expect(await duty.counted(slow)).toEqual({ 2: PEOPLE });
});
