import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../config.ts';
import { createEventStore } from '../../core/events/subscribe.ts';
import { createHttpServer } from '../../core/http/server.ts';
import { createIdentity } from '../../core/identity/identity.ts';
import { createSecretKey } from '../../core/identity/secret-key.ts';
import type { ServePorts } from '../../core/module.ts';
import { createHealth } from '../../core/telemetry/health.ts';
import { startMetrics } from '../../core/telemetry/metrics.ts';
import { serving as billing } from '../serving.ts';
import { basicOf, type Faces, openFaces, passwordOf } from './support/faces.ts';

const CONTRACTS = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';

let faces: Faces;
let other: { url: string; stop(): Promise<void> };
/** Contracts by the group or domain that they are in. */
const contracts: Record<string, number> = {};

/** Another hub on the same database: it knows of changes what the database tells it. */
async function openOtherHub(): Promise<typeof other> {
  const { database } = faces;
  const configuration = loadConfiguration({ environment: { VESTNIK_HTTP__PORT: '0' }, cwd: '/' });
  const identity = createIdentity({ database, knownRights: { ...billing.rights } });
  identity.start();
  const running = await billing.start({
    database,
    configuration,
    authentication: identity,
    secretKey: createSecretKey(randomBytes(32)),
  } as unknown as ServePorts);
  const metrics = startMetrics([], { strict: false });
  const server = await createHttpServer({
    configuration,
    identity,
    events: createEventStore({ database, keepDays: 30 }),
    routes: running.routes,
    foreign: running.foreign ?? [],
    health: createHealth({}),
    metrics,
    version: 'test',
  });
  await server.listen();
  return {
    url: server.address,
    async stop() {
      await server.stop(1_000);
      await running.stop();
      await identity.stop();
      metrics.stop();
    },
  };
}

beforeAll(async () => {
  faces = await openFaces();
  await faces.rows(`INSERT INTO billing_group (group_id, title) VALUES (3, 'Третья'), (4, 'Четвёртая')`);
  await faces.rows(`INSERT INTO billing_domain (domain_id, title, parent_id) VALUES (1, 'Город', NULL), (2, 'Центр', 1)`);
  await faces.rows(`INSERT INTO billing_parameter (parameter_id, kind, title) VALUES (1, 1, 'Паспорт'), (2, 1, 'Телефон')`);
  const insert = async (title: string, groups: number, domain: number): Promise<void> => {
    const [row] = await faces.rows<{ id: number }>(
      `INSERT INTO contract (title, groups, domain_id, date_from) VALUES ($1, $2, $3, '2026-01-01') RETURNING contract_id AS id`,
      [title, groups, domain],
    );
    contracts[title] = row?.id ?? 0;
  };
  await insert('third', 8, 0);
  await insert('fourth', 16, 0);
  await insert('town', 0, 1);
  await insert('centre', 0, 2);
  await faces.operator('desk', 'billing.call.*', 'billing.read');
  await faces.operator('boss', 'billing.manage', 'billing.read');
  other = await openOtherHub();
});
afterAll(async () => {
  await other.stop();
  await faces.stop();
});
beforeEach(() => faces.rows('DELETE FROM billing_operator'));

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
type Answered = { status: number; etag: string | null; json: any };

