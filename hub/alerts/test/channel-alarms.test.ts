import { beforeEach, expect, test, vi } from 'vitest';
import { raiseAlarms } from '../engine/raise-alarms.ts';
import { startMaintenance } from '../maintenance.ts';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// All channels of a kind in fault: an alarm, once; the run stays under way, and goes on by itself when one works again (specification of alerts 8.1).

const { bench } = steerRuns();
beforeEach(async () => {
  await become('works');
  await raise();
  await bench.rows(`DELETE FROM event WHERE type LIKE 'vestnik.alerts.channels.%'`);
});

const SMS = 3;
const raise = () => bench.db.database.transaction(raiseAlarms);
/** As if half a minute had gone by. */
const later = () => bench.rows(`UPDATE alerts_alarm SET since = since - interval '31 s'`);
const told = () =>
  bench.rows<{ type: string; data: Record<string, unknown> }>(
    `SELECT replace(type, 'vestnik.alerts.channels.', '') AS type, data FROM event WHERE type LIKE 'vestnik.alerts.channels.%' ORDER BY id`,
  );
/** The channel of SMS fails, or works again, and the hub has written that down. */
async function become(state: 'faulty' | 'works'): Promise<void> {
  if (state === 'faulty') bench.sms.faulty.add(0);
  else bench.sms.faulty.clear();
  bench.sms.capacity = state === 'faulty' ? 0 : 10;
  bench.sms.news.changed();
  const seen = 'SELECT c.state FROM alerts_channel c JOIN alerts_channel_group g USING (group_id) WHERE g.kind = $1';
  await vi.waitFor(async () => expect(await bench.rows(seen, SMS)).toEqual([{ state: state === 'faulty' ? 6 : 1 }]), PATIENCE);
}

test('it is told once, with the runs that wait, and so is that it is over; the run goes on by itself', async () => {
  bench.sms.capacity = 0;
  const task = await bench.task(await bench.list([{ name: 'Waits', phones: ['+79160900001'] }]));
  const { run } = await bench.start(task);
  await become('faulty');
  expect(await raise()).toEqual({ failed: 0, recovered: 0 });
  await later();
  expect(await Promise.all([raise(), raise()])).toContainEqual({ failed: 1, recovered: 0 });
  await later();
  expect(await raise()).toEqual({ failed: 0, recovered: 0 });
  expect(await told()).toMatchObject([{ type: 'failed', data: { kind: 'smpp', channels: [1], runs: [run?.id] } }]);
  // Nothing has ended, and nothing is counted.
  expect(await bench.rows('SELECT status FROM alerts_run WHERE run_id = $1', run?.id ?? 0)).toEqual([{ status: 2 }]);
  expect(await bench.targets(task)).toMatchObject([{ state: 'r', result: 0, attempts: 0 }]);
  expect(await bench.rows('SELECT FROM alerts_run_count WHERE run_id = $1', run?.id ?? 0)).toEqual([]);
  expect(await bench.rows(`SELECT level FROM alerts_log WHERE text LIKE 'Ни один канал%'`)).toEqual([{ level: 'error' }]);

  bench.sms.answer = () => outcome('done');
  await become('works');
  expect(await raise()).toEqual({ failed: 0, recovered: 1 });
  expect(await told()).toMatchObject([{ type: 'failed' }, { type: 'recovered', data: { kind: 'smpp' } }]);
  await vi.waitFor(
    async () => expect(await bench.rows('SELECT status FROM alerts_run WHERE run_id = $1', run?.id ?? 0)).toEqual([{ status: 4 }]),
    PATIENCE,
  );
  expect(await bench.targets(task)).toMatchObject([{ state: 'f', result: 2, attempts: 1 }]);
});

test('a short fault, a channel that still works, and channels that somebody switched off are none', async () => {
  await become('faulty');
  await raise();
  await become('works');
  await raise();
  await later();
  expect(await raise()).toEqual({ failed: 0, recovered: 0 });

  await become('faulty');
  await bench.rows(
    `INSERT INTO alerts_channel (number, group_id, place, name, state) SELECT 77, group_id, 1, 'Second', 5 FROM alerts_channel_group WHERE kind = 3`,
  );
  await raise();
  await later();
  expect(await raise()).toEqual({ failed: 0, recovered: 0 });
  await bench.rows('UPDATE alerts_channel SET state = 6 WHERE number = 77');
  await raise();
  await later();
  expect(await raise()).toEqual({ failed: 1, recovered: 0 });
  await bench.rows('DELETE FROM alerts_channel WHERE number = 77');
  // Nobody expects anything of a kind that is switched off: it is over.
  await bench.rows('UPDATE alerts_channel_group SET enabled = false WHERE kind = 3');
  expect(await raise()).toEqual({ failed: 0, recovered: 1 });
  await later();
  expect(await raise()).toEqual({ failed: 0, recovered: 0 });
  await bench.rows('UPDATE alerts_channel_group SET enabled = true WHERE kind = 3');
});

test('a hub at work looks by itself', async () => {
  const { secretKey, settings } = bench.act;
  await become('faulty');
  await raise();
  await later();
  const jobs = startMaintenance({ database: bench.db.database, secretKey, settings: () => settings, wake: () => undefined });
  try {
    await vi.waitFor(async () => expect(await told()).toMatchObject([{ type: 'failed' }]), PATIENCE);
    await become('works');
    await vi.waitFor(async () => expect(await told()).toMatchObject([{ type: 'failed' }, { type: 'recovered' }]), PATIENCE);
  } finally {
    await jobs.stop();
  }
});
