import { expect, test, vi } from 'vitest';
import type { Order } from '../channels/driver.ts';
import { withSharers } from '../engine/lock-attempts.ts';
import { listAttempts } from '../list-attempts.ts';
import { lockStanding } from '../sql/settle.ts';
import { outcome, PATIENCE, type TaskOptions } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// People who have one address of several in common share the attempts at it, and go on by their own (specification of alerts 4.2.4: "one attempt, its result given to each").

const { bench } = steerRuns();

let made = 0;
/** Phones of one test: none of another. */
const phones = (): ((last: number) => string) => {
  made += 1;
  const begin = `+7917${String(made).padStart(6, '0')}`;
  return (last) => `${begin}${last}`;
};
const told = (far = bench.sms) => far.orders.map(({ address }) => address.at(-1)).join('');
const states = async (task: number) => (await bench.targets(task)).map(({ name, state, result }) => `${name} ${state}${result}`);
const become = (task: number, wanted: readonly string[]) => vi.waitFor(async () => expect(await states(task)).toEqual(wanted), PATIENCE);
const ONCE: TaskOptions = { text: 'Сбор', settings: { rounds: 1, gap: 0 } };

/** Counters equal a recount, and nothing of the run is open. */
async function expectWhole(task: number): Promise<void> {
  const [same] = await bench.rows(
    `SELECT (SELECT jsonb_object_agg(result, n) FROM (SELECT t.result, count(*) AS n FROM alerts_target t JOIN alerts_run USING (run_id) WHERE task_id = $1 GROUP BY 1) a)
          = (SELECT jsonb_object_agg(result, n) FROM (SELECT result, sum(count) AS n FROM alerts_run_count JOIN alerts_run USING (run_id) WHERE task_id = $1
             GROUP BY result HAVING sum(count) <> 0) b) AS same,
       (SELECT count(*)::int FROM alerts_attempt JOIN alerts_run USING (run_id) WHERE task_id = $1 AND alerts_attempt.ended_at IS NULL) AS open`,
    task,
  );
  expect(same).toEqual({ same: true, open: 0 });
}

test('both have it first: one message for both', async () => {
  const phone = phones();
  const list = await bench.list([
    { name: 'A', phones: [phone(1), phone(2)] },
    { name: 'B', phones: [phone(1), phone(3)] },
  ]);
  const task = await bench.task(list, ONCE);
  const { run } = await bench.start(task);
  await become(task, ['A f2', 'B f2']);
  expect(told()).toBe('1');
  expect(await bench.targets(task)).toMatchObject([
    { address: phone(1), attempts: 1 },
    { address: phone(1), attempts: 1 },
  ]);
  // Each has his own line of it, which says for whom it was made.
  const { items } = await listAttempts(bench.db.database.work, run?.id ?? 0, { limit: 10 });
  expect(items.map(({ target, shared_with }) => [target, shared_with])).toEqual([
    [1, null],
    [2, 1],
  ]);
  await expectWhole(task);
});

test('it fails: each goes on by his own, and who comes to it late takes what came of it', async () => {
  const phone = phones();
  bench.sms.answer = ({ address }) => outcome('123'.includes(address.at(-1) ?? '') ? 'temporary' : 'done');
  const list = await bench.list([
    { name: 'A', phones: [phone(1), phone(2)] },
    { name: 'B', phones: [phone(1), phone(4)] },
    { name: 'C', phones: [phone(3), phone(1)] },
  ]);
  const task = await bench.task(list, ONCE);
  await bench.start(task);
  await become(task, ['A f4', 'B f2', 'C f4']);
  expect([...told()].sort().join('')).toBe('1234');
  expect((await bench.targets(task)).map(({ attempts }) => attempts)).toEqual([2, 2, 2]);
  await expectWhole(task);
});

test('in the next round it is tried once more, for all of them', async () => {
  const phone = phones();
  bench.sms.answer = ({ address }) => outcome(address.endsWith('1') && told().split('1').length > 2 ? 'done' : 'temporary');
  const list = await bench.list([
    { name: 'A', phones: [phone(1), phone(2)] },
    { name: 'B', phones: [phone(3), phone(1)] },
  ]);
  const task = await bench.task(list, { text: 'Сбор', settings: { rounds: 3, gap: 0, pause: 0 } });
  await bench.start(task);
  await become(task, ['A f2', 'B f2']);
  expect(told().split('1')).toHaveLength(3);
  await expectWhole(task);
});

