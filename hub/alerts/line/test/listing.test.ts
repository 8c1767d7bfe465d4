import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LineBench, openLineBench } from './support/line-bench.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const PEOPLE = 100_000;
let bench: LineBench;
beforeAll(async () => {
  bench = await openLineBench();
  await bench.rows(`INSERT INTO alerts_group (name) VALUES ('Все')`);
  await bench.rows(
    `INSERT INTO alerts_person (group_id, name, organization, department, position)
     SELECT 1, 'Иванов Иван Иванович ' || n, 'АО «Заря»', 'Отдел ' || n % 100, 'Инженер' FROM generate_series(1, $1::int) n`,
    PEOPLE,
  );
  await bench.rows(
    `INSERT INTO alerts_address (person_id, kind, place, enabled, raw, normal, phone_type)
     SELECT p.person_id, 'phone', a, true, '+7916' || lpad((p.person_id * 2 + a)::text, 7, '0'), '+7916' || lpad((p.person_id * 2 + a)::text, 7, '0'), 1
     FROM alerts_person p, generate_series(0, 1) a
     UNION ALL SELECT person_id, 'email', 0, true, 'p' || person_id || '@example.org', 'p' || person_id || '@example.org', NULL FROM alerts_person`,
  );
  await bench.rows('ANALYZE');
}, 120_000);
afterAll(() => bench.stop());

/** Bytes that live in this process, after a collection. */
function living(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('a listing of 100,000 subscribers takes little memory, and another session is answered meanwhile', async () => {
  const client = await bench.client();
  const other = await bench.client();
  let lines = 0;
  let people = 0;
  let last = '';
  const ended = new Promise<void>((resolve) => {
    // The lines are counted and not kept.
    client.socket.removeAllListeners('data');
    client.socket.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
      const text = last + chunk.toString('latin1');
      people += text.split('GETABONENTS DATA').length - 1 - (last.split('GETABONENTS DATA').length - 1);
      last = text.slice(-40);
      if (last.endsWith('GETABONENTS END\r\n')) resolve();
    });
  });
  const before = living();
  const began = performance.now();
  client.say('GETABONENTS');
  let most = 0;
  let slowest = 0;
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over) {
    const asked = performance.now();
    expect(await other.ask('PING alive')).toBe('PING OK alive');
    slowest = Math.max(slowest, performance.now() - asked);
    most = Math.max(most, living() - before);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(lines).toBe(4 * PEOPLE + 2);
  expect(people).toBe(PEOPLE);
  expect(most).toBeLessThan(50_000_000);
  // A busy machine is no reason to fail; a session that waits for the whole listing is.
  expect(slowest).toBeLessThan(Math.max(1_000, (performance.now() - began) / 2));
}, 120_000);

test('the next listing comes from what is kept, and shows what has changed since', async () => {
  const rest = 5_000;
  await bench.rows('DELETE FROM alerts_person WHERE person_id > $1', rest);
  const client = await bench.client();
  const listed = async (): Promise<string[]> => {
    client.say('GETABONENTS');
    return client.until(/^GETABONENTS END$/);
  };
  const before = await listed();
  expect(before).toHaveLength(4 * rest + 2);
  await bench.rows(`UPDATE alerts_person SET name = 'Новое имя' WHERE person_id = 3000`);
  await bench.rows('DELETE FROM alerts_person WHERE person_id IN (1, 512, 4999)');
  const after = await listed();
  const changed = new Set(after).difference(new Set(before));
  expect([...changed]).toEqual([expect.stringMatching(/^GETABONENTS DATA 3000 1 0 Новое%20имя /)]);
  expect(after).toHaveLength(before.length - 12);
  await bench.operator('viewer', ['alerts.view']);
  const viewer = await bench.client('viewer');
  viewer.say('GETABONENTS');
  expect(await viewer.until(/^GETABONENTS END$/)).toEqual(after);
});

test('who goes in the middle of a listing leaves nothing behind', async () => {
  const left = bench.server.sessions;
  const client = await bench.client();
  client.say('GETABONENTS');
  await client.line();
  client.end();
  await expect.poll(() => bench.server.sessions, { timeout: 20_000 }).toBe(left);
  const next = await bench.client();
  expect(await next.ask('PING on')).toBe('PING OK on');
});

test('the filters of a listing', async () => {
  const client = await bench.client();
  await bench.rows(`INSERT INTO alerts_list (name) VALUES ('Список')`);
  await bench.rows(`INSERT INTO alerts_group (name) VALUES ('Другие')`);
  await bench.rows('INSERT INTO alerts_list_person VALUES (1, 7), (1, 9)');
  const ids = async (line: string): Promise<string[]> => {
    client.say(line);
    const lines = await client.until(/^GETABONENTS END$/);
    expect(lines[0]).toBe('GETABONENTS BEGIN');
    return lines.filter((one) => one.startsWith('GETABONENTS DATA')).map((one) => one.split(' ')[2] ?? '');
  };
  expect(await ids('GETABONENTS 0 1')).toEqual(['7', '9']);
  expect(await ids('GETABONENTS  1')).toEqual(['7', '9']);
  expect(await ids('GETABONENTS 1 1')).toEqual(['7', '9']);
  expect(await ids('GETABONENTS 2 1')).toEqual([]);
  expect(await ids('GETABONENTS 2')).toEqual([]);
  expect(await ids('GETABONENTS 777')).toEqual([]);
  expect(await ids('GETABONENTS 0 777')).toEqual([]);
  expect(await client.ask('GETABONENTS x')).toMatch(/^GETABONENTS ERR_BADSYNTAX /);
});
