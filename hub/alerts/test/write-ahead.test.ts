import { expect, test, vi } from 'vitest';
import { openDatabase } from '../../core/database/database.ts';
import { run } from '../../core/database/statement.ts';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// What is written down before a message leaves, and what a message that has left holds (specification of alerts 4.9).

const { bench, states, become } = steerRuns();

const people = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `P${at}`, phones: [`${prefix}${at}`] }));

test('an attempt is committed, with its address and its time, before its driver hears of it', async () => {
  const stranger = openDatabase({ url: bench.db.url, poolSize: 2, queuePoolSize: 1, name: 'stranger' });
  try {
    const seen: unknown[] = [];
    bench.sms.answer = async ({ attempt, address }) => {
      // Of another session, which sees only what is committed.
      const found = await run<{ address: string; begun: boolean; open: boolean }>(
        stranger.work,
        'SELECT address, started_at <= now() AS begun, ended_at IS NULL AND result IS NULL AS open FROM alerts_attempt WHERE attempt_id = $1',
        [attempt],
      );
      seen.push(...found.rows.map((row) => ({ ...row, sent: address })));
      return outcome('done');
    };
    const task = await bench.task(await bench.list(people('+7916900001', 5)));
    await bench.start(task);
    await become(task, Array(5).fill('f2'));
    expect(seen).toHaveLength(5);
    for (const row of seen) expect(row).toMatchObject({ begun: true, open: true, address: (row as { sent: string }).sent });
  } finally {
    await stranger.close();
  }
});

test('messages that wait for their receipts hold no capacity, no address and no lease', async () => {
  bench.sms.capacity = 1;
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`waits-${attempt}`] });
  const list = await bench.list(people('+7916900002', 4));
  const task = await bench.task(list, { settings: { rounds: 1 } });
  await bench.start(task);
  await become(task, Array(4).fill('w0'));
  expect(await bench.rows('SELECT FROM delivery_due WHERE engine = 2')).toEqual([]);
  // The same addresses, while they are waited for.
  bench.sms.answer = () => outcome('done');
  const other = await bench.task(list);
  await bench.start(other);
  await become(other, Array(4).fill('f2'));
  expect(await states(task)).toEqual(Array(4).fill('w0'));
});

test('what is in doubt goes again under the same reference with dup=1, in this round; with dup=0 the next address comes first', async () => {
  const twice = [{ name: 'Doubt', phones: ['+79169000031', '+79169000032'] }];
  const first = new Set<string>();
  bench.sms.answer = ({ address }) => {
    if (address !== '+79169000031' || first.size > 0) return outcome('done');
    first.add(address);
    return outcome('unknown');
  };
  const again = await bench.task(await bench.list(twice), { settings: { rounds: 1, dup: 1, gap: 0 } });
  await bench.start(again);
  await become(again, ['f2']);
  expect(bench.sms.orders.map(({ address }) => address)).toEqual(['+79169000031', '+79169000031']);
  expect(new Set(bench.sms.orders.map(({ reference }) => reference)).size).toBe(1);
  expect(await bench.rows('SELECT result FROM alerts_attempt WHERE address = $1 ORDER BY attempt_id', '+79169000031')).toEqual([
    { result: 14 },
    { result: 2 },
  ]);

  first.clear();
  bench.sms.orders.length = 0;
  const next = await bench.task(await bench.list(twice), { settings: { rounds: 2, dup: 0, gap: 0, pause: 0 } });
  await bench.start(next);
  await become(next, ['f2']);
  expect(bench.sms.orders.map(({ address }) => address)).toEqual(['+79169000031', '+79169000032']);
});

test('the last word of an attempt and its target, its counter and its event are one commit', async () => {
  bench.sms.answer = () => outcome('done');
  // As on a full disk, for a while. A sequence remembers what was rolled back.
  await bench.rows('CREATE SEQUENCE refused');
  await bench.rows(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM nextval('refused'); RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$`);
  await bench.rows(`CREATE TRIGGER refuse BEFORE INSERT ON event FOR EACH ROW WHEN (NEW.type = 'vestnik.alerts.target.result')
    EXECUTE FUNCTION refuse()`);
  const task = await bench.task(await bench.list(people('+7916900004', 3)));
  const whole = () =>
    bench.rows(
      `SELECT (SELECT count(*)::int FROM alerts_attempt a WHERE a.run_id = r.run_id AND ended_at IS NOT NULL) AS ended,
         (SELECT count(*)::int FROM alerts_target t WHERE t.run_id = r.run_id AND state = 'f') AS final,
         (SELECT COALESCE(sum(count), 0)::int FROM alerts_run_count c WHERE c.run_id = r.run_id) AS counted,
         (SELECT count(*)::int FROM event e WHERE e.type = 'vestnik.alerts.target.result' AND (e.data ->> 'run')::int = r.run_id) AS told
       FROM alerts_run r WHERE task_id = $1`,
      task,
    );
  try {
    await bench.start(task);
    await vi.waitFor(() => expect(bench.sms.orders).toHaveLength(3), PATIENCE);
    await vi.waitFor(async () => expect(await bench.rows('SELECT is_called FROM refused')).toEqual([{ is_called: true }]), PATIENCE);
    expect(await whole()).toEqual([{ ended: 0, final: 0, counted: 0, told: 0 }]);
  } finally {
    await bench.rows('DROP TRIGGER refuse ON event');
    await bench.rows('DROP FUNCTION refuse');
  }
  // It was not thrown away meanwhile, nor is anything sent again.
  await vi.waitFor(async () => expect(await whole()).toEqual([{ ended: 3, final: 3, counted: 3, told: 3 }]), PATIENCE);
  expect(bench.sms.orders).toHaveLength(3);
});
