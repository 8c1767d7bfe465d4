import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HubError } from '../../core/errors.ts';
import { publish } from '../../core/events/publish.ts';
import type { Authentication } from '../../core/identity/principal.ts';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { addRule } from '../add-rule.ts';
import { runRoutes } from '../api/runs.ts';
import { addCommands } from '../commands/index.ts';
import { openProof, PROOF_MINUTES, requireProof, sealProof } from '../confirm-start.ts';
import { startScheduled } from '../start-scheduled.ts';
import { watchRules } from '../watch-rules.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

vi.mock('../../core/terminal/password-input.ts', () => ({ provingPassword: async (login: string) => typed(login) }));

let typed = (_login: string): string => '';
let bench: AlertsBench;
let rest: ModuleRest;
const settings = () => ({ ...bench.act.settings, confirmStart: 'yes' as const });
/** Logins are their rights, and one password is that of all: how passwords are checked is tested with identity. */
const authentication: Pick<Authentication, 'authenticateBasic'> = {
  async authenticateBasic(login, password) {
    if (password === 'many') throw new HubError('TOO_MANY_REQUESTS', undefined, { retryAfter: 7 });
    if (password !== 'Secret-123') throw new HubError('UNAUTHORIZED');
    const rights = login === 'anna' ? ['alerts.start'] : login.split('+');
    return { login, rights, operatorId: 1, displayName: login, locale: 'ru', by: 'password', credentialId: undefined };
  },
};
beforeAll(async () => {
  bench = await alertsBench();
  const { database } = bench.db;
  const act = (caller: typeof bench.act.caller) => ({ ...bench.act, now: Temporal.Now.instant(), settings: settings(), caller });
  rest = await startModuleRest(database, { alerts: runRoutes({ database, act, authentication }) });
});
afterAll(async () => {
  await rest.stop();
  await bench.end();
});

const task = async () => bench.task(await bench.list([{ name: 'Иванов', phones: ['+79160000001'] }]));
const post = (path: string, body: object, as = 'alerts.start') => rest.send('POST', `/alerts${path}`, { as, body });

describe('over REST', () => {
  test('a start needs a proof of the password, its own and not older than five minutes', async () => {
    const id = await task();
    const start = (proof?: string) => post(`/tasks/${id}/start`, { ...(proof !== undefined && { proof }) });
    expect(await start()).toMatchObject({ status: 403, json: { code: 'FORBIDDEN', reason: 'start_not_confirmed' } });
    expect((await post('/start-proofs', { password: 'wrong' })).json).toMatchObject({ code: 'FORBIDDEN', reason: 'wrong_password' });
    expect(await post('/start-proofs', { password: 'many' })).toMatchObject({ status: 429 });
    expect((await post('/start-proofs', { password: 'Secret-123' }, 'alerts.view')).status).toBe(403);
    const others = await post('/start-proofs', { password: 'Secret-123' }, 'alerts.start+alerts.view');
    expect(others.status).toBe(201);
    expect((await start(others.json.proof)).json).toMatchObject({ reason: 'start_not_confirmed' });
    for (const proof of ['', 'x', 'AAAA', `${others.json.proof}x`]) expect((await start(proof)).status, proof).toBe(403);
    const own = await post('/start-proofs', { password: 'Secret-123' });
    expect(Date.parse(own.json.until) - Date.now()).toBeGreaterThan((PROOF_MINUTES - 1) * 60_000);
    expect(await bench.rows('SELECT run_id FROM alerts_run WHERE task_id = $1', id)).toEqual([]);
    expect(await start(own.json.proof)).toMatchObject({ status: 202, json: { run: { number: 1 }, changed: true } });
  });

  test('a proof counts for five minutes, for its login and with its key', () => {
    const now = Temporal.Now.instant();
    const anna = { login: 'anna' };
    const proof = sealProof(bench.act.secretKey, anna, now);
    expect(openProof(bench.act.secretKey, anna, proof)?.epochMilliseconds).toBe(now.epochMilliseconds);
    expect(openProof(bench.act.secretKey, { login: 'boris' }, proof)).toBeUndefined();
    const at = (seconds: number) => () => requireProof({ ...bench.act, settings: settings(), now: now.add({ seconds }) }, 7, 'rest', now);
    expect(at(0)).not.toThrow();
    expect(at(300)).not.toThrow();
    expect(at(301)).toThrow(/task 7 cannot be started: prove by your password/);
    expect(at(-301)).toThrow(/prove by your password/);
  });
});

test('on the command line an operator gives the password', async () => {
  const id = await task();
  await bench.rows(`INSERT INTO alerts_setting (key, value, changed_by) VALUES ('confirmStart', '"yes"', 'anna')`);
  const alerts = moduleCommands('alerts', addCommands, () => ({
    database: bench.db.database,
    secretKey: bench.act.secretKey,
    authentication,
  }));
  await expect(alerts(['task', 'start', id])).rejects.toMatchObject({ code: 'FORBIDDEN', reason: 'start_not_confirmed' });
  typed = () => 'wrong';
  await expect(alerts(['task', 'start', id, '--operator', 'anna'])).rejects.toMatchObject({ reason: 'wrong_password' });
  typed = () => 'Secret-123';
  await expect(alerts(['task', 'start', id, '--operator', 'alerts.view'])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await alerts(['task', 'start', id, '--operator', 'anna'])).toBe(`task ${id} runs, run 1\n`);
  expect(await bench.rows('SELECT initiator FROM alerts_run WHERE task_id = $1', id)).toEqual([
    { initiator: { login: 'cli:alice', how: 'cli', from: 'anna' } },
  ]);
  await bench.rows(`DELETE FROM alerts_setting WHERE key = 'confirmStart'`);
});

test('schedules and rules are not asked', async () => {
  const act = () => ({ ...bench.act, now: Temporal.Now.instant(), settings: settings() });
  const { database } = bench.db;
  const scheduled = await task();
  await bench.rows(
    `UPDATE alerts_task SET schedule = $2::jsonb, next_start_at = now(), next_local = to_char(now(), 'YYYY-MM-DD"T"HH24:MI') WHERE task_id = $1`,
    scheduled,
    JSON.stringify({ start: { kind: 'weekly', days: [1, 2, 3, 4, 5, 6, 7], times: ['00:00'] }, windows: [] }),
  );
  await database.transaction((tx) => startScheduled(tx, act()));
  const ruled = await task();
  const filter = { type: 'vestnik.test.Fire' };
  await database.transaction((tx) => addRule(tx, act(), { name: 'Fire', filter, task_id: ruled }));
  const rules = await watchRules({ database, events: bench.events, act });
  await database.transaction((tx) => publish(tx, { type: 'vestnik.test.Fire', subject: 'house/1', data: {} }));
  await vi.waitFor(
    async () =>
      expect(
        await bench.rows(
          'SELECT task_id, initiator ->> $3 AS how FROM alerts_run WHERE task_id IN ($1, $2) ORDER BY task_id',
          scheduled,
          ruled,
          'how',
        ),
      ).toEqual([
        { task_id: scheduled, how: 'schedule' },
        { task_id: ruled, how: 'rule' },
      ]),
    PATIENCE,
  );
  await rules.stop();
});
