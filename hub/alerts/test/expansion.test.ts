import { expect, test, vi } from 'vitest';
import { run } from '../../core/database/statement.ts';
import { startRun } from '../start-run.ts';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// Who becomes a target of a run, by which addresses, and what of it later edits change: nothing (specification of alerts 4.2).

const { bench } = steerRuns();

const results = async (task: number) => (await bench.targets(task)).map(({ name, result }) => `${name} ${result}`);
const become = (task: number, wanted: readonly string[]) => vi.waitFor(async () => expect(await results(task)).toEqual(wanted), PATIENCE);
const told = () => bench.sms.orders.map(({ address }) => address).sort();
const personOf = async (name: string): Promise<number> =>
  (await bench.rows<{ id: number }>('SELECT person_id AS id FROM alerts_person WHERE name = $1', name))[0]?.id ?? 0;

test('people and members of linked groups, each once', async () => {
  const list = await bench.list([
    { name: 'Both', phones: ['+79165000001'] },
    { name: 'Listed', phones: ['+79165000002'] },
  ]);
  await bench.list([
    { name: 'Grouped', phones: ['+79165000003'] },
    { name: 'Elsewhere', phones: ['+79165000004'] },
  ]);
  const [group] = await bench.rows<{ group_id: number }>(`INSERT INTO alerts_group (name) VALUES ('Watch') RETURNING group_id`);
  await bench.rows(`UPDATE alerts_person SET group_id = $1 WHERE name IN ('Both', 'Grouped')`, group?.group_id ?? 0);
  await bench.rows('INSERT INTO alerts_list_group (list_id, group_id) VALUES ($1, $2)', list, group?.group_id ?? 0);
  const task = await bench.task(list);
  await bench.start(task);
  await become(task, ['Both 2', 'Grouped 2', 'Listed 2']);
  expect(told()).toEqual(['+79165000001', '+79165000002', '+79165000003']);
});

test('an SMS goes to enabled mobile phones only, a mail to enabled addresses only', async () => {
  const list = await bench.list([
    { name: 'A city', phones: ['+79165000011'] },
    { name: 'B disabled', phones: ['+79165000012'], emails: ['b@example.org'] },
    { name: 'C second', phones: ['+79165000013', '+79165000014'], emails: ['c@example.org'] },
  ]);
  const address = (set: string, name: string, place: number) =>
    personOf(name).then((id) =>
      bench.rows(`UPDATE alerts_address SET ${set} WHERE person_id = $1 AND kind = 'phone' AND place = $2`, id, place),
    );
  await address('phone_type = 0', 'A city', 0);
  await address('enabled = false', 'B disabled', 0);
  await address('phone_type = 2', 'C second', 0);
  const sms = await bench.task(list);
  await bench.start(sms);
  await become(sms, ['A city 10', 'B disabled 10', 'C second 2']);
  expect(told()).toEqual(['+79165000014']);
  await bench.rows(`UPDATE alerts_address SET enabled = false WHERE kind = 'email' AND person_id = $1`, await personOf('C second'));
  const mail = await bench.task(list, { type: 3 });
  await bench.start(mail);
  await become(mail, ['A city 10', 'B disabled 2', 'C second 10']);
});

test('equal addresses of one person are tried once a round, at the place of the first', async () => {
  bench.sms.answer = () => outcome('temporary');
  const list = await bench.list([{ name: 'Doubled', phones: ['+79165000022', '+79165000021', '+79165000022', '+79165000021'] }]);
  const task = await bench.task(list, { settings: { rounds: 2, gap: 0, pause: 0 } });
  await bench.start(task);
  await become(task, ['Doubled 4']);
  expect(bench.sms.orders.map(({ address }) => address.at(-1))).toEqual(['2', '1', '2', '1']);
});

