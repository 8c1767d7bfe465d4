import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { run as sql } from '../../core/database/statement.ts';
import { deletePeople } from '../delete-people.ts';
import { showPerson } from '../list-people.ts';
import { type DirectoryBench, openDirectoryBench } from './support/directory-bench.ts';

// What becomes of runs, calls and reports when people are deleted.

let bench: DirectoryBench;
beforeAll(async () => {
  bench = await openDirectoryBench({ poolSize: 8 });
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.events();
});

/** A run with a target in each of these states for these people. */
const runWith = async (targets: readonly { person: number; state: string; leader?: number }[]): Promise<number> => {
  const list = await bench.list();
  const [row] = await bench.rows<{ run: number }>(
    `WITH m AS (INSERT INTO alerts_message (type, name, text) VALUES (3, 'm', 't') RETURNING message_id),
       t AS (INSERT INTO alerts_task (type, name, list_id, message_id, priority, schedule, confirmation, settings, key_start, sms_start)
         SELECT 2, 't', $1, message_id, 5, 'null', 'null', 'null', 'null', 'null' FROM m RETURNING task_id)
     INSERT INTO alerts_run (task_id, number, type, status, priority, channels, frozen, initiator)
     SELECT task_id, 1, 2, 2, 5, '', '{}', '{}' FROM t RETURNING run_id AS run`,
    [list],
  );
  const run = row?.run ?? 0;
  for (const [at, { person, state, leader }] of targets.entries())
    await bench.rows(
      `INSERT INTO alerts_target (run_id, no, person_id, name, organization, department, rank, position, description, addresses, state, leader)
       VALUES ($1, $2, $3, 'n', '', '', '', '', '', '{+79160000001}', $4::text::"char", $5)`,
      [run, at + 1, person, state, leader ?? null],
    );
  return run;
};
/** Until one connection waits for another. */
const waitForLock = async (): Promise<void> => {
  for (;;) {
    const waiting = await bench.rows("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    if (waiting.length > 0) return;
  }
};
const targetsOf = (run: number) => bench.rows('SELECT no, state, result, leader FROM alerts_target WHERE run_id = $1 ORDER BY no', [run]);

test('ends what is queued as cancelled, counts it, and leaves to others what they share', async () => {
  const [gone, heir, third] = [await bench.person(), await bench.person(), await bench.person()];
  const run = await runWith([
    { person: gone, state: 'r' },
    { person: heir, state: 'm', leader: 1 },
    { person: third, state: 'm', leader: 1 },
    { person: gone, state: 'w' },
    { person: gone, state: 'l' },
    { person: gone, state: 'm', leader: 4 },
  ]);
  await bench.events();
  await bench.write((tx, act) => deletePeople(tx, act, [gone, gone]));
  expect(await targetsOf(run)).toEqual([
    { no: 1, state: 'f', result: 12, leader: null },
    { no: 2, state: 'r', result: 0, leader: null },
    { no: 3, state: 'm', result: 0, leader: 2 },
    // The operator of the network has it already.
    { no: 4, state: 'w', result: 0, leader: null },
    { no: 5, state: 'f', result: 12, leader: null },
    { no: 6, state: 'f', result: 12, leader: 4 },
  ]);
  expect(await bench.rows('SELECT result, sum(count)::int AS count FROM alerts_run_count WHERE run_id = $1 GROUP BY 1', [run])).toEqual([
    { result: 12, count: 3 },
  ]);
  expect((await bench.events()).map(({ type }) => type).sort()).toEqual(['person.deleted', ...Array(3).fill('target.result')]);
});

test('is refused for all while one of them is being called; an SMS under way hinders nobody', async () => {
  const [called, free] = [await bench.person(), await bench.person()];
  const run = await runWith([
    { person: called, state: 'u' },
    { person: free, state: 'u' },
  ]);
  const attempt = (person: number, no: number, call: boolean) =>
    bench.rows(
      `INSERT INTO alerts_attempt (run_id, no, person_id, round, at, address, group_id, call) VALUES ($1, $2, $3, 1, 0, $4, 1, $5)`,
      [run, no, person, `+7916000000${no}`, call],
    );
  await attempt(called, 1, true);
  await attempt(free, 2, false);
  expect(await bench.refused((tx, act) => deletePeople(tx, act, [free, called]))).toMatchObject({
    code: 'CONFLICT',
    reason: 'under_call',
  });
  expect(await bench.rows('SELECT 1 FROM alerts_person WHERE person_id = ANY($1::int[])', [[called, free]])).toHaveLength(2);
  await bench.write((tx, act) => deletePeople(tx, act, [free]));
  await bench.rows('UPDATE alerts_attempt SET ended_at = now() WHERE run_id = $1', [run]);
  await bench.write((tx, act) => deletePeople(tx, act, [called]));
  expect((await targetsOf(run)).map((target) => target['state'])).toEqual(['u', 'u']);
});

test('takes the names from the reports where the settings say so', async () => {
  const [kept, forgotten] = [await bench.person(), await bench.person()];
  const run = await runWith([
    { person: kept, state: 'r' },
    { person: forgotten, state: 'f' },
    { person: forgotten, state: 'w' },
  ]);
  const names = async () =>
    (await bench.rows('SELECT name FROM alerts_target WHERE run_id = $1 ORDER BY no', [run])).map((target) => target['name']);
  await bench.write((tx, act) => deletePeople(tx, act, [kept]));
  expect(await names()).toEqual(['n', 'n', 'n']);
  await bench.write((tx, act) => deletePeople(tx, act, [forgotten]), { settings: { ...bench.act().settings, forgetNames: 'yes' } });
  expect(await names()).toEqual(['n', `#${forgotten}`, `#${forgotten}`]);
});

test('an attempt that begins at the same moment is seen', async () => {
  const person = await bench.person();
  const run = await runWith([{ person, state: 'r' }]);
  let deleting: Promise<unknown> | undefined;
  await bench.database.transaction(async (tx) => {
    await sql(tx, `UPDATE alerts_target SET state = 'u' WHERE run_id = $1`, [run]);
    await sql(
      tx,
      `INSERT INTO alerts_attempt (run_id, no, person_id, round, at, address, group_id, call) VALUES ($1, 1, $2, 1, 0, '+79169999999', 1, true)`,
      [run, person],
    );
    deleting = bench.refused((own, act) => deletePeople(own, act, [person]));
    await waitForLock();
  });
  expect(await deleting).toMatchObject({ reason: 'under_call' });
  expect((await targetsOf(run)).map((target) => target['state'])).toEqual(['u']);
});

test('all or none', async () => {
  const person = await bench.person();
  for (const wrong of [999_999, 0, 2 ** 31])
    expect(await bench.refused((tx, act) => deletePeople(tx, act, [person, wrong]))).toMatchObject({ reason: 'unknown_person' });
  expect(await showPerson(bench.database.work, bench.act(), person)).toMatchObject({ id: person });
});
