import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { runRoutes } from '../api/runs.ts';
import { samplePace } from '../sample-pace.ts';
import { type AlertsBench, alertsBench, NO_PASSWORDS, outcome, PATIENCE } from './support/alerts-bench.ts';

let bench: AlertsBench;
let rest: ModuleRest;
beforeAll(async () => {
  bench = await alertsBench();
  rest = await startModuleRest(bench.db.database, {
    alerts: runRoutes({
      database: bench.db.database,
      act: (caller) => ({ ...bench.act, now: Temporal.Now.instant(), caller }),
      authentication: NO_PASSWORDS,
    }),
  });
  await bench.hub();
});
afterAll(async () => {
  await rest.stop();
  await bench.end();
});

const send = (method: string, path: string, options: Parameters<ModuleRest['send']>[2] = {}) =>
  rest.send(method, `/alerts${path}`, options);
const post = (path: string, body?: object, headers: Record<string, string> = {}) => send('POST', path, { ...(body && { body }), headers });
/** A run whose targets have all come to a result. */
const finished = async (run: number) => {
  await vi.waitFor(async () => expect((await send('GET', `/runs/${run}`)).json.status).toBe('finished'), PATIENCE);
  return (await send('GET', `/runs/${run}`)).json;
};
const people = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({
    name: `Person ${String(from + at).padStart(3, '0')}`,
    phones: [`+7916${String(1_000_000 + from + at)}`],
  }));

