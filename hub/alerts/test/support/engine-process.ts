import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { alertsSection } from '../../../config/alerts.ts';
import { openDatabase } from '../../../core/database/database.ts';
import { createEventStore } from '../../../core/events/subscribe.ts';
import { createSecretKey } from '../../../core/identity/secret-key.ts';
import { channelKinds } from '../../channels/kinds.ts';
import { startAlertEngine } from '../../engine/alert-engine.ts';

// A process of its own that carries runs out, to be killed: engine-process.ts <database url>. It says `ready` and works until its standard input ends.

const LEASE_SECONDS = 5;
const key = Buffer.alloc(32, 7);
const database = openDatabase({ url: process.argv[2] ?? '', poolSize: 5, queuePoolSize: 5, name: 'engine-process' });
const events = createEventStore({ database, keepDays: 7 });
await events.start();
const engine = await startAlertEngine({
  database,
  events,
  secretKey: createSecretKey(key),
  hubId: randomUUID(),
  kinds: channelKinds(key),
  settings: () => ({ ...alertsSection.parse({}), leaseSeconds: LEASE_SECONDS }),
  confirmUrlOf: () => undefined,
});
process.stdout.write('ready\n');
process.stdin.resume();
process.stdin.once('end', async () => {
  await engine.stop();
  await events.stop();
  await database.close();
});
