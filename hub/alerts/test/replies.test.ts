import { expect, test, vi } from 'vitest';
import { sealPin } from '../person-row.ts';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// Which message a reply is the answer to, and what it spares its sender (specification of alerts 4.5, 4.9.2).

const { bench, states, become } = steerRuns();

/** The same words from one number within a minute count as one reply, so every test has numbers of its own. */
let numbers = 0;
const fresh = (): string => `+7916400${String(++numbers).padStart(4, '0')}`;
const KEY = { kind: 'key' } as const;
const reply = (from: string, text: string) => bench.sms.news.incoming({ from, to: '1234', text, id: undefined });
const person = (phone: string, ...more: string[]) => bench.list([{ name: 'Anna', phones: [phone, ...more] }]);
const waitsEnd = (task: number) =>
  bench.rows(
    `UPDATE alerts_target SET due_at = now() WHERE state = 'w' AND run_id = (SELECT max(run_id) FROM alerts_run WHERE task_id = $1)`,
    task,
  );

test.each(['slow', 'channel', 'canceled'] as const)('a message that never left (%s) is not what a reply answers', async (how) => {
  const phone = fresh();
  const list = await person(phone);
  const told = await bench.task(list, { confirmation: KEY, settings: { rounds: 1 } });
  await bench.start(told);
  await become(told, ['w0']);
  // Newer, and tried again and again without success.
  bench.sms.answer = () => outcome(how);
  const untold = await bench.task(list, { confirmation: KEY, settings: { rounds: 1 } });
  await bench.start(untold);
  await vi.waitFor(() => expect(bench.sms.orders.length).toBeGreaterThan(1), PATIENCE);
  await bench.stopTask(untold);
  await vi.waitFor(async () => expect(await bench.rows('SELECT FROM alerts_attempt WHERE ended_at IS NULL')).toEqual([]), PATIENCE);
  await reply(phone, 'да');
  expect(await states(told)).toEqual(['f3']);
  expect((await states(untold)).map((state) => state.slice(1))).toEqual(['0']);
});

test('of a message that was refused and one that was taken the one that was taken is meant; alone, the refused one', async () => {
  const phone = fresh();
  const list = await person(phone);
  const told = await bench.task(list, { confirmation: KEY, settings: { rounds: 1 } });
  await bench.start(told);
  await become(told, ['w0']);
  bench.sms.answer = () => outcome('temporary');
  const refused = await bench.task(list, { confirmation: KEY, settings: { rounds: 1 } });
  await bench.start(refused);
  await become(refused, ['f4']);
  await reply(phone, 'да');
  expect([await states(told), await states(refused)]).toEqual([['f3'], ['f4']]);
  // The centre was wrong: he has it.
  await reply(phone, 'понял');
  expect(await states(refused)).toEqual(['f3']);
});

test.each([
  ['4321', '«4321»'],
  ['4321', 'PIN:4321.'],
  ['4321', '(4321)!'],
  ['4321', '4321/да'],
  ['a.b-7', 'мой код a.b-7'],
  ['12-34', '12-34'],
  ['дом 5', 'дом 5'],
])('the PIN %s is found in the reply %s', async (pin, text) => {
  const phone = fresh();
  const task = await bench.task(await bench.list([{ name: text, phones: [phone] }]), {
    confirmation: { kind: 'pin' },
    settings: { rounds: 1 },
  });
  const [{ id = 0 } = {}] = await bench.rows<{ id: number }>('SELECT max(person_id) AS id FROM alerts_person');
  await bench.rows(
    `UPDATE alerts_person SET pin = decode($2, 'hex') WHERE person_id = $1`,
    id,
    sealPin(bench.act, id, pin)?.toString('hex') ?? '',
  );
  await bench.start(task);
  await become(task, ['w0']);
  await reply(phone, `${pin}9`);
  expect(await states(task)).toEqual(['w0']);
  await reply(phone, text);
  await become(task, ['f3']);
});

test('who has no PIN is told, and no reply confirms him', async () => {
  const phone = fresh();
  const task = await bench.task(await person(phone), { confirmation: { kind: 'pin' }, settings: { rounds: 1 } });
  await bench.start(task);
  await become(task, ['w0']);
  await reply(phone, '');
  await reply(phone, 'да');
  await waitsEnd(task);
  await become(task, ['f13']);
});

test('who does not confirm is told at the next address; what he has heard counts in the end', async () => {
  const [first, second] = [fresh(), fresh()];
  bench.sms.answer = ({ address }) => outcome(address === first ? 'done' : 'temporary');
  const task = await bench.task(await person(first, second), { confirmation: KEY, settings: { rounds: 1, gap: 0 } });
  await bench.start(task);
  await become(task, ['w0']);
  await waitsEnd(task);
  await become(task, ['f13']);
  expect(bench.sms.orders.map(({ address }) => address)).toEqual([first, second]);
});

test.each(['slow', 'canceled', 'done', 'submitted', 'temporary', 'unknown'] as const)(
  'a reply that comes while the next message is under way ends it, whatever comes of that one: %s',
  async (how) => {
    const [first, second] = [fresh(), fresh()];
    const gate = Promise.withResolvers<void>();
    bench.sms.answer = async ({ address }) => {
      if (address === first) return outcome('done');
      await gate.promise;
      return outcome(how, { messageIds: how === 'submitted' ? [`reply-${Math.random()}`] : [] });
    };
    const task = await bench.task(await person(first, second), { confirmation: KEY, settings: { rounds: 3, gap: 0 } });
    await bench.start(task);
    await become(task, ['w0']);
    await waitsEnd(task);
    await become(task, ['u0']);
    await reply(first, 'да');
    expect(await states(task)).toEqual(['u0']);
    gate.resolve();
    await become(task, ['f3']);
    expect(bench.sms.orders).toHaveLength(2);
  },
);

test('a reply is too late when receipts are, too', async () => {
  const phone = fresh();
  const task = await bench.task(await person(phone), { confirmation: KEY, settings: { rounds: 1 } });
  await bench.start(task);
  await become(task, ['w0']);
  const shift = (hours: string) =>
    bench.rows(`UPDATE alerts_attempt SET started_at = now() - $1::interval WHERE address = $2`, hours, phone);
  await shift('24 hours 1 minute');
  await reply(phone, 'поздно');
  expect(await states(task)).toEqual(['w0']);
  await shift('23 hours 59 minutes');
  await reply(phone, 'вовремя');
  expect(await states(task)).toEqual(['f3']);
});
