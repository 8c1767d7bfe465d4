import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { publish } from '../../core/events/publish.ts';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { ruleRoutes } from '../api/rules.ts';
import { applyRules, createFilterBook } from '../apply-rules.ts';
import { watchRules } from '../watch-rules.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

let bench: AlertsBench;
let rest: ModuleRest;
let watching: { stop(): Promise<void> };
beforeAll(async () => {
  bench = await alertsBench();
  const { database } = bench.db;
  rest = await startModuleRest(database, {
    alerts: ruleRoutes({ database, events: bench.events, act: (caller) => ({ ...bench.act, now: Temporal.Now.instant(), caller }) }),
  });
  await bench.hub();
  watching = await watchRules({ database, events: bench.events, act: () => bench.act });
});
afterEach(async () => {
  for (const { id } of (await send('GET', '/rules')).json.items) await send('DELETE', `/rules/${id}`);
});
afterAll(async () => {
  await watching.stop();
  await rest.stop();
  await bench.end();
});

const send = (method: string, path: string, options: Parameters<ModuleRest['send']>[2] = {}) =>
  rest.send(method, `/alerts${path}`, options);
const rule = async (body: object): Promise<number> => {
  const made = await send('POST', '/rules', { body });
  expect(made.status, JSON.stringify(made.json)).toBe(201);
  expect(made.headers.get('location')).toBe(`/api/v1/alerts/rules/${made.json.id}`);
  return made.json.id;
};
const tell = (type: string, data: Record<string, unknown>, subject = 'trip/1') =>
  bench.db.database.transaction((tx) => publish(tx, { type, subject, data }));
const matches = async (id: number) => (await send('GET', `/rules/${id}/matches`, { as: 'alerts.view' })).json.items;
const settled = (id: number, count: number) =>
  vi.waitFor(async () => {
    const found = await matches(id);
    expect(found).toHaveLength(count);
    return found;
  }, PATIENCE);
const outcomes = (found: readonly { outcome: string }[]) => found.map(({ outcome }) => outcome).sort();

