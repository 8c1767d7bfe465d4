import { afterAll, beforeAll, expect, test } from 'vitest';
import { standingJson } from '../api/run-answers.ts';
import { sealPin } from '../person-row.ts';
import { type AlertsBench, alertsBench } from './support/alerts-bench.ts';

// What whoever starts a task is told of people who will not be reached, or cannot confirm (specification of alerts 4.5, 10).

let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
});
afterAll(() => bench.end());

/** Two with a PIN, two without, one of whom has no phone either, and one without who is excluded. */
async function watch(): Promise<number> {
  const names = ['Pin 1', 'Pin 2', 'No pin', 'No phone', 'Away'];
  const list = await bench.list(names.map((name, at) => ({ name, phones: name === 'No phone' ? [] : [`+791600000${at}${at}`] })));
  const people = await bench.rows<{ id: number; name: string }>(
    'SELECT person_id AS id, name FROM alerts_person JOIN alerts_list_person USING (person_id) WHERE list_id = $1',
    list,
  );
  for (const { id, name } of people)
    if (name.startsWith('Pin'))
      await bench.rows(
        `UPDATE alerts_person SET pin = decode($2, 'hex') WHERE person_id = $1`,
        id,
        sealPin(bench.act, id, '4321')?.toString('hex') ?? '',
      );
  await bench.rows(`UPDATE alerts_person SET excluded_from = now() - interval '1 day' WHERE name = 'Away'`);
  return list;
}
const started = async (task: number) =>
  (
    await bench.rows<{ data: Record<string, unknown> }>(
      `SELECT data FROM event WHERE type = 'vestnik.alerts.run.started' AND (data ->> 'task_id')::int = $1 ORDER BY id DESC LIMIT 1`,
      task,
    )
  )[0]?.data;
const said = async () =>
  (await bench.rows<{ level: string; text: string }>('SELECT level, text FROM alerts_log ORDER BY log_id DESC LIMIT 1'))[0];

test('people without a PIN are counted where it is asked for, those without an address always', async () => {
  const list = await watch();
  const task = await bench.task(list, { confirmation: { kind: 'pin' } });
  const standing = await bench.start(task);
  expect(standing.warnings).toEqual({ withoutAddress: 1, withoutPin: 1 });
  expect(standingJson(standing)).toMatchObject({ changed: true, warnings: { without_address: 1, without_pin: 1 } });
  expect(await started(task)).toMatchObject({ total: 5, final: 2, without_address: 1, without_pin: 1 });
  expect(await said()).toMatchObject({ level: 'warn', text: expect.stringMatching(/абонентов 5, без адреса 1, без ПИН-кода 1$/) });

  const other = await bench.task(list, { confirmation: { kind: 'key' } });
  expect((await bench.start(other)).warnings).toEqual({ withoutAddress: 1, withoutPin: 0 });
});

test('a list without gaps is told of without a warning; what does not begin has none', async () => {
  const task = await bench.task(await bench.list([{ name: 'Whole', phones: ['+79160000099'] }]));
  expect((await bench.start(task)).warnings).toEqual({ withoutAddress: 0, withoutPin: 0 });
  expect(await said()).toMatchObject({ level: 'info', text: expect.stringMatching(/абонентов 1$/) });
  expect(standingJson(await bench.start(task, false))).toMatchObject({ changed: false, warnings: null });
  await bench.stopTask(task);
  expect(standingJson(await bench.start(task, false))).toMatchObject({ changed: true, warnings: null });
});
