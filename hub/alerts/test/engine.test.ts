import { expect, test, vi } from 'vitest';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// Runs from their start to their end, with far sides that do what the test says.

const { bench, ended, results } = steerRuns();

const people = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    name: `Person ${String(at).padStart(3, '0')}`,
    phones: [`+7916${String(at).padStart(7, '0')}`],
  }));
const counts = (task: number) =>
  bench.rows<{ result: number; count: number }>(
    `SELECT result, sum(count)::int AS count FROM alerts_run_count JOIN alerts_run USING (run_id)
     WHERE task_id = $1 AND number = (SELECT max(number) FROM alerts_run WHERE task_id = $1) GROUP BY result HAVING sum(count) <> 0 ORDER BY result`,
    task,
  );

test('everybody on the list is told once, in the order of priority and name', async () => {
  const list = await bench.list([
    { name: 'Б', phones: ['+79160000001'] },
    { name: 'А', phones: ['+79160000002'] },
    { name: 'Я', phones: ['+79160000003'], priority: 1 },
  ]);
  const task = await bench.task(list);
  bench.sms.capacity = 1;
  const { status, run, changed } = await bench.start(task);
  expect({ status, number: run?.number, changed }).toEqual({ status: 2, number: 1, changed: true });
  await ended(task);
  expect(bench.sms.orders.map(({ address, text }) => [address, text])).toEqual([
    ['+79160000003', 'Сбор, Я'],
    ['+79160000002', 'Сбор, А'],
    ['+79160000001', 'Сбор, Б'],
  ]);
  expect(await results(task)).toEqual([2, 2, 2]);
  expect(await counts(task)).toEqual([{ result: 2, count: 3 }]);
  const [row] = await bench.rows<{ status: number; runs: number }>('SELECT status, runs FROM alerts_task WHERE task_id = $1', task);
  expect(row).toEqual({ status: 4, runs: 1 });
});

test('who is excluded or has no address is not told, and stands in the report', async () => {
  const list = await bench.list([
    { name: 'Away', phones: ['+79160000011'] },
    { name: 'Mute' },
    { name: 'There', phones: ['+79160000012'] },
  ]);
  await bench.rows(`UPDATE alerts_person SET excluded_until = now() + interval '1 day' WHERE name = 'Away'`);
  const task = await bench.task(list);
  await bench.start(task);
  await ended(task);
  expect(await results(task)).toEqual([9, 10, 2]);
  expect(bench.sms.orders).toHaveLength(1);
  expect(await counts(task)).toEqual([
    { result: 2, count: 1 },
    { result: 9, count: 1 },
    { result: 10, count: 1 },
  ]);
});

test('who is excluded after the start is not told either', async () => {
  const task = await bench.task(await bench.list([{ name: 'Soon away', phones: ['+79160000021'] }]));
  bench.sms.capacity = 0;
  await bench.start(task);
  await bench.rows(`UPDATE alerts_person SET excluded_from = now() WHERE name = 'Soon away'`);
  bench.sms.capacity = 10;
  await ended(task);
  expect(await results(task)).toEqual([9]);
  expect(bench.sms.orders).toHaveLength(0);
});

test('the next address is tried after a failure, and the next round after the last one', async () => {
  bench.sms.answer = ({ address }) => outcome(address === '+79160000032' && bench.sms.orders.length > 3 ? 'done' : 'temporary');
  const list = await bench.list([{ name: 'Two', phones: ['+79160000031', '+79160000032'] }]);
  const task = await bench.task(list, { settings: { gap: 0, pause: 0, rounds: 2 } });
  await bench.start(task);
  await ended(task);
  expect(bench.sms.orders.map(({ address }) => address.at(-1))).toEqual(['1', '2', '1', '2']);
  expect(await bench.targets(task)).toMatchObject([{ result: 2, attempts: 4, address: '+79160000032' }]);
});