describe('an event of the hub', () => {
  test('a trip that is cancelled starts an SMS task, once, and fills its text', async () => {
    const task = await bench.task(await bench.list([{ name: 'Иванов', phones: ['+79160000001'] }]), {
      text: '{name}: поездка {event.id_ComplexReserve} отменена',
    });
    const id = await rule({
      name: 'Отмена поездки',
      task_id: task,
      filter: { type: 'vestnik.travel.ComplexReserveStateChanged', data: [{ path: 'ComplexState', equals: 'canceled' }] },
    });
    const before = bench.sms.orders.length;
    await tell('vestnik.travel.ComplexReserveStateChanged', { id_ComplexReserve: 17, ComplexState: 'cleancopy' });
    await tell('vestnik.travel.ComplexReserveStateChanged', { id_ComplexReserve: 18, ComplexState: 'canceled' });
    const [match] = await settled(id, 1);
    expect(match).toMatchObject({ outcome: 'started', reason: '' });
    await vi.waitFor(() => expect(bench.sms.orders.slice(before)).toMatchObject([{ text: 'Иванов: поездка 18 отменена' }]), PATIENCE);
    const [run] = await bench.rows('SELECT initiator FROM alerts_run WHERE run_id = $1', match.run_id);
    expect(run).toEqual({ initiator: { login: bench.act.caller.login, how: 'rule', from: 'Отмена поездки' } });
    // The same events once more, as after a crash before the cursor moved.
    const events = await bench.events.read(undefined, ['vestnik.travel.'], 100);
    await bench.db.database.transaction((tx) => applyRules(tx, bench.act, createFilterBook(), events));
    expect(await matches(id)).toEqual([match]);
  });

  test('a contract that is blocked sends e-mail', async () => {
    const task = await bench.task(await bench.list([{ name: 'Менеджер', emails: ['manager@example.org'] }]), {
      type: 3,
      text: 'Договор {event.contractTitle}: {event.statusTitle}',
    });
    const id = await rule({
      name: 'Блокировка',
      task_id: task,
      filter: { type: 'vestnik.billing.contract.*', subject: 'contract/*', data: [{ path: 'status', in: [2, 4] }] },
    });
    await tell('vestnik.billing.contract.status-changed', { contractTitle: 'Д-1', status: 0, statusTitle: 'активен' }, 'contract/1');
    await tell('vestnik.billing.contract.status-changed', { contractTitle: 'Д-2', status: 4, statusTitle: 'приостановлен' }, 'contract/2');
    expect(outcomes(await settled(id, 1))).toEqual(['started']);
    await vi.waitFor(
      () => expect(bench.mail.orders.at(-1)).toMatchObject({ address: 'manager@example.org', text: 'Договор Д-2: приостановлен' }),
      PATIENCE,
    );
  });

  test('whose task cannot be started is noted with the reason, told, and stops nothing behind it', async () => {
    const blocked = await bench.task(await bench.list([]), { channels: '0' });
    const fine = await bench.task(await bench.list([{ name: 'A', phones: ['+79160000002'] }]));
    const filter = { type: 'vestnik.test.Refused' };
    const ids = [await rule({ name: 'Blocked', task_id: blocked, filter }), await rule({ name: 'Fine', task_id: fine, filter })];
    await tell('vestnik.test.Refused', {});
    expect(await settled(ids[0] ?? 0, 1)).toMatchObject([
      { outcome: 'refused', run_id: null, reason: expect.stringContaining('no channel') },
    ]);
    expect(await settled(ids[1] ?? 0, 1)).toMatchObject([{ outcome: 'started' }]);
    const told = await bench.events.read(undefined, ['vestnik.alerts.start.refused'], 100);
    expect(told.at(-1)?.data).toMatchObject({ task_id: blocked, rule: 'Blocked' });
    // Failed, and told as every change of a status; a start by hand that is refused would leave it as it was.
    expect(await bench.rows('SELECT status FROM alerts_task WHERE task_id = $1', blocked)).toEqual([{ status: 5 }]);
    const statuses = await bench.events.read(undefined, ['vestnik.alerts.task.status'], 1_000);
    expect(statuses.filter(({ data }) => data['task_id'] === blocked).map(({ data }) => data['status'])).toEqual([5]);
    await expect(bench.start(blocked)).rejects.toMatchObject({ reason: 'no_channel' });
    await bench.rows('UPDATE alerts_task SET deleted_at = now() WHERE task_id = $1', blocked);
    await tell('vestnik.test.Refused', {});
    expect((await settled(ids[0] ?? 0, 2))[0]).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('there is no task') });
  });

  test('starts no disabled task, which stays disabled', async () => {
    const task = await bench.task(await bench.list([{ name: 'A', phones: ['+79160000002'] }]));
    await bench.rows('UPDATE alerts_task SET enabled = false, status = 6 WHERE task_id = $1', task);
    const id = await rule({ name: 'Disabled', task_id: task, filter: { type: 'vestnik.test.Disabled' } });
    await tell('vestnik.test.Disabled', {});
    expect(await settled(id, 1)).toMatchObject([{ outcome: 'refused', run_id: null, reason: `task ${task} is disabled` }]);
    expect(await bench.rows('SELECT status, runs FROM alerts_task WHERE task_id = $1', task)).toEqual([{ status: 6, runs: 0 }]);
  });

  test('starts no task that runs already, unless it restarts', async () => {
    const held = Promise.withResolvers<void>();
    bench.sms.answer = async () => {
      await held.promise;
      return { result: 'done', code: '', detail: '', channel: 0, messageIds: [], notBefore: undefined };
    };
    const task = await bench.task(await bench.list([{ name: 'A', phones: ['+79160000003'] }]));
    const [stays, restarts] = [
      await rule({ name: 'Stays', task_id: task, filter: { type: 'vestnik.test.Stays' } }),
      await rule({ name: 'Restarts', task_id: task, restart: true, filter: { type: 'vestnik.test.Restarts' } }),
    ];
    await tell('vestnik.test.Stays', {});
    await settled(stays, 1);
    await tell('vestnik.test.Stays', {});
    expect(outcomes(await settled(stays, 2))).toEqual(['running', 'started']);
    await tell('vestnik.test.Restarts', {});
    expect(outcomes(await settled(restarts, 1))).toEqual(['started']);
    expect(await bench.rows('SELECT max(number) AS runs FROM alerts_run WHERE task_id = $1', task)).toEqual([{ runs: 2 }]);
    held.resolve();
  });
});

