import { expect, test } from 'vitest';
import { outcome } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// People who share an address and a text share what comes of it, whenever it comes (specification of alerts 4.2.4, 4.9.2).

const { bench, states, become, ended } = steerRuns();

const counts = (task: number) =>
  bench.rows<{ result: number; count: number }>(
    `SELECT result, sum(count)::int AS count FROM alerts_run_count JOIN alerts_run USING (run_id) WHERE task_id = $1 GROUP BY result HAVING sum(count) <> 0 ORDER BY result`,
    task,
  );
const told = (type: string, run: number | undefined) =>
  bench.rows<{ target: number; person: number; was: number | null }>(
    `SELECT (data ->> 'target')::int AS target, (data ->> 'was')::int AS was FROM event
     WHERE type = $1 AND (data ->> 'run')::int = $2 ORDER BY 1`,
    `vestnik.alerts.target.${type}`,
    run ?? 0,
  );
const family = (phones: readonly string[], emails: readonly string[] = []) =>
  ['Father', 'Mother', 'Son'].map((name) => ({ name, phones, emails }));

test('a late receipt improves all of them, once each', async () => {
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`merged-${attempt}`] });
  const task = await bench.task(await bench.list(family(['+79166000001'])), { text: 'Сбор', settings: { rounds: 1, receipt: 0 } });
  const { run } = await bench.start(task);
  await become(task, ['f15', 'f15', 'f15']);
  await ended(task);
  expect(await told('result', run?.id)).toEqual([1, 2, 3].map((target) => ({ target, was: null })));
  await bench.sms.news.receipt({ messageId: `merged-${bench.sms.orders[0]?.attempt}`, result: 'delivered', code: 'DELIVRD', detail: '' });
  expect(await states(task)).toEqual(['f2', 'f2', 'f2']);
  expect(await counts(task)).toEqual([{ result: 2, count: 3 }]);
  expect(await told('improved', run?.id)).toEqual([1, 2, 3].map((target) => ({ target, was: 15 })));
  expect(bench.sms.orders).toHaveLength(1);
});

test('one reply confirms for all, one mail that comes back takes all of them back', async () => {
  const confirmed = await bench.task(await bench.list(family(['+79166000011'])), {
    text: 'Сбор',
    confirmation: { kind: 'key' },
    settings: { rounds: 1 },
  });
  await bench.start(confirmed);
  await become(confirmed, ['w0', 'm0', 'm0']);
  await bench.sms.news.incoming({ from: '+79166000011', to: '1234', text: 'все знают', id: undefined });
  await become(confirmed, ['f3', 'f3', 'f3']);
  expect(await counts(confirmed)).toEqual([{ result: 3, count: 3 }]);

  const mail = await bench.task(await bench.list(family([], ['family@example.org'])), { type: 3, text: 'Сбор' });
  const { run } = await bench.start(mail);
  await become(mail, ['f2', 'f2', 'f2']);
  await ended(mail);
  await bench.mail.news.bounced({
    reference: bench.mail.orders[0]?.reference ?? '',
    result: 'permanent',
    code: '5.1.1',
    detail: 'no such user',
  });
  await become(mail, ['f6', 'f6', 'f6']);
  expect(await counts(mail)).toEqual([{ result: 6, count: 3 }]);
  expect(await told('bounced', run?.id)).toEqual([1, 2, 3].map((target) => ({ target, was: 2 })));
});

test('they go together to the next address and the next round', async () => {
  bench.sms.answer = ({ address }) => outcome(address.endsWith('22') && bench.sms.orders.length > 2 ? 'done' : 'temporary');
  const task = await bench.task(await bench.list(family(['+79166000021', '+79166000022'])), {
    text: 'Сбор',
    settings: { rounds: 2, gap: 0, pause: 0 },
  });
  await bench.start(task);
  await become(task, ['f2', 'f2', 'f2']);
  expect(bench.sms.orders.map(({ address }) => address.at(-1))).toEqual(['1', '2', '1', '2']);
  expect((await bench.targets(task)).map(({ address }) => address)).toEqual(Array(3).fill('+79166000022'));
});

test('who is told something else is told by himself', async () => {
  const list = await bench.list(family(['+79166000031']));
  const task = await bench.task(list, { text: '{name}, {department}', settings: { rounds: 1 } });
  await bench.start(task);
  await become(task, ['f2', 'f2', 'f2']);
  expect(bench.sms.orders.map(({ text }) => text).sort()).toEqual(['Father, ', 'Mother, ', 'Son, ']);
});