async function call(method: string, path: string, body?: unknown, { as = 'alice', headers = {} } = {}): Promise<Answered> {
  const answer = await fetch(`${faces.url}/api/v1/billing${path}`, {
    method,
    headers: { authorization: basicOf(as), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, etag: answer.headers.get('etag'), json: text === '' ? undefined : JSON.parse(text) };
}

/** Titles of the contracts that an operator finds over JSON at a hub. */
async function seenAt(url: string, login: string): Promise<string[]> {
  const body = {
    method: 'contractList',
    user: { user: login, pswd: passwordOf(login) },
    params: { title: '.*', fc: -1, closed: true, page: { pageIndex: 1, pageSize: 100 } },
  };
  const answer = await fetch(`${url}/executer/json/${CONTRACTS}`, { method: 'POST', body: JSON.stringify(body) });
  const { status, message, data } = (await answer.json()) as { status: string; message: string; data: { return: { title: string }[] } };
  if (status !== 'ok') throw new Error(message);
  return data.return.map(({ title }) => title.split(' ')[0] ?? '').sort();
}

const EVERY = ['centre', 'fourth', 'third', 'town'];

describe('the fence of an operator', () => {
  test('counts at once on every hub, whoever was logged in already', async () => {
    for (const { url } of [faces, other]) expect(await seenAt(url, 'desk')).toEqual(EVERY);
    const steps: [object, string[]][] = [
      [{ groups: [3] }, ['third']],
      [{ groups_mode: 'except' }, ['centre', 'fourth', 'town']],
      [{ groups: [3, 4] }, ['centre', 'town']],
      [{ groups: [], domains: [1] }, ['town']],
      [{ domains: [1, 2] }, ['centre', 'town']],
    ];
    for (const [change, seen] of steps) {
      expect((await call('PATCH', '/fences/desk', change)).status).toBe(200);
      for (const { url } of [faces, other]) await expect.poll(() => seenAt(url, 'desk')).toEqual(seen);
    }
    expect((await call('GET', `/contracts/${contracts['third']}`, undefined, { as: 'desk' })).status).toBe(404);
    expect((await call('GET', `/contracts/${contracts['town']}`, undefined, { as: 'desk' })).status).toBe(200);
    expect((await call('DELETE', '/fences/desk')).status).toBe(204);
    for (const { url } of [faces, other]) await expect.poll(() => seenAt(url, 'desk')).toEqual(EVERY);
  });

  test('is shown whole, changed in parts and by version', async () => {
    const none = await call('GET', '/fences/desk');
    expect([none.status, none.etag, none.json]).toEqual([
      200,
      '"0"',
      {
        operator_id: expect.any(Number),
        login: 'desk',
        name: expect.any(String),
        fenced: false,
        groups: [],
        groups_mode: 'only',
        domains: [],
        parameters: [],
        description: '',
        config: '',
        version: 0,
      },
    ]);
    const parameters = [
      { parameter_id: 1, rule: 'none' },
      { parameter_id: 2, rule: 'read' },
    ];
    const set = await call('PATCH', '/fences/desk', { groups: [4, 3], parameters, description: 'Касса', config: 'secret=1' });
    expect([set.status, set.etag]).toEqual([200, '"1"']);
    expect(set.json).toMatchObject({ fenced: true, groups: [3, 4], parameters, description: 'Касса', version: 1 });
    const changed = await call('PATCH', '/fences/desk', { domains: [2] }, { headers: { 'if-match': '"1"' } });
    expect(changed.json).toEqual({ ...set.json, domains: [2], version: 2 });
    expect(await call('PATCH', '/fences/desk', { domains: [] }, { headers: { 'if-match': '"1"' } })).toMatchObject({ status: 412 });
    expect(await call('PATCH', '/fences/desk', { domains: [], version: 1 })).toMatchObject({ status: 412 });
    expect(await call('DELETE', '/fences/desk?version=1')).toMatchObject({ status: 412 });
    expect((await call('PATCH', '/fences/desk', { domains: [2] })).json.version).toBe(2);
    expect((await call('GET', '/fences')).json).toEqual({ items: [changed.json], next: null });

    const [row] = await faces.rows<{ text: string }>(
      `SELECT string_agg(audit::text, ' ') AS text FROM audit WHERE action = 'billing.fence.set'`,
    );
    expect(row?.text).toContain('Касса');
    expect(row?.text).not.toContain('secret=1');
  });

  test('hides parameters, or keeps them from being written', async () => {
    const id = contracts['third'];
    const user = { user: 'desk', pswd: passwordOf('desk') };
    const write = (parameterId: number) =>
      faces.json(
        CONTRACTS,
        'contractParameterTextUpdate',
        { contractId: id, parameter: { entitySpecAttrId: parameterId, value: 'x' } },
        { user },
      );
    const before = (await write(1)).status;
    await call('PATCH', '/fences/desk', { parameters: [{ parameter_id: 1, rule: 'read' }] });
    await expect.poll(async () => (await write(1)).status).toBe('error');
    expect([before, (await write(2)).status]).toEqual(['ok', 'ok']);
  });

  test('is only for those who manage the billing, and no way out of their own', async () => {
    for (const [method, path, body] of [
      ['GET', '/fences'],
      ['GET', '/fences/desk'],
      ['PATCH', '/fences/desk', {}],
      ['DELETE', '/fences/desk'],
    ] as const)
      expect((await call(method, path, body, { as: 'desk' })).status).toBe(403);
    expect(await call('PATCH', '/fences/boss', { groups: [3] }, { as: 'boss' })).toMatchObject({ status: 403, json: { reason: 'fence' } });
    await call('PATCH', '/fences/boss', { groups: [3] });
    expect(await call('DELETE', '/fences/boss', undefined, { as: 'boss' })).toMatchObject({ status: 403, json: { reason: 'fence' } });
    expect(await call('PATCH', '/fences/desk', { groups: [] }, { as: 'boss' })).toMatchObject({ status: 403, json: { reason: 'fence' } });
    await call('DELETE', '/fences/boss');
    expect((await call('PATCH', '/fences/desk', { groups: [3] }, { as: 'boss' })).status).toBe(200);
  });

  test('names what is there', async () => {
    for (const change of [{ groups: [5] }, { domains: [9] }, { parameters: [{ parameter_id: 9, rule: 'none' }] }])
      expect(await call('PATCH', '/fences/desk', change)).toMatchObject({ status: 422, json: { reason: 'unknown_reference' } });
    for (const change of [
      { groups: [63] },
      { groups: [3, 3] },
      { groups: ['3'] },
      { groups_mode: 'none' },
      { domains: [-1] },
      { parameters: [{ parameter_id: 1, rule: 'write' }] },
      { parameters: [1] },
      { surplus: 1 },
    ])
      expect(await call('PATCH', '/fences/desk', change)).toMatchObject({ status: 422 });
    expect(await call('GET', '/fences/nobody')).toMatchObject({ status: 404, json: { reason: 'operator' } });
    expect(await call('PATCH', '/fences/nobody', { groups: [3] })).toMatchObject({ status: 404 });
    expect(await call('DELETE', '/fences/desk')).toMatchObject({ status: 404, json: { reason: 'fence' } });
    expect(await faces.rows('SELECT FROM billing_operator')).toEqual([]);
  });

  test('keeps groups and domains that it names from being deleted', async () => {
    await call('PATCH', '/fences/desk', { groups: [3], domains: [2], parameters: [{ parameter_id: 2, rule: 'none' }] });
    await faces.rows('UPDATE contract SET groups = 0, domain_id = 0');
    for (const path of ['groups/3', 'domains/2', 'parameters/2'])
      expect(await call('DELETE', `/directories/${path}`)).toMatchObject({ status: 409, json: { reason: 'in_use' } });
  });
});