describe('starts and stops over REST', () => {
  test('a task is started once for an Idempotency-Key, and its run tells how far it is', async () => {
    bench.sms.answer = ({ address }) => outcome(address.endsWith('2') ? 'permanent' : 'done');
    const task = await bench.task(await bench.list([...people(3, 0), { name: 'Without' }]));
    const start = () => post(`/tasks/${task}/start`, { restart: true }, { 'idempotency-key': `start-${task}` });
    const first = await start();
    expect(first).toMatchObject({
      status: 202,
      json: { task_id: task, type: 'sms', status: 'running', run: { number: 1 }, changed: true },
    });
    const again = await start();
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const run = await finished(first.json.run.id);
    expect(run).toMatchObject({
      task_id: task,
      number: 1,
      name: 'Task',
      type: 'sms',
      started_by: { login: '*', how: 'rest' },
      total: 4,
      done: 4,
      notified: 2,
      confirmed: 0,
      failed: 2,
      left: 0,
      queued: 0,
      under_way: 0,
      waiting: 0,
      results: { notified: 2, refused: 1, no_address: 1 },
      seconds_left: 0,
    });
    expect(run.ended_at).not.toBeNull();
  });

  test('what is under way and what waits is told apart, a stop keeps it, and a continuation ends it', async () => {
    const held = Promise.withResolvers<void>();
    bench.sms.capacity = 1;
    bench.sms.answer = async () => {
      await held.promise;
      return outcome('done');
    };
    const task = await bench.task(await bench.list(people(10, 10)));
    const { run } = (await post(`/tasks/${task}/start`, {})).json;
    // The engine takes up a few more than there is room for, so that none waits for the database.
    const half = await vi.waitFor(async () => {
      const now = (await send('GET', `/runs/${run.id}`)).json;
      expect(now.under_way).toBeGreaterThan(0);
      return now;
    }, PATIENCE);
    expect(half).toMatchObject({ left: 10, done: 0, waiting: 0, queued: 10 - half.under_way });
    expect(half.queued).toBeGreaterThan(0);
    expect((await send('GET', `/runs/${run.id}/targets?result=under_way`)).json.items).toContainEqual(
      expect.objectContaining({ no: 1, result: 'under_way', attempts: 1 }),
    );
    expect((await send('GET', `/runs/${run.id}/targets?result=queued`)).json.items).toContainEqual(
      expect.objectContaining({ no: 10, result: 'queued', attempts: 0 }),
    );
    expect((await send('GET', '/runs?status=running')).json.items.map(({ id }: { id: number }) => id)).toContain(run.id);
    expect((await post(`/tasks/${task}/start`, {})).json).toMatchObject({ changed: false, run });
    expect(await post(`/tasks/${task}/stop`)).toMatchObject({ status: 202, json: { status: 'stopped', run, changed: true } });
    expect((await post(`/tasks/${task}/stop`)).json).toMatchObject({ status: 'stopped', changed: false });
    expect((await send('GET', `/runs/${run.id}`)).json).toMatchObject({ status: 'stopped', per_second: null });
    held.resolve();
    bench.sms.capacity = 10;
    expect((await post(`/tasks/${task}/start`, {})).json).toMatchObject({ changed: true, run });
    expect(await finished(run.id)).toMatchObject({ notified: 10, results: { notified: 10 } });
  });

  test('the speed is that of the last minute, and tells how long it still takes', async () => {
    const held = Promise.withResolvers<void>();
    bench.sms.capacity = 10;
    bench.sms.answer = async ({ address }) => {
      if (Number(address.slice(-2)) >= 25) await held.promise;
      return outcome('done');
    };
    const task = await bench.task(await bench.list(people(10, 20)));
    const { run } = (await post(`/tasks/${task}/start`, {})).json;
    await samplePace(bench.db.database);
    await vi.waitFor(async () => expect((await send('GET', `/runs/${run.id}`)).json.done).toBe(5), PATIENCE);
    await bench.rows("UPDATE alerts_run_pace SET at = now() - interval '10 seconds', done = 0 WHERE run_id = $1", run.id);
    await bench.rows("UPDATE alerts_run SET resumed_at = now() - interval '11 seconds' WHERE run_id = $1", run.id);
    const { per_second: perSecond, seconds_left: secondsLeft } = (await send('GET', `/runs/${run.id}`)).json;
    expect(perSecond).toBeGreaterThan(0.4);
    expect(perSecond).toBeLessThanOrEqual(0.5);
    expect(secondsLeft).toBeCloseTo(5 / perSecond, 6);
    await bench.rows("UPDATE alerts_run_pace SET at = now() - interval '70 seconds' WHERE run_id = $1", run.id);
    expect((await send('GET', `/runs/${run.id}`)).json).toMatchObject({ per_second: null, seconds_left: null });
    await bench.rows("UPDATE alerts_run_pace SET at = now() - interval '3 minutes' WHERE run_id = $1", run.id);
    await samplePace(bench.db.database);
    expect(await bench.rows('SELECT done FROM alerts_run_pace WHERE run_id = $1', run.id)).toEqual([{ done: 5 }]);
    held.resolve();
    await finished(run.id);
  });

  test('a refused start says why and stores nothing', async () => {
    const task = await bench.task(await bench.list(people(1, 40)), { channels: '0' });
    expect(await post(`/tasks/${task}/start`, {})).toMatchObject({ status: 409, json: { code: 'CONFLICT', reason: 'no_channel' } });
    expect((await send('GET', `/tasks/${task}/runs`)).json.items).toEqual([]);
    expect((await post('/tasks/999999/start', {})).json).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_task' });
    expect((await send('GET', '/tasks/999999/runs')).json).toMatchObject({ reason: 'unknown_task' });
    expect((await send('GET', '/runs/999999')).json).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_run' });
    expect((await send('GET', '/runs/999999/targets')).json).toMatchObject({ reason: 'unknown_run' });
    expect((await send('GET', '/runs/999999/attempts')).json).toMatchObject({ reason: 'unknown_run' });
    expect((await post(`/tasks/${task}/start`, { restart: 'yes' })).status).toBe(422);
    expect((await send('POST', `/tasks/${task}/start`, { as: 'alerts.tasks', body: {} })).status).toBe(403);
    expect((await send('POST', `/tasks/${task}/stop`, { as: 'alerts.view' })).status).toBe(403);
    expect((await send('GET', '/runs', { as: 'alerts.start' })).status).toBe(403);
  });
});

