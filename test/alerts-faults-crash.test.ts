import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import { createSmsc, type Smsc } from '../hub/alerts/smsc/smsc.ts';
import type { Database } from '../hub/core/database/database.ts';
import { type AlertsDuty, alertsDuty, PATIENCE } from './support/alerts-duty.ts';
import { discardDataOf, openDatabaseOf } from './support/database-of-hub.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';

/** SIGKILL to a hub's own PostgreSQL in the middle of a run, then to the hub and its PostgreSQL at once (specification of alerts 4.9 and 8.1). */

const PEOPLE = 200;
const ACCOUNT = { systemId: 'crash', password: 'secret' };

const folder = createFolder('alerts-crash');
let hub: HubProcess;
let smsc: Smsc;
let database: Database | undefined;
beforeAll(async () => {
  smsc = createSmsc({ accounts: [ACCOUNT] });
  await smsc.start();
  hub = createHubProcess({ folder: folder.at('hub') });
  await hub.start();
});
afterAll(async () => {
  await database?.close();
  await hub?.stop();
  await discardDataOf(hub);
  await smsc?.stop();
  folder.remove();
});

/** As the database of the hub is now: after a kill it is another server. */
async function duty(): Promise<AlertsDuty> {
  await database?.close();
  database = await openDatabaseOf(hub);
  return alertsDuty(() => hub, { database });
}
const killDatabase = async (): Promise<void> => {
  process.kill(await vi.waitUntil(() => hub.databasePid(), PATIENCE), 'SIGKILL');
};
/** Resolves when so many more people were told. */
const told = async (more: number): Promise<void> => {
  const enough = Math.min(smsc.taken() + more, PEOPLE - 20);
  await vi.waitUntil(() => smsc.taken() >= enough, PATIENCE);
};

test('the database is killed in a run, then the hub with it: everybody is told, twice only who was in doubt', async () => {
  onTestFailed(() => void process.stderr.write(hub.tail()));
  const before = await duty();
  await before.channel('smpp', 'Centre', { host: '127.0.0.1', port: smsc.port, ...ACCOUNT, window: 10, tps: 60 });
  await before.working(1);
  const list = await before.list(PEOPLE, (at) => `+79211${String(at).padStart(6, '0')}`);
  const settings = [
    { key: 'rounds', value: '1' },
    { key: 'dup', value: '1' },
    { key: 'receipt', value: '6' },
  ];
  const task = await before.task(list, { settings });
  await before.start(task);
  await told(40);
  await killDatabase();
  await told(50);
  await Promise.all([hub.kill(), killDatabase()]);
  await hub.start();

  const after = await duty();
  await after.ended(task);
  const results = await after.results(task);
  expect(await after.counted(task)).toEqual(results);
  // Whoever was told and whose receipt was lost with the database is told of as such; nobody is given up.
  const { 2: notified = 0, 15: unheard = 0, ...others } = results;
  expect(others).toEqual({});
  expect(notified + unheard).toBe(PEOPLE);
  // Of attempts that were slow, that no channel took or that were taken back (0, 11, 12) nothing has left.
  const attempts = await after.rows<{ address: string; unknown: number; known: number }>(
    `SELECT address, count(*) FILTER (WHERE result = 14)::int AS unknown, count(*) FILTER (WHERE result NOT IN (0, 11, 12, 14))::int AS known
     FROM alerts_attempt GROUP BY 1`,
  );
  expect(attempts.filter(({ known }) => known !== 1)).toEqual([]);
  expect(attempts.some(({ unknown }) => unknown > 0)).toBe(true);
  const messages = Map.groupBy(smsc.messages(), ({ to }) => to);
  for (const { address, known, unknown } of attempts) {
    const times = messages.get(address)?.length ?? 0;
    expect(times, address).toBeGreaterThanOrEqual(1);
    expect(times, address).toBeLessThanOrEqual(known + unknown);
  }
});