test('people with one address and one text are told with one message', async () => {
  const family = [
    { name: 'Mother', phones: ['+79160000041'] },
    { name: 'Father', phones: ['+79160000041'] },
    { name: 'Aunt', phones: ['+79160000042'] },
  ];
  const task = await bench.task(await bench.list(family), { text: 'Сбор' });
  await bench.start(task);
  await ended(task);
  expect(bench.sms.orders.map(({ address }) => address).sort()).toEqual(['+79160000041', '+79160000042']);
  expect(await results(task)).toEqual([2, 2, 2]);
  expect(await counts(task)).toEqual([{ result: 2, count: 3 }]);
  const named = await bench.task(await bench.list(family));
  bench.sms.orders.length = 0;
  await bench.start(named);
  await ended(named);
  expect(bench.sms.orders).toHaveLength(3);
});

test('parts are delivered when all their receipts are here; one that fails, fails the message', async () => {
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`${attempt}-a`, `${attempt}-b`] });
  const list = await bench.list([
    { name: 'Good', phones: ['+79160000051'] },
    { name: 'Ill', phones: ['+79160000052'] },
  ]);
  const task = await bench.task(list, { settings: { rounds: 1 } });
  await bench.start(task);
  await vi.waitFor(async () => expect((await bench.targets(task)).map(({ state }) => state)).toEqual(['w', 'w']), PATIENCE);
  const [good, ill] = [...bench.sms.orders].sort((a, b) => a.address.localeCompare(b.address)).map(({ attempt }) => attempt);
  const receipt = (messageId: string, result: 'delivered' | 'permanent') =>
    bench.sms.news.receipt({ messageId, result, code: result, detail: '' });
  await receipt(`${good}-b`, 'delivered');
  expect((await bench.targets(task))[0]).toMatchObject({ state: 'w', result: 0 });
  await Promise.all([
    receipt(`${good}-a`, 'delivered'),
    receipt(`${ill}-a`, 'delivered'),
    receipt(`${ill}-b`, 'permanent'),
    receipt('nobody', 'delivered'),
  ]);
  await ended(task);
  expect(await results(task)).toEqual([2, 6]);
  expect(await bench.rows('SELECT count(*)::int AS parts FROM alerts_part')).toEqual([{ parts: 0 }]);
});

test('a receipt that is quicker than the commit of its message is not lost', async () => {
  bench.sms.answer = ({ attempt }) => {
    // Heard while the answer to the attempt is still on its way into the database.
    void bench.sms.news.receipt({ messageId: `quick-${attempt}`, result: 'delivered', code: 'DELIVRD', detail: '' });
    return outcome('submitted', { messageIds: [`quick-${attempt}`] });
  };
  const task = await bench.task(await bench.list(people(20)), { settings: { rounds: 1 } });
  await bench.start(task);
  await ended(task);
  expect(new Set(await results(task))).toEqual(new Set([2]));
});

test('a receipt after its time improves the result, also after the end of the run', async () => {
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`late-${attempt}`] });
  const task = await bench.task(await bench.list([{ name: 'Late', phones: ['+79160000061'] }]), { settings: { rounds: 1, receipt: 0 } });
  await bench.start(task);
  await ended(task);
  expect(await results(task)).toEqual([15]);
  await bench.sms.news.receipt({ messageId: `late-${bench.sms.orders[0]?.attempt}`, result: 'delivered', code: 'DELIVRD', detail: '' });
  expect(await results(task)).toEqual([2]);
  expect(await counts(task)).toEqual([{ result: 2, count: 1 }]);
  const [improved] = await bench.rows<{ data: Record<string, unknown> }>(
    `SELECT data FROM event WHERE type = 'vestnik.alerts.target.improved' ORDER BY id DESC LIMIT 1`,
  );
  expect(improved?.data).toMatchObject({ result: 2, was: 15 });
});