describe('what came of whom', () => {
  test('targets and attempts page by page, filtered by result and by text', async () => {
    bench.sms.answer = ({ address }) => outcome(/[13579]$/.test(address) ? 'permanent' : 'done');
    const task = await bench.task(await bench.list(people(9, 50)));
    const { run } = (await post(`/tasks/${task}/start`, {})).json;
    await finished(run.id);
    const walk = async (path: string): Promise<{ no: number; id: number; target: number }[]> => {
      const items = [];
      for (let next: string | null = ''; next !== null; ) {
        const page = await send('GET', `${path}${path.includes('?') ? '&' : '?'}limit=2${next && `&after=${next}`}`);
        expect(page.status, JSON.stringify(page.json)).toBe(200);
        items.push(...page.json.items);
        next = page.json.next;
      }
      return items;
    };
    expect((await walk(`/runs/${run.id}/targets`)).map(({ no }) => no)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await walk(`/runs/${run.id}/targets?result=refused`)).map(({ no }) => no)).toEqual([2, 4, 6, 8]);
    expect(await walk(`/runs/${run.id}/targets?result=refused,notified`)).toHaveLength(9);
    expect((await walk(`/runs/${run.id}/targets?text=person 053`)).map(({ no }) => no)).toEqual([4]);
    expect((await walk(`/runs/${run.id}/targets?text=1000057`)).map(({ no }) => no)).toEqual([8]);
    expect(await walk(`/runs/${run.id}/targets?text=%25`)).toEqual([]);
    expect((await send('GET', `/runs/${run.id}/targets?result=lost`)).status).toBe(400);
    expect((await send('GET', `/runs/${run.id}/targets?after=zzz`)).json).toMatchObject({ reason: 'cursor' });
    const attempts = await walk(`/runs/${run.id}/attempts`);
    expect(attempts.map(({ target }) => target)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(attempts[1]).toMatchObject({ result: 'refused', code: 'permanent', address: '+79161000051', round: 1 });
    expect(await walk(`/runs/${run.id}/attempts?target=3`)).toMatchObject([{ target: 3, result: 'notified' }]);
    expect((await send('GET', `/runs/${run.id}/attempts?after=zzz`)).json).toMatchObject({ reason: 'cursor' });
    expect((await walk(`/tasks/${task}/runs`)).map(({ id }) => id)).toEqual([run.id]);
  });

  test('the history of a person goes over all tasks, shows attempts that were made for another too, and stays when the person is gone', async () => {
    bench.sms.answer = () => outcome('done');
    const list = await bench.list([
      { name: 'Anna', phones: ['+79160000001'] },
      { name: 'Boris', phones: ['+79160000001'] },
    ]);
    const tasks = [await bench.task(list, { text: 'Сбор' }), await bench.task(list, { text: 'Отбой' })];
    for (const task of tasks) {
      const { run } = (await post(`/tasks/${task}/start`, {})).json;
      await finished(run.id);
    }
    const [boris] = await bench.rows<{ id: number }>("SELECT person_id AS id FROM alerts_person WHERE name = 'Boris'");
    const history = () => send('GET', `/persons/${boris?.id}/history`);
    const before = (await history()).json;
    expect(before.items).toMatchObject([
      { task_id: tasks[1], target_result: 'notified', result: 'notified', address: '+79160000001', type: 'sms', task: 'Task', number: 1 },
      { task_id: tasks[0], target_result: 'notified' },
    ]);
    expect(
      (
        await send(
          'GET',
          `/persons/${boris?.id}/history?limit=1&after=${(await send('GET', `/persons/${boris?.id}/history?limit=1`)).json.next}`,
        )
      ).json,
    ).toEqual({
      items: [before.items[1]],
      next: null,
    });
    await bench.rows('DELETE FROM alerts_person WHERE person_id = $1', boris?.id ?? 0);
    expect((await history()).json).toEqual(before);
    expect((await send('GET', '/persons/999999/history')).json).toMatchObject({ reason: 'unknown_person' });
  });
});
