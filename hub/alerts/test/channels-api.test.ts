import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { channelRoutes } from '../api/channels.ts';
import { runRoutes } from '../api/runs.ts';
import { settingRoutes } from '../api/settings.ts';
import { channelKinds } from '../channels/kinds.ts';
import { type LiveSettings, startLiveSettings } from '../live-settings.ts';
import { type AlertsBench, alertsBench, NO_PASSWORDS, outcome, PATIENCE } from './support/alerts-bench.ts';

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
  rest = await startModuleRest(database, {
    alerts: [...channelRoutes(ports), ...runRoutes({ ...ports, authentication: NO_PASSWORDS }), ...settingRoutes(live)],
  });
  await bench.hub();
});
afterAll(async () => {
  await rest.stop();
  live.stop();
  await bench.end();
});

const send = (method: string, path: string, options: Parameters<ModuleRest['send']>[2] = {}) =>
  rest.send(method, `/alerts${path}`, options);
const put = (path: string, body: object, version?: string) =>
  send('PUT', path, { body, ...(version !== undefined && { headers: { 'if-match': version } }) });
/** A group of kind SMPP that nobody opens: its settings are those of the real driver, which this bench does not run. */
const SMPP = { host: '127.0.0.1', port: 2775, systemId: 'vestnik', password: 'Secret-1' };

describe('kinds of channels', () => {
  test('say what their settings are, for forms', async () => {
    const { items } = (await send('GET', '/channel-kinds', { as: 'alerts.view' })).json;
    expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(['gsm', 'smpp', 'smtp']);
    const smpp = items[1];
    expect(smpp.secrets).toContain('password');
    expect(smpp.settings).toMatchObject({ type: 'object', additionalProperties: false, required: expect.arrayContaining(['host']) });
    for (const property of Object.values<{ description?: string }>(smpp.settings.properties)) expect(property.description).toMatch(/\S/);
  });
});

