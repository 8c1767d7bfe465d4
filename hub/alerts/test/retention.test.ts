import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deletePeople } from '../delete-people.ts';
import { expire } from '../expire-runs.ts';
import { forgetDeletedPeople } from '../forget-people.ts';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './support/alerts-bench.ts';

let bench: AlertsBench;
let forget: 'yes' | 'no' = 'no';
beforeAll(async () => {
  bench = await alertsBench();
  await bench.hub();
  await forgetDeletedPeople(bench.events, () => ({ forgetNames: forget }));
});
afterAll(() => bench.end());

const DAYS = { reportDays: 30, logDays: 10 };
const finished = (run: number | undefined) =>
  vi.waitFor(
    async () => expect(await bench.rows('SELECT status FROM alerts_run WHERE run_id = $1', run ?? 0)).toEqual([{ status: 4 }]),
    PATIENCE,
  );
const count = async (table: string, where = 'true') =>
  (await bench.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${where}`))[0]?.n;

test('runs, logs and deliveries go when their time is over, and only then', async () => {
  const list = await bench.list([
    { name: 'A', phones: ['+79160000001'] },
    { name: 'B', phones: ['+79160000002'] },
  ]);
  const [old, fresh] = [await bench.task(list), await bench.task(list)];
  bench.sms.answer = () => outcome('done');
  const [oldRun, freshRun] = [(await bench.start(old)).run?.id, (await bench.start(fresh)).run?.id];
  await finished(oldRun);
  await finished(freshRun);
  await bench.rows('INSERT INTO alerts_occurrence (task_id, local_time, run_id) VALUES ($1, $2, $3)', old, '2026-01-01T09:00', oldRun ?? 0);
  await bench.rows(
    "INSERT INTO alerts_part (group_id, message_id, attempt_id, place) SELECT 1, 'x', attempt_id, 0 FROM alerts_attempt WHERE run_id = $1",
    oldRun ?? 0,
  );
  await bench.rows("UPDATE alerts_run SET ended_at = now() - interval '31 days' WHERE run_id = $1", oldRun ?? 0);
  await bench.rows("UPDATE alerts_run SET ended_at = now() - interval '29 days' WHERE run_id = $1", freshRun ?? 0);
  await bench.rows("UPDATE alerts_task SET deleted_at = now() - interval '31 days' WHERE task_id = $1", old);
  await bench.rows("UPDATE alerts_log SET at = now() - interval '11 days' WHERE log_id = (SELECT min(log_id) FROM alerts_log)");
  await bench.rows(
    "UPDATE delivery SET ended_at = now() - interval '8 days' WHERE engine = 2 AND id = (SELECT min(id) FROM delivery WHERE engine = 2)",
  );
  const before = { log: await count('alerts_log'), deliveries: await count('delivery', 'engine = 2') };

  expect(await expire(bench.db.database, DAYS, Temporal.Now.instant())).toEqual({
    runs: 1,
    tasks: 1,
    lines: 1,
    matches: 0,
    deliveries: 1,
    contents: 0,
  });
  for (const table of ['alerts_run', 'alerts_target', 'alerts_attempt', 'alerts_run_count'])
    expect(await count(table, `run_id = ${oldRun}`), table).toBe(0);
  expect([await count('alerts_part'), await count('alerts_occurrence')]).toEqual([0, 0]);
  expect(await count('alerts_task', `task_id = ${old}`)).toBe(0);
  expect([await count('alerts_target', `run_id = ${freshRun}`), await count('alerts_attempt', `run_id = ${freshRun}`)]).toEqual([2, 2]);
  expect(await count('alerts_log')).toBe((before.log ?? 0) - 1);
  expect(await count('delivery', 'engine = 2')).toBe((before.deliveries ?? 0) - 1);
  expect(await expire(bench.db.database, DAYS, Temporal.Now.instant())).toEqual({
    runs: 0,
    tasks: 0,
    lines: 0,
    matches: 0,
    deliveries: 0,
    contents: 0,
  });
});

test('a run that is stopped, and one that is under way, are not old, whenever they began', async () => {
  const held = Promise.withResolvers<void>();
  bench.sms.answer = async () => {
    await held.promise;
    return outcome('done');
  };
  const task = await bench.task(await bench.list([{ name: 'C', phones: ['+79160000003'] }]));
  const run = (await bench.start(task)).run?.id;
  await bench.rows("UPDATE alerts_run SET started_at = now() - interval '90 days' WHERE run_id = $1", run ?? 0);
  expect((await expire(bench.db.database, DAYS, Temporal.Now.instant())).runs).toBe(0);
  await bench.stopTask(task);
  expect((await expire(bench.db.database, DAYS, Temporal.Now.instant())).runs).toBe(0);
  held.resolve();
});

test('names of people who are deleted go from the runs when the settings ask for it', async () => {
  bench.sms.answer = () => outcome('done');
  const task = await bench.task(
    await bench.list([
      { name: 'Keeps', phones: ['+79160000011'] },
      { name: 'Loses', phones: ['+79160000012'] },
      { name: 'Stays', phones: ['+79160000013'] },
    ]),
  );
  await finished((await bench.start(task)).run?.id);
  const idOf = async (name: string) =>
    (await bench.rows<{ id: number }>('SELECT person_id AS id FROM alerts_person WHERE name = $1', name))[0]?.id ?? 0;
  const remove = async (id: number) => bench.db.database.transaction((tx) => deletePeople(tx, bench.act, [id]));
  const [keeps, loses] = [await idOf('Keeps'), await idOf('Loses')];
  await remove(keeps);
  const passed = () =>
    bench.rows<{ ahead: boolean }>(
      "SELECT EXISTS (SELECT FROM event e, event_cursor c WHERE c.subscriber = 'alerts.forget' AND e.type = 'vestnik.alerts.person.deleted' AND (e.txid, e.id) > (c.txid, c.id)) AS ahead",
    );
  await vi.waitFor(async () => expect(await passed()).toEqual([{ ahead: false }]), PATIENCE);
  forget = 'yes';
  await remove(loses);
  await vi.waitFor(
    async () => expect((await bench.targets(task)).map(({ name }) => name)).toEqual(['Keeps', `#${loses}`, 'Stays']),
    PATIENCE,
  );
});
