import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../core/database/test/support/until.ts';
import { type LineBench, openLineBench } from '../line/test/support/line-bench.ts';
import type { LineClient } from '../line/test/support/line-client.ts';
import { standardData } from '../line/test/support/standard-data.ts';
import { wav } from './support/wav.ts';

/** Clients that go in the middle of what they say or hear (specification of alerts 3.8.6 and 8.1): nothing is written, and nothing of them is left. */

const SILENCE = 300;
const PEOPLE = 30_000;
let bench: LineBench;
beforeAll(async () => {
  bench = await openLineBench({ line: { blockSilence: SILENCE } });
  await standardData(bench);
  const person = await bench.client();
  person.say(
    'ADDABONENT BEGIN',
    `ADDABONENT DATA 1 0 Иванов    4321${' '.repeat(5)}·`,
    'ADDABONENT PHONE 1 +79160000001 1',
    'ADDABONENT END',
  );
  await person.until(/^ADDABONENT END$/);
  person.end();
  await until(() => expect(bench.server.sessions).toBe(0));
});
afterAll(() => bench.stop());

const SOUND = wav({ data: 20_000 });
const WAYS: Readonly<Record<string, (client: LineClient) => void>> = {
  'by an orderly end': (client) => client.socket.end(),
  'by a broken connection': (client) => client.socket.destroy(),
};
const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  'ADDABONENT behind its DATA': [
    'ADDABONENT BEGIN',
    `ADDABONENT DATA 1 0 Петров    4321${' '.repeat(5)}·`,
    'ADDABONENT PHONE 1 +79160000002 1',
  ],
  'ADDABONENT behind its BEGIN': ['ADDABONENT BEGIN'],
  UPDATEABONENT: ['UPDATEABONENT BEGIN 1', `UPDATEABONENT DATA 1 0 Другой    9999${' '.repeat(5)}·`],
  SENDRAWFILE: [`SENDRAWFILE BEGIN a.wav ${SOUND.length}`, `SENDRAWFILE DATA ${SOUND.subarray(0, 10_000).toString('hex')}`],
  'SENDRAWFILE, whole but for its END': [
    `SENDRAWFILE BEGIN a.wav ${SOUND.length}`,
    ...[0, 1, 2]
      .map((at) => `SENDRAWFILE DATA ${SOUND.subarray(at * 10_000, (at + 1) * 10_000).toString('hex')}`)
      .filter((line) => !line.endsWith(' ')),
  ],
};
/** What clients could have written, and how often anything was. */
const written = async () =>
  bench.rows(
    `SELECT (SELECT string_agg(name || version, ',' ORDER BY person_id) FROM alerts_person WHERE person_id < 100) AS people,
       (SELECT count(*)::int FROM alerts_address WHERE person_id < 100) AS addresses, (SELECT count(*)::int FROM alerts_file) AS files,
       (SELECT count(*)::int FROM alerts_content) AS contents, (SELECT string_agg(name, ',') FROM alerts_list) AS lists, (SELECT count(*)::int FROM audit) AS audit`,
  );
/** Resolves when nothing of earlier clients is left. */
const quiet = () => until(() => expect(bench.server.sessions).toBe(0));

for (const [name, lines] of Object.entries(BLOCKS)) {
  for (const [way, leave] of Object.entries(WAYS)) {
    test(`${name}: left ${way}, nothing is written`, async () => {
      const client = await bench.client();
      const before = await written();
      // What comes before it was served, so that all of this was read, too, when the session is over.
      client.say('PING on', ...lines);
      expect(await client.line()).toBe('PING OK on');
      leave(client);
      await client.closed();
      await quiet();
      expect(await written()).toEqual(before);
    });
  }
}

test('a line without its end, and late lines of a block that nothing follows any more, are not written', async () => {
  const half = await bench.client();
  const before = await written();
  half.write(Buffer.from('ADDLIST Half x'));
  half.socket.end();
  await half.closed();
  await quiet();
  expect(await written()).toEqual(before);

  const late = await bench.client();
  late.say('ADDABONENT BEGIN', `ADDABONENT DATA 1 0 Поздний    4321${' '.repeat(5)}·`);
  expect(await late.line()).toMatch(/^ADDABONENT OK \d+ 1 0 Поздний /);
  const complete = await written();
  late.say('ADDABONENT PHONE 1 +79160000003 1');
  late.socket.destroy();
  await late.closed();
  await quiet();
  expect(await written()).toEqual(complete);
});

test('who goes in the middle of a listing leaves no statement behind after a second', async () => {
  await bench.rows(`INSERT INTO alerts_person (group_id, name) SELECT 1, 'P' || n FROM generate_series(1, ${PEOPLE}) n`);
  const clients = await Promise.all(Array.from({ length: 5 }, () => bench.client()));
  for (const client of clients) {
    client.say('GETABONENTS');
    expect(await client.line()).toBe('GETABONENTS BEGIN');
    // It does not read any more, so the listing is held up, and then it is gone.
    client.socket.pause();
  }
  for (const client of clients) client.end();
  const gone = performance.now();
  await until(async () => {
    const busy = await bench.rows(
      `SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`,
    );
    expect([busy, bench.server.sessions]).toEqual([[], 0]);
  });
  expect(performance.now() - gone).toBeLessThan(10_000);
  const next = await bench.client();
  next.say('GETABONENTS');
  expect(await next.until(/^GETABONENTS END$/)).toHaveLength(PEOPLE + 5);
  next.end();
});
