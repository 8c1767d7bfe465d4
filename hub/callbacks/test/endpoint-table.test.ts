import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createSecretKey } from '../../core/identity/secret-key.ts';
import { addEndpoint } from '../add-endpoint.ts';
import { rotateSigningSecret } from '../add-signing-secret.ts';
import { changeEndpoint } from '../change-endpoint.ts';
import { deleteEndpoint } from '../delete-endpoint.ts';
import { disableEndpoint } from '../disable-endpoint.ts';
import { enableEndpoint } from '../enable-endpoint.ts';
import type { SettingsInput } from '../endpoint.ts';
import { type EndpointTable, startEndpointTable } from '../endpoint-table.ts';
import { keysAt } from '../live-endpoint.ts';
import { match } from '../matching.ts';
import { sampleValues } from '../render/samples.ts';
import { signingKey } from '../signing.ts';
import { ALICE, BIN, certificatePair, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
const tables: EndpointTable[] = [];
beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});
afterEach(async () => {
  await Promise.all(tables.splice(0).map((table) => table.stop()));
});

const start = async (secretKey = bench.secretKey): Promise<EndpointTable> => {
  const table = await startEndpointTable({ database: bench.database, secretKey, random: () => 0.5 });
  tables.push(table);
  return table;
};
const add = async (settings: object = {}): Promise<number> => {
  const input = bench.input({ family: 'order', name: 'SAP', url: BIN, ...settings });
  return (await bench.database.transaction((tx) => addEndpoint(tx, ALICE, bench.ports, input))).id;
};
const change = (id: number, settings: SettingsInput) =>
  bench.database.transaction((tx) => changeEndpoint(tx, ALICE, bench.ports, { id, change: settings }));

describe('a live endpoint', () => {
  test('has everything that an attempt needs, with the secrets in the message and *** in what is shown', async () => {
    const pair = await certificatePair();
    const id = await add({
      headers: 'X-Api-Key: s3cret\nX-Trip: @id_ComplexReserve',
      client_cert: pair,
      ca: pair.certificate,
      success: ['2xx'],
    });
    const endpoint = (await start()).byId(id);
    if (!endpoint) throw new Error('the endpoint is missing');
    const { headers, body } = endpoint.message?.render(sampleValues('order', 'typical')) ?? {};
    expect(headers?.slice(0, 2)).toEqual([
      ['X-Api-Key', 's3cret'],
      ['X-Trip', '77'],
    ]);
    expect(body?.toString()).toContain('<id_Reserve>1042</id_Reserve>');
    expect(endpoint.settings.headers).toBe('X-Api-Key: ***\nX-Trip: @id_ComplexReserve');
    expect(endpoint.secretHeaders.has('x-api-key')).toBe(true);
    expect(endpoint.tls).toEqual({ cert: pair.certificate, key: pair.key, ca: pair.certificate });
    expect(endpoint.success(204, Buffer.alloc(0))).toBeUndefined();
    expect(endpoint.next({ spent: 1, dueAt: 0, begunAt: 0, endedAt: 5 })).toBe(300_000);
    expect(endpoint).toMatchObject({ enabled: false, version: 1, organizationId: null, fault: undefined, signingKeys: [] });
    expect(
      match(endpoint, {
        type: 'vestnik.travel.ReserveCreated',
        data: { family: 'order', organization_id: 5, change_source: 'api', facets: ['ReserveCreated'] },
      }),
    ).toEqual({
      eventType: 'ReserveCreated',
    });
  });

  test('signs with the newest secret first, and with the one before until its end', async () => {
    const input = bench.input({ family: 'order', name: 'S', url: BIN, signing: true });
    const { id, signingSecret = '' } = await bench.database.transaction((tx) => addEndpoint(tx, ALICE, bench.ports, input));
    const { secret } = await bench.database.transaction((tx) => rotateSigningSecret(tx, ALICE, bench.ports, { id, keepHours: 2 }));
    const table = await start();
    const endpoint = table.byId(id);
    if (!endpoint) throw new Error('the endpoint is missing');
    expect(keysAt(endpoint, Date.now())).toEqual([signingKey(secret), signingKey(signingSecret)]);
    expect(keysAt(endpoint, Date.now() + 3 * 3_600_000)).toEqual([signingKey(secret)]);
    await change(id, { signing: false });
    await table.refresh();
    expect(keysAt(table.byId(id) ?? endpoint, Date.now())).toEqual([]);
  });
});

