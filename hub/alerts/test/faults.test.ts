import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { addChannelGroup } from '../add-channel-group.ts';
import { endRuns } from '../engine/end-runs.ts';
import { expireWaits } from '../engine/expire-waits.ts';
import { createRunBook } from '../engine/run-book.ts';
import { sweepAttempts } from '../engine/sweep-attempts.ts';
import { takeReceipts } from '../engine/take-receipts.ts';
import { lockTask, setRunStatus } from '../sql/runs.ts';
import { kindOf, outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// What could leave somebody untold, or a run without an end: each of these did once.

const { bench, states, become, expectRecount } = steerRuns();

test('receipts of two parts that are stored at once by two hubs are both counted', async () => {
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`${attempt}-a`, `${attempt}-b`] });
  const task = await bench.task(await bench.list([{ name: 'Parts', phones: ['+79163000001'] }]), { settings: { rounds: 1 } });
  await bench.start(task);
  await become(task, ['w0']);
  const attempt = bench.sms.orders[0]?.attempt ?? 0;
  const [group] = await bench.rows<{ group_id: number }>('SELECT group_id FROM alerts_attempt WHERE attempt_id = $1', attempt);
  const receipt = (part: string) => ({
    group: group?.group_id ?? 0,
    spellings: [`${attempt}-${part}`],
    receipt: { messageId: `${attempt}-${part}`, result: 'delivered', code: 'DELIVRD', detail: '' } as const,
  });
  const book = createRunBook();
  const { database } = bench.db;
  const stored = Promise.withResolvers<void>();
  const first = database.transaction(async (tx) => {
    await takeReceipts(tx, book, [receipt('a')]);
    stored.resolve();
    // The other one waits for the target by now, with what it had seen before.
    await vi.waitFor(async () => {
      const waiting = await bench.rows(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`);
      expect(waiting).toHaveLength(1);
    }, PATIENCE);
  });
  await stored.promise;
  await Promise.all([first, database.transaction((tx) => takeReceipts(tx, book, [receipt('b')]))]);
  await become(task, ['f2']);
  await expectRecount(task);
});

test('whose channel failed is told by it again when no other one takes him', async () => {
  const second = { ...bench.sms, orders: [], running: 0 };
  const kinds = new Map([[3, kindOf(3, second)]]);
  const [{ number = 0 } = {}] = await bench.rows<{ number: number }>('SELECT min(number) AS number FROM alerts_channel');
  await bench.db.database.transaction((tx) => addChannelGroup(tx, bench.act, kinds, { kind: 3, name: 'Other', settings: {} }));
  await bench.rows('UPDATE alerts_channel SET state = 1');
  await bench.rows('UPDATE alerts_channel_group SET version = version + 1');
  await bench.db.database.transaction((tx) => addChannelGroup(tx, bench.act, kinds, { kind: 3, name: 'Third', settings: {} }));
  await vi.waitFor(() => expect(bench.sms.running).toBe(3), PATIENCE);
  let asked = 0;
  bench.sms.answer = () => {
    asked += 1;
    return outcome(asked === 1 ? 'channel' : 'done');
  };
  // The task may use the first group only.
  const task = await bench.task(await bench.list([{ name: 'Only way', phones: ['+79163000011'] }]), {
    channels: '1'.padStart(number, '0'),
    settings: { rounds: 1 },
  });
  await bench.start(task);
  await vi.waitFor(async () => expect(await states(task)).toEqual(['f2']), { timeout: 20_000, interval: 100 });
  await bench.rows(`UPDATE alerts_channel_group SET enabled = false WHERE name IN ('Other', 'Third')`);
});

test('who shares the address of somebody excluded or deleted is told in his place', async () => {
  bench.sms.capacity = 0;
  const list = await bench.list([
    { name: 'A away', phones: ['+79163000021'] },
    { name: 'B there', phones: ['+79163000021'] },
    { name: 'C gone', phones: ['+79163000022'] },
    { name: 'D there', phones: ['+79163000022'] },
    { name: 'E there', phones: ['+79163000022'] },
  ]);
  const task = await bench.task(list, { text: 'Сбор' });
  await bench.start(task);
  expect(await states(task)).toEqual(['r0', 'm0', 'r0', 'm0', 'm0']);
  await bench.rows(`UPDATE alerts_person SET excluded_from = now() WHERE name = 'A away'`);
  await bench.rows(`DELETE FROM alerts_list_person WHERE person_id = (SELECT person_id FROM alerts_person WHERE name = 'C gone')`);
  await bench.rows(`DELETE FROM alerts_address WHERE person_id = (SELECT person_id FROM alerts_person WHERE name = 'C gone')`);
  await bench.rows(`DELETE FROM alerts_person WHERE name = 'C gone'`);
  bench.sms.capacity = 10;
  bench.sms.news.changed();
  await become(task, ['f9', 'f2', 'f12', 'f2', 'f2']);
  expect(bench.sms.orders).toHaveLength(2);
  await expectRecount(task);
});

test('who is excluded between his attempts keeps the best of them', async () => {
  bench.sms.answer = () => outcome('unknown');
  const task = await bench.task(await bench.list([{ name: 'Leaves', phones: ['+79163000031'] }]), {
    settings: { rounds: 2, pause: 0, dup: 0 },
  });
  bench.sms.answer = async () => {
    await bench.rows(`UPDATE alerts_person SET excluded_from = now() WHERE name = 'Leaves'`);
    return outcome('unknown');
  };
  await bench.start(task);
  await become(task, ['f14']);
  expect(bench.sms.orders).toHaveLength(1);
});

test('a schedule that only a foreign client understands holds up nobody', async () => {
  const task = await bench.task(await bench.list([{ name: 'Foreign', phones: ['+79163000041'] }]));
  await bench.rows(`UPDATE alerts_task SET schedule = '"9;when the moon is full"' WHERE task_id = $1`, task);
  const other = await bench.task(await bench.list([{ name: 'Own', phones: ['+79163000042'] }]));
  await bench.start(task);
  await bench.start(other);
  await become(task, ['f2']);
  await become(other, ['f2']);
});

test('a licence that ends lets no new attempt begin, and what is left is told when it is back', async () => {
  const task = await bench.task(await bench.list([{ name: 'Licensed', phones: ['+79163000051'] }]));
  bench.sms.capacity = 0;
  await bench.start(task);
  bench.settings.licence = { ...bench.settings.licence, present: 'no' };
  bench.sms.capacity = 10;
  bench.sms.news.changed();
  await pause(1_500);
  expect(await states(task)).toEqual(['r0']);
  bench.settings.licence = { ...bench.settings.licence, present: 'yes' };
  await become(task, ['f2']);
});

test('a run that goes on has the priority and the channels that its task has by now', async () => {
  bench.sms.capacity = 0;
  const task = await bench.task(await bench.list([{ name: 'Paused', phones: ['+79163000061'] }]), { priority: 9 });
  await bench.start(task);
  await bench.stopTask(task);
  await bench.rows(`UPDATE alerts_task SET priority = 2, channels = '11' WHERE task_id = $1`, task);
  await bench.start(task, false);
  expect(await bench.rows('SELECT priority, channels FROM alerts_run WHERE task_id = $1', task)).toEqual([{ priority: 2, channels: '11' }]);
  bench.sms.capacity = 10;
  bench.sms.news.changed();
  await become(task, ['f2']);
});

test('waits end by the clock of the database, whatever the hub takes the time for', async () => {
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`clock-${attempt}`] });
  const task = await bench.task(await bench.list([{ name: 'Clock', phones: ['+79163000071'] }]), { settings: { rounds: 1 } });
  await bench.start(task);
  await become(task, ['w0']);
  vi.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() - 3_600_000);
  try {
    await bench.rows(`UPDATE alerts_target SET due_at = now() WHERE state = 'w'`);
    await become(task, ['f15']);
  } finally {
    vi.restoreAllMocks();
  }
  expect(await bench.db.database.transaction((tx) => expireWaits(tx, createRunBook(), 10))).toEqual({ count: 0, touched: new Set() });
});

test('what a far side says can be stored, whatever it says', async () => {
  bench.sms.answer = () => outcome('temporary', { code: 'no\0', detail: `nul \0 and ${'long '.repeat(400)}` });
  const task = await bench.task(await bench.list([{ name: 'Hostile', phones: ['+79163000081'] }]), { settings: { rounds: 1 } });
  await bench.start(task);
  await become(task, ['f4']);
  await bench.sms.news.incoming({ from: '+7916\x180', to: '1', text: 'nul \0', id: undefined });
  await bench.sms.news.receipt({ messageId: 'nul \0', result: 'delivered', code: '\0', detail: '\0' });
});

test('an attempt that could not be prepared costs no attempt, and nothing is said to have left', async () => {
  bench.confirmUrlOf = () => {
    bench.confirmUrlOf = undefined;
    throw new Error('on purpose');
  };
  const task = await bench.task(await bench.list([{ name: 'Unprepared', phones: ['+79163000091'] }]), { settings: { rounds: 1 } });
  await bench.start(task);
  await become(task, ['f2']);
});

test('a reply that is delivered twice confirms once', async () => {
  const list = await bench.list([{ name: 'Twice', phones: ['+79163000101'] }]);
  const confirmation = { kind: 'key' } as const;
  const older = await bench.task(list, { confirmation, settings: { rounds: 1 } });
  const newer = await bench.task(list, { confirmation, settings: { rounds: 1 } });
  await bench.start(older);
  await become(older, ['w0']);
  await bench.start(newer);
  await become(newer, ['w0']);
  const reply = { from: '+79163000101', to: '1234', text: 'да', id: 'mo-1' };
  await bench.sms.news.incoming(reply);
  await bench.sms.news.incoming(reply);
  expect([await states(older), await states(newer)]).toEqual([['w0'], ['f3']]);
  await bench.sms.news.incoming({ ...reply, id: 'mo-2' });
  expect(await states(older)).toEqual(['f3']);
});

test('a new run leaves those merged with somebody under way to what comes of him', async () => {
  const gate = Promise.withResolvers<void>();
  bench.sms.answer = async () => {
    await gate.promise;
    return outcome('done');
  };
  const list = await bench.list([
    { name: 'F leads', phones: ['+79163000111'] },
    { name: 'G follows', phones: ['+79163000111'] },
  ]);
  const task = await bench.task(list, { text: 'Сбор' });
  const { run } = await bench.start(task);
  await become(task, ['u0', 'm0']);
  await bench.start(task);
  gate.resolve();
  await vi.waitFor(async () => {
    expect(await bench.rows('SELECT state::text, result FROM alerts_target WHERE run_id = $1 ORDER BY no', run?.id ?? 0)).toEqual([
      { state: 'f', result: 2 },
      { state: 'f', result: 2 },
    ]);
  }, PATIENCE);
  await become(task, ['f2', 'f2']);
  await expectRecount(task);
});

test('an attempt whose delivery is gone is in doubt, and the one after it is made', async () => {
  const gate = Promise.withResolvers<void>();
  bench.sms.answer = async () => {
    await gate.promise;
    return outcome('done');
  };
  const task = await bench.task(await bench.list([{ name: 'Orphan', phones: ['+79163000121'] }]), {
    settings: { rounds: 1, dup: 1, gap: 0 },
  });
  await bench.start(task);
  await become(task, ['u0']);
  await bench.rows(`DELETE FROM delivery_due WHERE engine = 2`);
  const sweep = (seconds: number) => bench.db.database.transaction((tx) => sweepAttempts(tx, createRunBook(), seconds));
  expect(await sweep(60)).toEqual({ attempts: 0, runs: 0 });
  await bench.rows(`UPDATE alerts_attempt SET started_at = started_at - interval '2 minutes' WHERE ended_at IS NULL`);
  expect(await sweep(60)).toEqual({ attempts: 1, runs: 0 });
  await vi.waitFor(() => expect(bench.sms.orders).toHaveLength(2), PATIENCE);
  gate.resolve();
  await become(task, ['f2']);
  await expectRecount(task);
});

test('who came back from an attempt while his run was being ended is cancelled', async () => {
  bench.sms.capacity = 0;
  const task = await bench.task(await bench.list([{ name: 'Left open', phones: ['+79163000131'] }]));
  await bench.start(task);
  await bench.rows('UPDATE alerts_run SET status = 4, ended_at = now() WHERE task_id = $1', task);
  expect(await bench.db.database.transaction((tx) => sweepAttempts(tx, createRunBook(), 60))).toMatchObject({ runs: 1 });
  expect(await states(task)).toEqual(['f12']);
  await expectRecount(task);
});

test('the end of a run and its stop at the same moment do not lock each other out', async () => {
  const task = await bench.task(await bench.list([{ name: 'Last', phones: ['+79163000141'] }]));
  bench.sms.capacity = 0;
  const { database } = bench.db;
  const { run } = await bench.start(task);
  await database.transaction(async (tx) => {
    // As a stop does: the task first.
    await lockTask(tx, task);
    await bench.rows(`UPDATE alerts_target SET state = 'f', result = 2 WHERE run_id = $1`, run?.id ?? 0);
    await database.transaction(endRuns);
    expect(await bench.rows('SELECT status FROM alerts_run WHERE run_id = $1', run?.id ?? 0)).toEqual([{ status: 2 }]);
    await setRunStatus(tx, run?.id ?? 0, 3, false);
  });
  await database.transaction(endRuns);
  expect(await bench.rows('SELECT status FROM alerts_run WHERE run_id = $1', run?.id ?? 0)).toEqual([{ status: 3 }]);
});
