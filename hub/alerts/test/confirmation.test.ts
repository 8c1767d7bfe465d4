import { expect, test, vi } from 'vitest';
import { confirmTarget, showTarget } from '../engine/confirm-target.ts';
import { sealPin } from '../person-row.ts';
import { outcome, PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// What proves that somebody has read it: replies of SMS, the page of a mail; and what comes back.

const { bench, engine, states, become, ended } = steerRuns();

const reply = (from: string, text: string) => bench.sms.news.incoming({ from, to: '1234', text, id: undefined });

test('any reply from the number confirms, whichever way the network writes the number', async () => {
  const list = await bench.list([
    { name: 'A', phones: ['+79161110001'] },
    { name: 'B', phones: ['+79161110002'] },
  ]);
  const task = await bench.task(list, { confirmation: { kind: 'key' }, settings: { rounds: 1 } });
  await bench.start(task);
  await become(task, ['w0', 'w0']);
  await reply('89161110002', 'понял');
  await reply('+79169999999', 'кто это?');
  await become(task, ['w0', 'f3']);
  await reply('79161110001', '1');
  await ended(task);
  expect(await bench.targets(task)).toMatchObject([{ result: 3 }, { result: 3 }]);
  expect(await bench.rows('SELECT DISTINCT confirmed_by FROM alerts_target WHERE result = 3')).toEqual([{ confirmed_by: 'sms' }]);
});

test('where a PIN is asked for, only the PIN confirms', async () => {
  const task = await bench.task(await bench.list([{ name: 'Pin', phones: ['+79161110011'] }]), {
    confirmation: { kind: 'pin' },
    settings: { rounds: 1 },
  });
  const [person] = await bench.rows<{ person_id: number }>(`SELECT person_id FROM alerts_person WHERE name = 'Pin'`);
  const id = person?.person_id ?? 0;
  await bench.rows(
    `UPDATE alerts_person SET pin = decode($2, 'hex') WHERE person_id = $1`,
    id,
    sealPin(bench.act, id, '4321')?.toString('hex') ?? '',
  );
  await bench.start(task);
  await become(task, ['w0']);
  await reply('+79161110011', 'да');
  await reply('+79161110011', '43210');
  expect(await states(task)).toEqual(['w0']);
  await reply('+79161110011', 'Мой код: 4321.');
  await become(task, ['f3']);
});

test('where a code is asked for, the code of the run confirms', async () => {
  const task = await bench.task(await bench.list([{ name: 'Code', phones: ['+79161110021'] }]), {
    text: 'Ответьте {code}',
    confirmation: { kind: 'code' },
    settings: { rounds: 1 },
  });
  await bench.start(task);
  await become(task, ['w0']);
  const code = /\d{4}$/.exec(bench.sms.orders[0]?.text ?? '')?.[0] ?? '';
  await reply('+79161110021', code === '0000' ? '1111' : '0000');
  expect(await states(task)).toEqual(['w0']);
  await reply('+79161110021', code);
  await become(task, ['f3']);
});

test('who was told and confirms nothing in time is unconfirmed, and a late reply improves it', async () => {
  const task = await bench.task(await bench.list([{ name: 'Silent', phones: ['+79161110031'] }]), {
    confirmation: { kind: 'key' },
    settings: { rounds: 1 },
  });
  await bench.start(task);
  await become(task, ['w0']);
  await bench.rows(`UPDATE alerts_target SET due_at = now() WHERE run_id = (SELECT max(run_id) FROM alerts_run WHERE task_id = $1)`, task);
  await become(task, ['f13']);
  await ended(task);
  await reply('+79161110031', 'да');
  expect(await states(task)).toEqual(['f3']);
});

test('a receipt is no confirmation: the reply is waited for after it', async () => {
  bench.sms.answer = ({ attempt }) => outcome('submitted', { messageIds: [`c-${attempt}`] });
  const task = await bench.task(await bench.list([{ name: 'Receipt', phones: ['+79161110041'] }]), {
    confirmation: { kind: 'key' },
    settings: { rounds: 1 },
  });
  await bench.start(task);
  await become(task, ['w0']);
  await bench.sms.news.receipt({ messageId: `c-${bench.sms.orders[0]?.attempt}`, result: 'delivered', code: 'DELIVRD', detail: '' });
  expect(await states(task)).toEqual(['w0']);
  await reply('+79161110041', 'да');
  await become(task, ['f3']);
  bench.sms.answer = () => outcome('done');
});

test('the page of a mail confirms by its button only, with the right code, and not after too many wrong ones', async () => {
  const list = await bench.list([
    { name: 'A', emails: ['a@example.org'] },
    { name: 'B', emails: ['b@example.org'] },
  ]);
  const task = await bench.task(list, { type: 3, confirmation: { kind: 'code', key: '4711', tries: 2 }, settings: { rounds: 1 } });
  const { run } = await bench.start(task);
  await become(task, ['w0', 'w0']);
  expect(bench.mail.orders.map(({ confirmUrl }) => confirmUrl).sort()).toEqual(
    [1, 2].map((no) => `https://alerts.example.org/${run?.id}.${no}`),
  );
  const send = (no: number, answer: string | undefined) =>
    bench.db.database.transaction((tx) =>
      confirmTarget(tx, { book: engine.book, secretKey: bench.act.secretKey }, { run: run?.id ?? 0, no }, answer),
    );
  const show = (no: number) => bench.db.database.transaction((tx) => showTarget(tx, { book: engine.book }, { run: run?.id ?? 0, no }));
  expect(await show(1)).toEqual({ state: 'ask', kind: 'code', triesLeft: 2 });
  expect(await states(task)).toEqual(['w0', 'w0']);
  expect(await send(1, undefined)).toMatchObject({ wrong: true, facts: { state: 'ask', triesLeft: 1 } });
  expect(await send(1, ' 4711 ')).toMatchObject({ wrong: false, facts: { state: 'done' } });
  expect(await send(2, '1')).toMatchObject({ wrong: true, facts: { state: 'ask', triesLeft: 1 } });
  expect(await send(2, '2')).toMatchObject({ wrong: true, facts: { state: 'locked', triesLeft: 0 } });
  expect(await send(2, '4711')).toMatchObject({ wrong: false, facts: { state: 'locked' } });
  expect(await states(task)).toEqual(['f3', 'f7']);
  expect(await show(1)).toMatchObject({ state: 'done' });
  expect(await bench.db.database.transaction((tx) => showTarget(tx, { book: engine.book }, { run: 1_000_000, no: 1 }))).toBeUndefined();
});

test('the page credits the mail that has left, not a newer one that has not', async () => {
  const task = await bench.task(await bench.list([{ name: 'Credit', emails: ['one@example.org', 'two@example.org'] }]), {
    type: 3,
    confirmation: { kind: 'key' },
    settings: { rounds: 1, gap: 0 },
  });
  bench.mail.answer = ({ address }) => outcome(address.startsWith('one') ? 'done' : 'slow');
  const { run } = await bench.start(task);
  await become(task, ['w0']);
  await bench.rows('UPDATE alerts_target SET due_at = now() WHERE run_id = $1', run?.id ?? 0);
  await vi.waitFor(() => expect(bench.mail.orders.some(({ address }) => address.startsWith('two'))).toBe(true), PATIENCE);
  await bench.stopTask(task);
  await vi.waitFor(
    async () => expect(await bench.rows('SELECT FROM alerts_attempt WHERE run_id = $1 AND ended_at IS NULL', run?.id ?? 0)).toEqual([]),
    PATIENCE,
  );
  await bench.db.database.transaction((tx) =>
    confirmTarget(tx, { book: engine.book, secretKey: bench.act.secretKey }, { run: run?.id ?? 0, no: 1 }, undefined),
  );
  expect(await states(task)).toEqual(['f3']);
  expect(await bench.rows('SELECT address FROM alerts_attempt WHERE run_id = $1 AND result = 3', run?.id ?? 0)).toEqual([
    { address: 'one@example.org' },
  ]);
  bench.mail.answer = () => outcome('done');
});

test('a mail that comes back was not delivered after all', async () => {
  const task = await bench.task(await bench.list([{ name: 'Back', emails: ['back@example.org'] }]), { type: 3 });
  const { run } = await bench.start(task);
  await ended(task);
  expect(await states(task)).toEqual(['f2']);
  const bounce = (reference: string, result: 'permanent' | 'temporary') =>
    bench.mail.news.bounced({ reference, result, code: '5.1.1', detail: 'no such user' });
  await bounce('nonsense', 'permanent');
  await bounce('999999.1.1', 'permanent');
  expect(await states(task)).toEqual(['f2']);
  expect(bench.mail.orders[0]?.reference).toBe(`${run?.id}.1.1`);
  await bounce(`${run?.id}.1.1`, 'permanent');
  expect(await states(task)).toEqual(['f6']);
  expect(await bench.rows(`SELECT count(*)::int AS told FROM event WHERE type = 'vestnik.alerts.target.bounced'`)).toEqual([{ told: 1 }]);
});