test.each([
  ['begin in the future', `now() + interval '1 hour'`, 'NULL', 2],
  ['end in the past', 'NULL', `now() - interval '1 second'`, 2],
  ['begin now', 'now()', 'NULL', 9],
  ['open begin, end in the future', 'NULL', `now() + interval '1 hour'`, 9],
  ['a day that is over', `now() - interval '2 days'`, `now() - interval '1 day'`, 2],
  ['a day that is on', `now() - interval '1 day'`, `now() + interval '1 day'`, 9],
])('an exclusion with %s', async (name, from, until, result) => {
  const phone = `+7916501${String(++phones).padStart(4, '0')}`;
  const list = await bench.list([{ name, phones: [phone] }]);
  const set = () => bench.rows(`UPDATE alerts_person SET excluded_from = ${from}, excluded_until = ${until} WHERE name = $1`, name);
  // The same rule where the list is read and right before an attempt.
  const later = await bench.task(list);
  bench.sms.capacity = 0;
  await bench.start(later);
  await set();
  const now = await bench.task(list);
  await bench.start(now);
  bench.sms.capacity = 10;
  bench.sms.news.changed();
  await become(now, [`${name} ${result}`]);
  await become(later, [`${name} ${result}`]);
});
let phones = 0;

test('the end of an exclusion is its first moment without', async () => {
  const list = await bench.list([{ name: 'Ends', phones: ['+79165000031'] }]);
  const task = await bench.task(list);
  await bench.db.database.transaction(async (tx) => {
    await run(tx, `UPDATE alerts_person SET excluded_from = now() - interval '1 day', excluded_until = now() WHERE name = 'Ends'`, []);
    await startRun(tx, bench.act, task, { restart: true, initiator: { login: 'anna', how: 'rest', from: '' } });
  });
  await become(task, ['Ends 2']);
});

test('merged is only who may be: not with dedup=0, and never where a PIN is asked for', async () => {
  const pair = [
    { name: 'One', phones: ['+79165000041'] },
    { name: 'Two', phones: ['+79165000041'] },
  ];
  const separate = await bench.task(await bench.list(pair), { text: 'Сбор', settings: { dedup: 0 } });
  await bench.start(separate);
  await become(separate, ['One 2', 'Two 2']);
  expect(told()).toEqual(['+79165000041', '+79165000041']);
  const pins = await bench.task(await bench.list(pair), { text: 'Сбор', confirmation: { kind: 'pin' } });
  await bench.start(pins);
  expect((await bench.targets(pins)).map(({ state }) => state)).not.toContain('m');
  await vi.waitFor(() => expect(told()).toHaveLength(4), PATIENCE);
});

test('later edits change neither who is told nor what is said', async () => {
  const list = await bench.list([
    { name: 'Старое имя', phones: ['+79165000051'] },
    { name: 'Уйдёт', phones: ['+79165000052'] },
  ]);
  const task = await bench.task(list, { text: '{name}: {task}', settings: { rounds: 1 } });
  bench.sms.capacity = 0;
  await bench.start(task);
  await bench.rows(
    `UPDATE alerts_message SET text = 'другое' WHERE message_id = (SELECT message_id FROM alerts_task WHERE task_id = $1)`,
    task,
  );
  await bench.rows(`UPDATE alerts_task SET name = 'Другое', settings = '[{"key":"rounds","value":"5"}]' WHERE task_id = $1`, task);
  await bench.rows('DELETE FROM alerts_list_person WHERE list_id = $1', list);
  await bench.rows(`UPDATE alerts_address SET normal = '+79165000059' WHERE person_id = $1`, await personOf('Старое имя'));
  await bench.rows(`UPDATE alerts_person SET name = 'Новое имя' WHERE name = 'Старое имя'`);
  bench.sms.answer = () => outcome('temporary');
  bench.sms.capacity = 10;
  bench.sms.news.changed();
  await become(task, ['Старое имя 4', 'Уйдёт 4']);
  expect(bench.sms.orders.map(({ address, text }) => [address, text]).sort()).toEqual([
    ['+79165000051', 'Старое имя: Task'],
    ['+79165000052', 'Уйдёт: Task'],
  ]);
});

test('a list of nobody, and one of people who cannot be told, end at once', async () => {
  const nobody = await bench.task(await bench.list([]));
  const mute = await bench.task(await bench.list([{ name: 'Mute' }]));
  for (const task of [nobody, mute]) {
    const standing = await bench.start(task);
    await vi.waitFor(
      async () =>
        expect(await bench.rows('SELECT status, total FROM alerts_run WHERE run_id = $1', standing.run?.id ?? 0)).toEqual([
          { status: 4, total: task === mute ? 1 : 0 },
        ]),
      PATIENCE,
    );
  }
});
