import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../config.ts';
import { type Note, noteChannel } from '../../core/telemetry/channels.ts';
import { startMaintenance } from '../maintenance.ts';
import { openWorkbench, storeDocuments, type Workbench } from './support/administration.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.drop());

const configuration = loadConfiguration({ environment: {}, cwd: '/' });
const clock = () => Temporal.Now.instant().add({ hours: 24 * 31 });
const left = async () => (await bench.rows('SELECT 1 FROM ticket_message')).length;

test('expiry runs at the start; of two hubs one does the work, and stop waits for it', async () => {
  const client = await bench.client({ name: 'timed' });
  await storeDocuments(bench.database, [client], ['M1', 'M2']);
  await bench.events();
  const hubs = [1, 2].map(() => startMaintenance({ database: bench.database, configuration, clock }));
  await expect.poll(left).toBe(0);
  await Promise.all(hubs.map((hub) => hub.stop()));
  expect((await bench.events()).map((event) => event.type)).toEqual(['message.expired']);
});

test('a turn is passed over while another hub has the lock', async () => {
  const client = await bench.client({ name: 'locked' });
  await storeDocuments(bench.database, [client], ['M3']);
  const said: string[] = [];
  noteChannel.subscribe((note) => said.push((note as Note).text));
  await bench.database.transaction(async (tx) => {
    await tx.query({ text: 'SELECT pg_advisory_xact_lock(7403913, 1)' });
    const hub = startMaintenance({ database: bench.database, configuration, clock });
    await expect.poll(() => said).toContain('expiry is under way on another hub');
    await hub.stop();
  });
  expect(await left()).toBe(1);
});

test('without another clock the database tells the time: what it does not take for expired stays', async () => {
  await bench.rows("UPDATE ticket_message SET expires_at = now() + interval '1 hour'");
  const client = await bench.client({ name: 'stamped' });
  await storeDocuments(bench.database, [client], ['M4']);
  await bench.rows("UPDATE ticket_message SET expires_at = now() - interval '1 second' WHERE client_id = $1", [client.clientId]);
  const hub = startMaintenance({ database: bench.database, configuration });
  await expect.poll(left).toBe(1);
  await hub.stop();
  expect(await left()).toBe(1);
});

test('stop at once after the start leaves nothing running', async () => {
  const hub = startMaintenance({ database: bench.database, configuration, clock: () => Temporal.Now.instant() });
  await hub.stop();
  expect(await left()).toBe(1);
});