describe('bounds', () => {
  test('cooldown, an hour and a minute', async () => {
    const task = await bench.task(await bench.list([]));
    const cooled = await rule({ name: 'Cooled', task_id: task, restart: true, cooldown: 600, filter: { type: 'vestnik.test.Bound' } });
    const hourly = await rule({ name: 'Hourly', task_id: task, restart: true, limit_per_hour: 2, filter: { type: 'vestnik.test.Bound' } });
    const free = await rule({ name: 'Free', task_id: task, restart: true, filter: { type: 'vestnik.test.Bound' } });
    for (let at = 0; at < 7; at += 1) await tell('vestnik.test.Bound', { at });
    expect(outcomes(await settled(cooled, 7))).toEqual([...Array(6).fill('cooldown'), 'started']);
    expect(outcomes(await settled(hourly, 7))).toEqual([...Array(5).fill('limit'), 'started', 'started']);
    expect(outcomes(await settled(free, 7))).toEqual(['limit', 'limit', ...Array(5).fill('started')]);
    await bench.rows("UPDATE alerts_rule_match SET at = at - interval '2 minutes' WHERE rule_id = $1", free);
    await tell('vestnik.test.Bound', {});
    expect((await settled(free, 8))[0]).toMatchObject({ outcome: 'started' });
    const pages: unknown[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { json } = await send('GET', `/rules/${free}/matches?limit=3${next && `&after=${next}`}`);
      pages.push(...json.items);
      next = json.next;
    }
    expect(pages).toEqual(await matches(free));
  });

  test('own events are looked at only when that is wanted, and a circle of them is held up', async () => {
    const task = await bench.task(await bench.list([]));
    const quiet = await rule({
      name: 'Quiet',
      task_id: task,
      restart: true,
      filter: { type: '*', data: [{ path: 'task_id', equals: task }] },
    });
    const circle = await rule({
      name: 'Circle',
      task_id: task,
      restart: true,
      allow_own: true,
      filter: { type: 'vestnik.alerts.run.started', data: [{ path: 'task_id', equals: task }] },
    });
    await bench.start(task);
    const found = await settled(circle, 6);
    expect(outcomes(found)).toEqual(['limit', ...Array(5).fill('started')]);
    expect(await matches(quiet)).toEqual([]);
  });
});

describe('rules over REST', () => {
  test('are changed under their ETags, tried against the past, switched off and deleted', async () => {
    const task = await bench.task(await bench.list([]));
    const filter = { type: 'vestnik.test.Tried', data: [{ path: 'weight', greater: 10 }] };
    for (const weight of [5, 15, 25]) await tell('vestnik.test.Tried', { weight }, `box/${weight}`);
    const tried = await send('POST', '/rules/try', { body: { filter }, as: 'alerts.tasks' });
    expect(tried.json).toMatchObject({
      looked: 3,
      next: null,
      items: [{ subject: 'box/15' }, { subject: 'box/25', data: { weight: 25 } }],
    });
    const first = (await send('POST', '/rules/try', { body: { filter, limit: 1 } })).json;
    expect(first.items).toMatchObject([{ subject: 'box/15' }]);
    expect((await send('POST', '/rules/try', { body: { filter, after: first.next } })).json.items).toMatchObject([{ subject: 'box/25' }]);
    expect((await send('POST', '/rules/try', { body: { filter, after: 'x' } })).status).toBe(400);

    const id = await rule({ name: 'Tried', task_id: task, filter });
    expect(await matches(id)).toEqual([]);
    const put = (body: object, version: string) => send('PUT', `/rules/${id}`, { body, headers: { 'if-match': version } });
    expect(await put({ enabled: false, cooldown: 5 }, '"1"')).toMatchObject({
      status: 200,
      json: { enabled: false, cooldown: 5, version: 2, filter },
    });
    expect((await put({ enabled: true }, '"1"')).status).toBe(412);
    expect((await put({}, '"2"')).json.version).toBe(2);
    await tell('vestnik.test.Tried', { weight: 99 });
    const other = await rule({ name: 'Sign', task_id: task, filter: { type: 'vestnik.test.Sign' } });
    await tell('vestnik.test.Sign', {});
    await settled(other, 1);
    expect(await matches(id)).toEqual([]);

    expect((await send('POST', '/rules', { body: { name: 'TRIED', task_id: task, filter } })).json).toMatchObject({ reason: 'name_taken' });
    expect((await send('POST', '/rules', { body: { name: 'x', task_id: 999_999, filter } })).json).toMatchObject({
      reason: 'unknown_task',
    });
    const wrong = await send('POST', '/rules', { body: { name: 'x', task_id: task, filter: { type: '*', data: [{ path: 'a' }] } } });
    expect(wrong).toMatchObject({ status: 422, json: { details: [{ path: '/filter/data/0' }] } });
    expect((await send('POST', '/rules', { as: 'alerts.start', body: {} })).status).toBe(403);
    expect((await send('DELETE', `/rules/${id}`, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await send('DELETE', `/rules/${id}`)).status).toBe(204);
    expect((await send('GET', `/rules/${id}`)).json).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_rule' });
    expect((await send('GET', `/rules/${id}/matches`)).json).toMatchObject({ reason: 'unknown_rule' });
    expect((await send('GET', `/rules/${other}/matches?after=x`)).json).toMatchObject({ reason: 'cursor' });
  });
});
