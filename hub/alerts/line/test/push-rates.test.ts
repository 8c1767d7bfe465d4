import { afterAll, beforeAll, expect, test } from 'vitest';
import { publish } from '../../../core/events/publish.ts';
import { addGroup } from '../../add-group.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData, workingChannel } from './support/standard-data.ts';

/** How often the same thing is pushed at most (specification of alerts 3.12.4, 3.12.5), and that its last state always is. */
let bench: LineBench;
let client: LineClient;
beforeAll(async () => {
  bench = await openLineBench();
  await standardData(bench);
  await workingChannel(bench, 4, 'Почта');
  await bench.rows(
    `INSERT INTO alerts_run (run_id, task_id, number, type, status, priority, channels, frozen, initiator, total)
     OVERRIDING SYSTEM VALUE VALUES (7, 1, 1, 3, 2, 1, '', '{"task":"x"}', '{}', 100000)`,
  );
  client = await bench.client();
});
afterAll(() => bench.stop());

/** Publishes for some seconds as fast as it goes, a count with each. @returns how long it took, and the last count */
async function flood(seconds: number, once: (count: number) => { type: string; subject: string; data: Record<string, unknown> }) {
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < seconds * 1_000) {
    count += 1;
    const number = count;
    await bench.rows('UPDATE alerts_channel SET ok = $1 WHERE number = 1', number);
    await bench.db.database.transaction((tx) => publish(tx, once(number)));
  }
  return { seconds: (performance.now() - began) / 1_000, count };
}

test('a channel that changes all the time is told five times a second, and its last state is told', async () => {
  expect(await client.ask('MONITORING 2')).toBe('MONITORING OK 2');
  const { seconds, count } = await flood(2, (number) => ({
    type: 'vestnik.alerts.channel.seen',
    subject: '1',
    data: { channel: 1, group: 1, state: 1, signal: null, info: String(number) },
  }));
  const last = (line: string): boolean => line.split(' ')[11] === String(count);
  const lines = [await client.line()];
  while (!last(lines.at(-1) ?? '')) lines.push(await client.line());
  expect(lines.length).toBeGreaterThan(1);
  // One may have begun before the first was counted, and one follows the end.
  expect(lines.length).toBeLessThanOrEqual(Math.ceil(seconds * 5) + 2);
  expect(await client.ask('MONITORING 0')).toBe('MONITORING OK 0');
});

test('the progress of a run is told once a second, every result at once, and the last progress is told', async () => {
  expect(await client.ask('MONITORING 1')).toBe('MONITORING OK 1');
  const began = performance.now();
  const { count } = await flood(2.5, (number) => ({
    type: 'vestnik.alerts.target.result',
    subject: `7.${number}`,
    data: { run: 7, target: number, person: number, result: 2, attempts: 1, address: 'a@example.org', channel: 1 },
  }));
  await bench.rows('INSERT INTO alerts_run_count VALUES (7, 0, 2, $1)', count);
  await bench.db.database.transaction((tx) =>
    publish(tx, { type: 'vestnik.alerts.run.finished', subject: 'run/7', data: { run: 7, task_id: 1, number: 1 } }),
  );
  const lines: string[] = [];
  const whole = new RegExp(`^GETTASKINFO OK 1 1 2 \\S{19} 100000 ${count} ${count} 0 0 ${100_000 - count}$`);
  // Progress is what the database says when it is looked at; results are told one after the other, and may come later.
  while (!lines.includes('REPORTREADY 1 1') || !lines.some((line) => whole.test(line))) lines.push(await client.line());
  const seconds = (performance.now() - began) / 1_000;
  expect(lines.filter((line) => line.startsWith('GETTASKINFO ABON '))).toHaveLength(count);
  expect(lines.filter((line) => line.startsWith('GETTASKINFO OK ')).length).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
});

test('what nobody monitors is not pushed', async () => {
  expect(await client.ask('MONITORING 8')).toBe('MONITORING OK 8');
  client.heard();
  await flood(0.2, (number) => ({
    type: 'vestnik.alerts.channel.seen',
    subject: '1',
    data: { channel: 1, group: 1, state: 1, signal: null, info: String(number) },
  }));
  const { id } = await bench.write((tx, act) => addGroup(tx, act, { name: 'Знак' }));
  expect(await client.line()).toBe(`ADDGROUP OK ${id} Знак·`);
});
