import { expect, test } from 'vitest';
import { addChannelGroup } from '../add-channel-group.ts';
import { changeTask } from '../change-task.ts';
import { kindOf, outcome } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// Which run a free channel serves, and which channels a run may use (specification of alerts 4.6.4, 4.10.3).

/** The group of two channels that alone sends here: their numbers. */
let lines: readonly number[];
const { bench, states, become } = steerRuns(async (bench) => {
  await bench.rows(`UPDATE alerts_channel_group SET enabled = false WHERE name = 'SMS'`);
  await bench.db.database.transaction((tx) =>
    addChannelGroup(tx, bench.act, new Map([[3, kindOf(3, bench.sms)]]), { kind: 3, name: 'Pair', settings: { lines: 2 } }),
  );
  await bench.rows('UPDATE alerts_channel SET state = 1');
  lines = (await bench.rows<{ number: number }>(`SELECT number FROM alerts_channel WHERE name LIKE 'Pair%' ORDER BY number`)).map(
    ({ number }) => number,
  );
});

const people = (count: number, from: number) =>
  bench.list(
    Array.from({ length: count }, (_, at) => ({
      name: `P${String(at).padStart(3, '0')}`,
      phones: [`+7917${String(from + at).padStart(7, '0')}`],
    })),
  );
const allTold = (task: number, count: number) => become(task, Array(count).fill('f2'));
const mask = (number: number): string => '1'.padStart(number, '0');
/** Until the engine has looked twice for what it may take up: each of these is told through its whole way. */
async function engineHasLooked(): Promise<void> {
  for (const at of [1, 2]) {
    const task = await bench.task(await people(1, 9_000_000 + numbers++), { text: `look ${at}`, priority: 9 });
    await bench.start(task);
    await allTold(task, 1);
  }
}
let numbers = 0;

test('the channels that a task names are given with each order; all of them are given as any', async () => {
  const [first = 0, second = 0] = lines;
  const one = await bench.task(await people(1, 1), { channels: mask(second) });
  const both = await bench.task(await people(1, 2), { channels: `${mask(first).slice(0, -1)}11` });
  for (const task of [one, both]) {
    await bench.start(task);
    await allTold(task, 1);
  }
  expect(bench.sms.orders.map(({ channels }) => channels && [...channels])).toEqual([[1], undefined]);
});

test('a run whose only channel fails waits for it, though the others of its group work; and it uses up nothing', async () => {
  const [first = 0] = lines;
  const task = await bench.task(await people(1, 11), { channels: mask(first), settings: { rounds: 1 } });
  await bench.start(task);
  await allTold(task, 1);
  bench.sms.faulty.add(0);
  bench.sms.orders.length = 0;
  bench.sms.answer = ({ channels }) => outcome(channels?.has(0) ? 'channel' : 'done');
  await bench.start(task);
  await engineHasLooked();
  expect(await states(task)).toEqual(['r0']);
  expect(bench.sms.orders.every(({ text }) => text.startsWith('look'))).toBe(true);
  bench.sms.faulty.clear();
  bench.sms.answer = () => outcome('done');
  bench.sms.news.changed();
  await allTold(task, 1);
  expect(await bench.targets(task)).toMatchObject([{ attempts: 1 }]);
});

test('runs of one priority take turns', async () => {
  bench.sms.capacity = 0;
  const tasks = [await bench.task(await people(12, 100), { text: 'one' }), await bench.task(await people(12, 200), { text: 'two' })];
  for (const task of tasks) await bench.start(task);
  // Room for one at a time: whoever is always first would take it each time.
  bench.sms.answer = () => new Promise((resolve) => setTimeout(() => resolve(outcome('done')), 40));
  bench.sms.capacity = 1;
  bench.sms.news.changed();
  for (const task of tasks) await allTold(task, 12);
  const half = bench.sms.orders.slice(0, 12).map(({ text }) => text);
  // Neither has to wait for the other to end.
  expect(half.filter((text) => text === 'one').length).toBeGreaterThanOrEqual(4);
  expect(half.filter((text) => text === 'two').length).toBeGreaterThanOrEqual(4);
});

test('a priority that is changed counts for who is still to be told', async () => {
  bench.sms.capacity = 0;
  const first = await bench.task(await people(6, 300), { text: 'first', priority: 2 });
  const second = await bench.task(await people(6, 400), { text: 'second', priority: 5 });
  await bench.start(first);
  await bench.start(second);
  await bench.db.database.transaction((tx) => changeTask(tx, bench.act, { id: second, change: { priority: 1 } }));
  bench.sms.capacity = 1;
  bench.sms.news.changed();
  await Promise.all([allTold(first, 6), allTold(second, 6)]);
  expect(bench.sms.orders.map(({ text }) => text)).toEqual([...Array(6).fill('second'), ...Array(6).fill('first')]);
});

test('channels that are changed count for who is still to be told', async () => {
  const [first = 0, second = 0] = lines;
  bench.sms.capacity = 0;
  const task = await bench.task(await people(1, 500), { channels: mask(first) });
  await bench.start(task);
  await bench.db.database.transaction((tx) => changeTask(tx, bench.act, { id: task, change: { channels: mask(second) } }));
  bench.sms.capacity = 1;
  bench.sms.news.changed();
  await allTold(task, 1);
  expect(bench.sms.orders.map(({ channels }) => channels && [...channels])).toEqual([[1]]);
});

test('outside its hours a run starts and waits; inside them it goes on', async () => {
  const now = Temporal.Now.zonedDateTimeISO('Europe/Moscow');
  const hour = (offset: number): string => now.add({ hours: offset }).toPlainTime().toString({ smallestUnit: 'minute' });
  const closed = { windows: [{ from: hour(2), to: hour(4) }], zone: 'Europe/Moscow' };
  const open = { windows: [{ from: hour(-1), to: hour(1) }], zone: 'Europe/Moscow' };
  const waits = await bench.task(await people(1, 600), { schedule: closed });
  const goes = await bench.task(await people(1, 601), { schedule: open });
  expect(await bench.start(waits)).toMatchObject({ status: 2, changed: true });
  await bench.start(goes);
  await allTold(goes, 1);
  await engineHasLooked();
  expect(await states(waits)).toEqual(['r0']);
  // As if the hours had come: the run is moved in place of the clock.
  await bench.rows(
    `UPDATE alerts_run SET frozen = jsonb_set(frozen, '{windows}', $2::jsonb) WHERE task_id = $1`,
    waits,
    JSON.stringify(open.windows),
  );
  await allTold(waits, 1);
});
