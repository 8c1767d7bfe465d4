import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { channelRoutes } from '../api/channels.ts';
import { settingRoutes } from '../api/settings.ts';
import { channelKinds } from '../channels/kinds.ts';
import { addCommands } from '../commands/index.ts';
import { type LiveSettings, startLiveSettings } from '../live-settings.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

let bench: AlertsBench;
let live: LiveSettings;
let rest: ModuleRest;
beforeAll(async () => {
  bench = await alertsBench();
  const { database } = bench.db;
  live = await startLiveSettings({ database, events: bench.events, configured: bench.act.settings });
  const ports = {
    database,
    act: (caller: typeof bench.act.caller) => ({ ...bench.act, now: Temporal.Now.instant(), settings: live.current(), caller }),
    kinds: channelKinds(Buffer.alloc(32)),
  };
  rest = await startModuleRest(database, { alerts: [...channelRoutes(ports), ...settingRoutes(live)] });
});
afterAll(async () => {
  await rest.stop();
  live.stop();
  await bench.end();
});

const send = (method: string, path: string, body: object) => rest.send(method, `/alerts${path}`, { body });
const modem = (name: string, enabled: boolean) =>
  send('POST', '/channel-groups', { kind: 'gsm', name, enabled, settings: { device: `/dev/${name}` } });
const licence = (change: object) => send('PUT', '/licence', change);

test('a change of the licence is one transaction, with a line of the audit for each value', async () => {
  expect((await licence({ gsm_modems: 5, email: false, valid_to: '2090-12-31' })).json).toMatchObject({ gsm_modems: 5, email: false });
  const lines = await bench.rows<{ object: string; transaction: string }>(
    "SELECT object, xmin::text AS transaction FROM audit WHERE action = 'alerts.setting.change' ORDER BY object",
  );
  expect(lines.map(({ object }) => object)).toEqual(['licence.email', 'licence.gsmModems', 'licence.validTo']);
  expect(new Set(lines.map(({ transaction }) => transaction)).size).toBe(1);
  expect((await licence({})).status).toBe(200);
  await licence({ email: true, valid_to: null });
});

describe('modems that are switched on are counted', () => {
  test('when a group is added, a group or a channel is switched on, also by several at once', async () => {
    await licence({ gsm_modems: 2 });
    const [first, second] = [await modem('A', true), await modem('B', true)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect((await modem('C', true)).json).toMatchObject({ code: 'CONFLICT', reason: 'no_licence' });
    expect(await bench.rows("SELECT name FROM alerts_channel_group WHERE name = 'C'")).toEqual([]);
    const third = await modem('C', false);
    expect(third.status, JSON.stringify(third.json)).toBe(201);
    const group = (answer: typeof third) => `/channel-groups/${answer.json.id}`;
    expect((await send('PUT', group(third), { enabled: true })).json).toMatchObject({ reason: 'no_licence' });
    await send('PUT', `/channels/${first.json.channels[0]}`, { enabled: false });
    expect((await send('PUT', group(third), { enabled: true })).status).toBe(200);
    expect((await send('PUT', `/channels/${first.json.channels[0]}`, { enabled: true })).json).toMatchObject({ reason: 'no_licence' });

    await licence({ gsm_modems: 4 });
    const crowd = await Promise.all(['D', 'E', 'F', 'G'].map((name) => modem(name, true)));
    expect(crowd.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
    // What is on stays as it is, also under a smaller licence.
    await licence({ gsm_modems: 1 });
    expect((await send('PUT', group(second), { name: 'B2' })).status).toBe(200);
  });

  test('and none may be switched on when the licence has ended; other kinds are not counted', async () => {
    await licence({ gsm_modems: 100, valid_to: '2020-01-01' });
    expect((await modem('H', true)).json).toMatchObject({ reason: 'no_licence' });
    const smtp = await send('POST', '/channel-groups', { kind: 'smtp', name: 'M', settings: { host: 'localhost', from: 'a@example.org' } });
    expect(smtp.status, JSON.stringify(smtp.json)).toBe(201);
    await licence({ gsm_modems: 100, valid_to: null });
  });
});

test('settings and the licence are shown and set from the command line, for hubs that run, too', async () => {
  const alerts = moduleCommands('alerts', addCommands, () => ({ database: bench.db.database, secretKey: bench.act.secretKey }));
  expect(await alerts(['setting', 'list', 'licence.v'])).toMatch(/KEY +VALUE\s+licence\.validTo/);
  expect(await alerts(['setting', 'set', 'licence.validTo', '2090-12-31'])).toBe('licence.validTo = 2090-12-31\n');
  expect(JSON.parse(await alerts(['setting', 'list', 'licence.v', '--json']))).toEqual({
    items: [{ key: 'licence.validTo', value: '2090-12-31' }],
  });
  await vi.waitFor(() => expect(live.current().licence.validTo).toBe('2090-12-31'), PATIENCE);
  expect(await alerts(['setting', 'set', 'licence.validTo', ''])).toBe('licence.validTo = \n');
  for (const [key, value] of [
    ['nothing', '1'],
    ['personGap', 'x'],
    ['licence.present', 'maybe'],
  ] as const)
    await expect(alerts(['setting', 'set', key, value])).rejects.toMatchObject({ code: 'VALIDATION', reason: 'bad_value' });
  expect(
    await bench.rows("SELECT login, face, after FROM audit WHERE object = 'licence.validTo' AND login = 'cli:alice' ORDER BY id"),
  ).toEqual([
    { login: 'cli:alice', face: 'cli', after: { value: '2090-12-31' } },
    { login: 'cli:alice', face: 'cli', after: { value: null } },
  ]);
});

test('the command line works by the settings that operators have set, not by those of the configuration', async () => {
  const alerts = moduleCommands('alerts', addCommands, () => ({ database: bench.db.database, secretKey: bench.act.secretKey }));
  const task = await bench.task(await bench.list([{ name: 'Иванов', phones: ['+79160000001'] }]));
  await licence({ present: false });
  await expect(alerts(['task', 'start', task])).rejects.toMatchObject({ reason: 'start_not_licensed' });
  await licence({ present: true });
  expect(await alerts(['task', 'start', task])).toContain(`task ${task} runs, run 1`);
});
