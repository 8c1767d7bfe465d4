import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import type { LineServer } from '../line-server.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';

/** A listing of so many people is far more than what lies between a server and its client. */
const PEOPLE = 60_000;
const WAIT = { timeout: 15_000, interval: 10 };
/** Portions that may be under way when a client goes: the present one and the next. */
const UNDER_WAY = 3;

let bench: LineBench;
let database: Database;
let hub: { server: LineServer; client(login?: string): Promise<LineClient> };
let reads = 0;
beforeAll(async () => {
  // Nothing is kept: each portion of a listing is a statement.
  bench = await openLineBench({ limits: { peopleBytes: 0 } });
  await bench.rows(`INSERT INTO alerts_group (name) VALUES ('Все')`);
  await bench.rows(
    `INSERT INTO alerts_person (group_id, name, organization, description)
     SELECT 1, 'Иванов Иван Иванович ' || n, 'АО «Заря»', repeat('о', 150) FROM generate_series(1, $1::int) n`,
    PEOPLE,
  );
  await bench.rows('ANALYZE alerts_person');
  const plain = openDatabase({ url: bench.db.url, poolSize: 3, queuePoolSize: 1, name: 'other' });
  database = {
    ...plain,
    work: {
      query(query) {
        if (query.name?.startsWith('alerts.localPeople')) reads += 1;
        return plain.work.query(query);
      },
    },
  };
  hub = await bench.second(database);
}, 60_000);
afterAll(async () => {
  await bench.stop();
  await database.close();
});

test.each(['GETABONENTS', 'GETABONENTS 1'])(
  '%s of a client that goes in the middle ends at once: nothing more is read for it',
  async (question) => {
    const other = await hub.client();
    const client = await hub.client();
    const begin = reads;
    client.say(question);
    await client.until(/^GETABONENTS DATA/);
    // It takes nothing more, so the server waits for it in the middle.
    client.socket.pause();
    let known = -1;
    await expect
      .poll(
        () => {
          const still = known === reads;
          known = reads;
          return still;
        },
        { timeout: 15_000, interval: 300 },
      )
      .toBe(true);
    expect(reads - begin).toBeLessThan(PEOPLE / 512 / 2);
    const before = reads;
    client.end();
    await expect.poll(() => hub.server.sessions, { timeout: 15_000, interval: 5 }).toBe(1);
    for (let turn = 0; turn < 200; turn += 1) await other.ask('PING on');
    expect(reads - before).toBeLessThanOrEqual(UNDER_WAY);
    other.end();
    await expect.poll(() => hub.server.sessions, WAIT).toBe(0);
  },
);
