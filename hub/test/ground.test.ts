import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { loadConfiguration } from '../config.ts';
import { run } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { openGround } from '../ground.ts';
import { MODULES } from '../modules.ts';
import { newFolder } from './support/command.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const folder = newFolder();
const open = () =>
  openGround(loadConfiguration({ cwd: folder, environment: { VESTNIK_DATABASE__URL: database.url } }), MODULES, 'vestnik command');

test('a command that is the first on a restored database publishes behind what is stored, and subscribers see it', async () => {
  // As a dump of a server with more transactions leaves it: the subscriber has handled the only event.
  const far = '9000000000000000';
  await run(
    database.database.work,
    `WITH old AS (INSERT INTO event (txid, type, source, data) VALUES ('${far}', 'vestnik.test.thing.old', '/vestnik/test', '{}') RETURNING txid, id)
     INSERT INTO event_cursor (subscriber, txid, id) SELECT 'reader', txid, id FROM old`,
  );
  const command = await open();
  await command.database.transaction((tx) => publish(tx, { type: 'vestnik.test.thing.new', data: {} }));
  await command.close();

  const hub = await open();
  const seen: string[] = [];
  try {
    await hub.events.start();
    await hub.events.subscribe('reader', ['vestnik.test.'], async (_tx, events) => void seen.push(...events.map(({ type }) => type)));
    await expect.poll(() => seen, { timeout: 15_000 }).toEqual(['vestnik.test.thing.new']);
    const stored = await hub.events.read(undefined, ['vestnik.test.'], 10);
    expect(stored.map(({ type }) => type)).toEqual(['vestnik.test.thing.old', 'vestnik.test.thing.new']);
  } finally {
    await hub.events.stop();
    await hub.close();
  }
});