describe('channel groups', () => {
  test('are made with secrets that nobody sees again, changed under their ETags, and deleted when they are at rest', async () => {
    const made = await send('POST', '/channel-groups', { body: { kind: 'smpp', name: 'Оператор', enabled: false, settings: SMPP } });
    expect(made.status, JSON.stringify(made.json)).toBe(201);
    const path = `/channel-groups/${made.json.id}`;
    expect(made.headers.get('location')).toBe(`/api/v1/alerts${path}`);
    expect(made.json).toMatchObject({ kind: 'smpp', enabled: false, settings: { host: '127.0.0.1', password: '***' }, version: 1 });
    expect(made.json.channels).toHaveLength(1);
    const [channel] = made.json.channels;
    const sealed = () => bench.rows<{ secrets: Buffer }>('SELECT secrets FROM alerts_channel_group WHERE group_id = $1', made.json.id);
    const opened = async () =>
      JSON.parse(
        bench.act.secretKey.open('alerts.channel-group', (await sealed())[0]?.secrets ?? Buffer.alloc(0), String(made.json.id)).toString(),
      );
    expect(await opened()).toEqual({ password: 'Secret-1' });

    const changed = await put(path, { name: 'Оператор-2', settings: { ...SMPP, password: '***', binds: 2 } }, '"1"');
    expect(changed).toMatchObject({ status: 200, json: { name: 'Оператор-2', settings: { password: '***', binds: 2 }, version: 2 } });
    expect(changed.headers.get('etag')).toBe('"2"');
    expect(changed.json.channels[0]).toBe(channel);
    expect(changed.json.channels).toHaveLength(2);
    expect(await opened()).toEqual({ password: 'Secret-1' });
    expect(await put(path, { name: 'x' }, '"1"')).toMatchObject({ status: 412, json: { reason: 'version' } });
    await put(path, { settings: { ...SMPP, password: 'Secret-2' } });
    expect(await opened()).toEqual({ password: 'Secret-2' });
    expect(JSON.stringify((await send('GET', '/channel-groups', { as: 'alerts.view' })).json)).not.toContain('Secret');
    expect(JSON.stringify(await bench.rows('SELECT before, after FROM audit'))).not.toContain('Secret');

    expect((await put(`/channels/${channel}`, { name: 'Первый', enabled: false })).json).toMatchObject({
      number: channel,
      name: 'Первый',
      enabled: false,
    });
    await put(path, { settings: { ...SMPP, password: '***', binds: 2 } });
    expect((await send('GET', `/channels/${channel}`)).json.kind).toBe('smpp');

    expect(await put(path, { settings: { ...SMPP, colour: 'red' } })).toMatchObject({ status: 422 });
    expect(await put(path, { settings: { password: '***' } })).toMatchObject({ status: 422 });
    expect((await put(path, { name: 'sms' })).json).toMatchObject({ code: 'CONFLICT', reason: 'name_taken' });
    expect((await send('POST', '/channel-groups', { body: { kind: 'sip', name: 'x', settings: {} } })).json).toMatchObject({
      code: 'VALIDATION',
    });
    expect((await send('POST', '/channel-groups', { as: 'alerts.view', body: {} })).status).toBe(403);

    await put(path, { enabled: true });
    expect((await send('DELETE', path)).json).toMatchObject({ code: 'CONFLICT', reason: 'channel_group_enabled' });
    await put(path, { enabled: false });
    await bench.rows(
      "INSERT INTO alerts_attempt (run_id, no, person_id, round, at, address, group_id, call) VALUES (1, 1, 1, 1, 0, '+1', $1, false)",
      made.json.id,
    );
    expect((await send('DELETE', path)).json).toMatchObject({ reason: 'channel_group_busy' });
    await bench.rows('DELETE FROM alerts_attempt WHERE group_id = $1', made.json.id);
    expect((await send('DELETE', path, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await send('DELETE', path)).status).toBe(204);
    expect((await send('GET', path)).json).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_channel_group' });
    expect((await send('GET', `/channels/${channel}`)).json).toMatchObject({ reason: 'unknown_channel' });
    expect((await bench.rows('SELECT secrets, settings FROM alerts_channel_group WHERE group_id = $1', made.json.id))[0]).toEqual({
      secrets: null,
      settings: {},
    });
  });
});

describe('channels', () => {
  test('tell what they do, are named and switched', async () => {
    const { items } = (await send('GET', '/channels', { as: 'alerts.view' })).json;
    expect(items).toMatchObject([
      { number: 1, kind: 'smpp', name: 'SMS 1', enabled: true },
      { number: 2, kind: 'smtp', name: 'Mail 1', enabled: true },
    ]);
    expect((await send('GET', '/channels/999999')).json).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_channel' });
    expect((await put('/channels/999999', {})).status).toBe(404);
    expect((await send('PUT', '/channels/1', { as: 'alerts.view', body: {} })).status).toBe(403);
  });
});

describe('the test of a channel', () => {
  const groupOf = async (name: string) =>
    (await send('GET', '/channel-groups')).json.items.find((group: { name: string }) => group.name === name).id;
  const done = async (run: number) => {
    await vi.waitFor(async () => expect((await send('GET', `/runs/${run}`)).json.status).toBe('finished'), PATIENCE);
    return (await send('GET', `/runs/${run}/attempts`)).json.items;
  };

  test('sends one message by the channels of the group, and shows what came of it as of any run', async () => {
    await vi.waitFor(async () => expect((await send('GET', '/channels/1')).json.state).toBe('free'), PATIENCE);
    bench.sms.answer = () => outcome('done', { code: '0x00000000' });
    const sms = await groupOf('SMS');
    const begun = await send('POST', `/channel-groups/${sms}/test`, { body: { address: '8 916 123-45-67', text: 'Проба {связи}' } });
    expect(begun.status, JSON.stringify(begun.json)).toBe(202);
    expect(await done(begun.json.run_id)).toMatchObject([{ address: '+79161234567', channel: 1, result: 'notified', code: '0x00000000' }]);
    expect(bench.sms.orders.at(-1)).toMatchObject({ address: '+79161234567', text: 'Проба {связи}' });
    expect((await send('GET', `/runs/${begun.json.run_id}`)).json).toMatchObject({ total: 1, notified: 1, name: 'Проверка канала «SMS»' });

    bench.mail.answer = () => outcome('permanent', { code: '550' });
    const mail = await send('POST', `/channel-groups/${await groupOf('Mail')}/test`, { body: { address: 'nobody@example.org' } });
    expect(await done(mail.json.run_id)).toMatchObject([{ address: 'nobody@example.org', result: 'refused', code: '550' }]);
    expect(bench.mail.orders.at(-1)?.subject).toContain('Mail');
  });

  test('is refused for a wrong address, a channel that does not work and a missing licence', async () => {
    const sms = await groupOf('SMS');
    const body = { address: '+79161234567' };
    expect((await send('POST', `/channel-groups/${sms}/test`, { body: { address: 'anna@example.org' } })).json).toMatchObject({
      reason: 'bad_phone',
    });
    expect((await send('POST', '/channel-groups/999999/test', { body })).json).toMatchObject({ reason: 'unknown_channel_group' });
    await bench.rows('UPDATE alerts_channel SET state = 6, info = $1 WHERE number = 1', 'bind refused');
    expect((await send('POST', `/channel-groups/${sms}/test`, { body })).json).toMatchObject({
      reason: 'channel_not_working',
      detail: expect.stringContaining('bind refused'),
    });
    await bench.rows('UPDATE alerts_channel SET state = 1 WHERE number = 1');
    expect((await put('/licence', { present: false })).json).toMatchObject({ present: false, ended: true });
    expect((await send('POST', `/channel-groups/${sms}/test`, { body })).json).toMatchObject({ reason: 'start_not_licensed' });
    await put('/licence', { present: true });
  });
});

describe('licence and settings', () => {
  test('are changed while the hub runs', async () => {
    expect((await send('GET', '/licence', { as: 'alerts.view' })).json).toMatchObject({
      present: true,
      email: true,
      valid_to: null,
      ended: false,
    });
    expect((await put('/licence', { valid_to: '2020-01-31', gsm_modems: 3, email: false })).json).toMatchObject({
      valid_to: '2020-01-31',
      gsm_modems: 3,
      email: false,
      ended: true,
    });
    expect((await put('/licence', { valid_to: null, email: true })).json).toMatchObject({ valid_to: null, ended: false, gsm_modems: 3 });
    for (const body of [{ valid_to: '31.12.2030' }, { email: 'yes' }, { boards: -1 }, { colour: 1 }])
      expect((await put('/licence', body)).status, JSON.stringify(body)).toBe(422);
    expect((await send('GET', '/settings')).json.items).toContainEqual({ key: 'licence.gsmModems', value: '3' });
    expect((await put('/settings/reportFormat', { value: 'XLS' })).json).toEqual({ key: 'reportFormat', value: 'XLS' });
    expect(live.current().reportFormat).toBe('XLS');
    expect((await put('/settings/reportFormat', { value: 'PDF' })).json).toMatchObject({ code: 'VALIDATION', reason: 'bad_value' });
    expect((await put('/settings/zone', { value: 'UTC' })).json).toMatchObject({ reason: 'bad_value' });
    expect((await send('GET', '/settings', { as: 'alerts.view' })).status).toBe(403);
  });
});