test('a stopped run begins nothing and can be continued; a new one cancels it', async () => {
  bench.sms.capacity = 0;
  const task = await bench.task(await bench.list(people(5)));
  await bench.start(task);
  expect(await bench.stopTask(task)).toMatchObject({ status: 3, changed: true });
  expect(await bench.stopTask(task)).toMatchObject({ status: 3, changed: false });
  bench.sms.capacity = 10;
  bench.sms.news.changed();
  expect((await bench.targets(task)).every(({ state }) => state === 'r')).toBe(true);
  expect(await bench.start(task, false)).toMatchObject({ run: { number: 1 }, changed: true });
  await ended(task);
  expect(bench.sms.orders).toHaveLength(5);

  bench.sms.capacity = 0;
  await bench.start(task);
  expect(await bench.start(task, false)).toMatchObject({ run: { number: 2 }, changed: false });
  expect(await bench.start(task, true)).toMatchObject({ run: { number: 3 }, changed: true });
  const [cancelled] = await bench.rows<{ count: number }>(
    'SELECT count(*)::int FROM alerts_target JOIN alerts_run USING (run_id) WHERE task_id = $1 AND number = 2 AND result = 12',
    task,
  );
  expect(cancelled?.count).toBe(5);
  bench.sms.capacity = 10;
  bench.sms.news.changed();
  await ended(task);
  expect(await results(task)).toEqual([2, 2, 2, 2, 2]);
});

test('the more urgent run goes first', async () => {
  bench.sms.capacity = 0;
  const slow = await bench.task(await bench.list(people(6)), { priority: 9, text: 'later' });
  const fast = await bench.task(await bench.list(people(6)), { priority: 1, text: 'at once' });
  await bench.start(slow);
  await bench.start(fast);
  bench.sms.capacity = 1;
  bench.sms.news.changed();
  await Promise.all([ended(slow), ended(fast)]);
  expect(bench.sms.orders.slice(0, 6).map(({ text }) => text)).toEqual(Array(6).fill('at once'));
});

test('no address has two messages under way at once, whichever runs they are of', async () => {
  let under = 0;
  let most = 0;
  bench.sms.answer = async () => {
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => setTimeout(resolve, 50));
    under -= 1;
    return outcome('done');
  };
  const tasks = await Promise.all([1, 2, 3].map(async () => bench.task(await bench.list([{ name: 'One', phones: ['+79160000071'] }]))));
  for (const task of tasks) await bench.start(task);
  await Promise.all(tasks.map(ended));
  expect(most).toBe(1);
  expect(bench.sms.orders).toHaveLength(3);
});

test('a channel that fails costs no attempt of the round', async () => {
  let failures = 0;
  bench.sms.answer = () => {
    failures += 1;
    return failures <= 2 ? outcome('channel') : outcome('done');
  };
  const task = await bench.task(await bench.list([{ name: 'Patient', phones: ['+79160000081'] }]), { settings: { rounds: 1 } });
  await bench.start(task);
  await ended(task);
  expect(await results(task)).toEqual([2]);
});

test('a far side that asks for time is asked again, and it counts as nothing', async () => {
  let asked = 0;
  bench.sms.answer = () => {
    asked += 1;
    return asked <= 2 ? outcome('slow') : outcome('done');
  };
  const task = await bench.task(await bench.list([{ name: 'Throttled', phones: ['+79160000091'] }]), { settings: { rounds: 1 } });
  await bench.start(task);
  await ended(task);
  expect(await bench.targets(task)).toMatchObject([{ result: 2, attempts: 1 }]);
});

test('mails go by the mail channel, with the subject of the task', async () => {
  const task = await bench.task(await bench.list([{ name: 'Анна', emails: ['anna@example.org'] }]), {
    type: 3,
    text: 'Сбор',
    settings: { subject: 'Для {name}' },
  });
  await bench.start(task);
  await ended(task);
  expect(bench.mail.orders).toMatchObject([{ address: 'anna@example.org', subject: 'Для Анна', text: 'Сбор' }]);
  expect(bench.sms.orders).toHaveLength(0);
});

test('a start without a working channel is refused and stores nothing', async () => {
  const task = await bench.task(await bench.list(people(1)));
  await bench.rows('UPDATE alerts_channel SET enabled = false');
  try {
    await expect(bench.start(task)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'no_channel' });
  } finally {
    await bench.rows('UPDATE alerts_channel SET enabled = true');
  }
  expect(await bench.rows('SELECT count(*)::int AS runs FROM alerts_run WHERE task_id = $1', task)).toEqual([{ runs: 0 }]);
});