describe('the table follows', () => {
  test('a save, enabling, disabling and deleting, told by NOTIFY; what did not change is not compiled again', async () => {
    const [id, other] = [await add(), await add()];
    const table = await start();
    const before = table.byId(other);
    const seen: number[] = [];
    table.onChange(() => seen.push(table.endpoints().length));
    await change(id, { name: 'B', max_attempts: 3 });
    await vi.waitFor(() => expect(table.byId(id)).toMatchObject({ name: 'B', version: 2, enabled: false }), 20_000);
    expect(table.byId(other)?.message).toBe(before?.message);
    await bench.database.transaction((tx) => enableEndpoint(tx, ALICE, bench.ports, id));
    await vi.waitFor(() => expect(table.byId(id)?.enabled).toBe(true), 20_000);
    await bench.database.transaction((tx) => disableEndpoint(tx, ALICE, id, undefined));
    await vi.waitFor(() => expect(table.byId(id)).toMatchObject({ enabled: false, disabledBy: 'user' }), 20_000);
    await bench.database.transaction((tx) => deleteEndpoint(tx, ALICE, id));
    await vi.waitFor(() => expect(table.byId(id)).toBeUndefined(), 20_000);
    expect(seen.length).toBeGreaterThanOrEqual(4);
    expect(table.endpoints().map((endpoint) => endpoint.id)).toContain(other);
  });

  test('refresh reads what was committed before it was called, also while another load is under way', async () => {
    const table = await start();
    const id = await add();
    for (let round = 1; round <= 20; round += 1) {
      void table.refresh();
      await change(id, { max_attempts: round % 2 === 0 ? 10 : 11 });
      await table.refresh();
      expect(table.byId(id)?.version).toBe(round + 1);
    }
  });

  test('what an owner sees follows the organizations', async () => {
    const id = await add({ organization_id: 71 });
    const table = await start();
    expect(table.byId(id)?.sees(72)).toBe(false);
    await bench.organization(71, 'agency');
    await vi.waitFor(() => expect(table.byId(id)?.sees(72)).toBe(true), 20_000);
    await bench.organization(73, 'agency');
    await bench.organization(72, 'client', 73);
    await vi.waitFor(() => expect(table.byId(id)?.sees(72)).toBe(false), 20_000);
  });
});

test('secrets that cannot be opened leave the endpoint without a message, and the others alone', async () => {
  const [locked, open] = [await add({ headers: 'X-Api-Key: k' }), await add()];
  const table = await start(createSecretKey(randomBytes(32)));
  expect(table.byId(locked)).toMatchObject({ message: undefined, fault: expect.stringContaining('secret key') });
  expect(table.byId(open)?.message).toBeDefined();
});

test('a dictionary that comes later does not change what was compiled', async () => {
  await bench.dictionary(81, 'Команда');
  const id = await add({ body: '<a>@DIC:Команда проекта</a>', headers: '' });
  await bench.dictionary(82, 'Команда проекта');
  const values = { ...sampleValues('order', 'typical'), dic: (name: string) => ({ value: `[${name}]`, name }) };
  const render = async () => (await start()).byId(id)?.message?.render(values).body?.toString();
  expect(await render()).toBe('<a>[Команда] проекта</a>');
  expect((await change(id, {})).version).toBe(2);
  expect(await render()).toBe('<a>[Команда проекта]</a>');
  expect((await change(id, {})).version).toBe(2);
});