test('who was reached by it needs no second message, also rounds later', async () => {
  const phone = phones();
  bench.sms.answer = ({ address }) => outcome(address.endsWith('1') ? 'done' : 'temporary');
  const list = await bench.list([
    { name: 'A', phones: [phone(1)] },
    { name: 'B', phones: [phone(2), phone(3), phone(1)] },
  ]);
  const task = await bench.task(list, { text: 'Сбор', settings: { rounds: 2, gap: 0, pause: 0 } });
  await bench.start(task);
  await become(task, ['A f2', 'B f2']);
  expect([...told()].sort().join('')).toBe('123');
});

test('a receipt is for all who share the message: also for one who came while it was waited for, and late', async () => {
  const phone = phones();
  bench.sms.answer = ({ address, attempt }) =>
    address.endsWith('1') ? outcome('submitted', { messageIds: [`shared-${attempt}-a`, `shared-${attempt}-b`] }) : outcome('temporary');
  const list = await bench.list([
    { name: 'A', phones: [phone(1), phone(2)] },
    { name: 'B', phones: [phone(3), phone(1)] },
  ]);
  const task = await bench.task(list, { text: 'Сбор', settings: { rounds: 1, gap: 0, receipt: 600 } });
  await bench.start(task);
  await become(task, ['A w0', 'B w0']);
  const [first] = bench.sms.orders.filter(({ address }) => address === phone(1));
  const receipt = (part: string) =>
    bench.sms.news.receipt({ messageId: `shared-${first?.attempt}-${part}`, result: 'delivered', code: 'DELIVRD', detail: '' });
  await receipt('a');
  expect(await states(task)).toEqual(['A w0', 'B w0']);
  // Both are given up; then the last receipt comes.
  await bench.rows(
    `UPDATE alerts_target SET due_at = now() FROM alerts_run r WHERE r.run_id = alerts_target.run_id AND task_id = $1`,
    task,
  );
  bench.sms.answer = () => outcome('temporary');
  // To have answered nothing in time is less than to have been in vain elsewhere.
  await become(task, ['A f4', 'B f4']);
  await receipt('b');
  await become(task, ['A f2', 'B f2']);
  expect(told().split('1')).toHaveLength(2);
  await expectWhole(task);
});

test('one reply confirms for all who share the message, and for one who comes to it later', async () => {
  const phone = phones();
  const list = await bench.list([
    { name: 'A', phones: [phone(1), phone(2)] },
    { name: 'B', phones: [phone(1), phone(3)] },
    { name: 'C', phones: [phone(4), phone(1)] },
  ]);
  const task = await bench.task(list, { ...ONCE, confirmation: { kind: 'key' } });
  await bench.start(task);
  await become(task, ['A w0', 'B w0', 'C w0']);
  await bench.sms.news.incoming({ from: phone(1), to: '1234', text: 'да', id: undefined });
  await become(task, ['A f3', 'B f3', 'C w0']);
  await bench.rows(`UPDATE alerts_target SET due_at = now() WHERE name = 'C' AND state = 'w'`);
  await become(task, ['A f3', 'B f3', 'C f3']);
  expect([...told()].sort().join('')).toBe('14');
  await expectWhole(task);
});

test('a mail that comes back is taken back from all, and what another mail has reached stays', async () => {
  const mail = (name: string) => `${name}${++made}@example.org`;
  const [common, other] = [mail('common'), mail('other')];
  bench.mail.answer = ({ address }) => outcome(address === other ? 'temporary' : 'done');
  const list = await bench.list([
    { name: 'A', emails: [common] },
    { name: 'B', emails: [other, common] },
    { name: 'C', emails: [common, mail('own')] },
  ]);
  const task = await bench.task(list, { ...ONCE, type: 3 });
  await bench.start(task);
  await become(task, ['A f2', 'B f2', 'C f2']);
  const [sent] = bench.mail.orders.filter(({ address }) => address === common);
  expect(bench.mail.orders.filter(({ address }) => address === common)).toHaveLength(1);
  await bench.mail.news.bounced({ reference: String(sent?.attempt), result: 'permanent', code: '5.1.1', detail: 'no such user' });
  // B was in vain at the other address, which is better than a refusal.
  await become(task, ['A f6', 'B f4', 'C f6']);
  await expectWhole(task);
});

test('whoever is excluded is told nothing; who shares his address is', async () => {
  const phone = phones();
  const list = await bench.list([
    { name: 'A', phones: [phone(1), phone(2)] },
    { name: 'B', phones: [phone(1), phone(3)] },
  ]);
  const task = await bench.task(list, ONCE);
  bench.sms.capacity = 0;
  await bench.start(task);
  await bench.rows(
    `UPDATE alerts_person SET excluded_from = now() - interval '1 day' WHERE person_id = (
       SELECT person_id FROM alerts_target t JOIN alerts_run USING (run_id) WHERE task_id = $1 AND t.name = 'A')`,
    task,
  );
  bench.sms.capacity = 10;
  bench.sms.news.changed();
  await become(task, ['A f9', 'B f2']);
  expect(told()).toBe('1');
});

test('not where the texts differ, with dedup=0, or by PIN; of the text only what is shown counts', async () => {
  const sharers = async () => {
    const phone = phones();
    return bench.list([
      { name: 'A', phones: [phone(1), phone(2)] },
      { name: 'B', phones: [phone(1), phone(3)] },
    ]);
  };
  for (const [options, messages] of [
    [{ text: '{name}' }, '11'],
    [{ text: 'Сбор', settings: { dedup: 0 } }, '11'],
    [{ text: 'Сбор', confirmation: { kind: 'pin' } }, '11'],
    [{ text: '{department}' }, '1'],
  ] as const) {
    bench.sms.orders.length = 0;
    const task = await bench.task(await sharers(), options);
    await bench.start(task);
    await vi.waitFor(() => expect(told()).toBe(messages), PATIENCE);
    if (messages === '1') await become(task, ['A f2', 'B f2']);
  }
});

test('who is merged with one who shares takes his place when he is excluded, and shares as he did', async () => {
  const phone = phones();
  const list = await bench.list([
    { name: 'A', phones: [phone(1), phone(2)] },
    { name: 'B', phones: [phone(1), phone(2)] },
    { name: 'C', phones: [phone(3), phone(1)] },
  ]);
  bench.sms.answer = ({ address }) => outcome(address.endsWith('1') ? 'done' : 'temporary');
  const task = await bench.task(list, ONCE);
  bench.sms.capacity = 0;
  await bench.start(task);
  expect(await states(task)).toEqual(['A r0', 'B m0', 'C r0']);
  await bench.rows(
    `UPDATE alerts_person SET excluded_from = now() - interval '1 day' WHERE person_id = (
       SELECT person_id FROM alerts_target t JOIN alerts_run USING (run_id) WHERE task_id = $1 AND t.name = 'A')`,
    task,
  );
  bench.sms.capacity = 10;
  bench.sms.news.changed();
  await become(task, ['A f9', 'B f2', 'C f2']);
  expect([...told()].sort().join('')).toBe('13');
});

test('an attempt in doubt is in doubt for all who share it; a message of which nothing has left is nobody’s', async () => {
  const phone = phones();
  const list = await bench.list([
    { name: 'A', phones: [phone(1), phone(2)] },
    { name: 'B', phones: [phone(1), phone(3)] },
  ]);
  const failing = [outcome('slow'), outcome('channel'), outcome('unknown')];
  bench.sms.answer = ({ address }: Order) => (address.endsWith('1') ? (failing.shift() ?? outcome('done')) : outcome('permanent'));
  const task = await bench.task(list, ONCE);
  await bench.start(task);
  await become(task, ['A f14', 'B f14']);
  expect([...told()].sort().join('')).toBe('11123');
  await expectWhole(task);
});

test('who comes to share an attempt while its lock is waited for is not forgotten', async () => {
  const phone = phones();
  const gate = Promise.withResolvers<void>();
  bench.sms.answer = async () => {
    await gate.promise;
    return outcome('done');
  };
  const list = await bench.list([
    { name: 'A', phones: [phone(1), phone(2)] },
    { name: 'B', phones: [phone(1), phone(3)] },
  ]);
  const task = await bench.task(list, ONCE);
  await bench.start(task);
  await become(task, ['A u0', 'B u0']);
  const [first] = bench.sms.orders;
  await bench.db.database.transaction(async (tx) => {
    const rows = await lockStanding(tx, [first?.attempt ?? 0]);
    expect(rows.map(({ no }) => no)).toEqual([1, 2]);
    // As the statement would have seen it that began before B came.
    const complete = await withSharers(
      tx,
      rows.filter(({ no }) => no === 1),
    );
    expect(complete.map(({ no }) => no)).toEqual([1, 2]);
    expect(await withSharers(tx, rows)).toBe(rows);
  });
  gate.resolve();
  await become(task, ['A f2', 'B f2']);
  expect(told()).toBe('1');
  await expectWhole(task);
});
