import { beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../core/identity/caller.ts';
import { disableEndpoint } from '../disable-endpoint.ts';
import { endpointCalls } from './support/endpoint-calls.ts';
import { BIN, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});
const { add, call, types } = endpointCalls(() => bench);

describe('states', () => {
  test('without an entry of the allow-list it can be saved and not enabled; with one it can', async () => {
    const { id, findings } = await add({ url: 'https://allowed.ru/in/x' });
    expect(findings).toMatchObject([{ severity: 'warning', code: 'address_not_allowed', path: '/url' }]);
    const refused = await call('POST', `/endpoints/${id}/enable`, undefined, { headers: { 'accept-language': 'ru' } });
    expect(refused).toMatchObject({
      status: 409,
      json: {
        reason: 'address_not_allowed',
        detail:
          'Адрес https://allowed.ru/in/x не входит в белый список. Передайте ссылку агенту: после добавления адреса службой поддержки отправка станет возможна.',
      },
    });
    await bench.allow('https://allowed.ru/in');
    expect((await call('POST', `/endpoints/${id}/enable`)).json).toMatchObject({ enabled: true, disabled_by: null, version: 1 });
    expect((await call('POST', `/endpoints/${id}/enable`)).status).toBe(200);
    expect(await types(id)).toEqual(['vestnik.callbacks.endpoint.created', 'vestnik.callbacks.endpoint.enabled']);
    const moved = await call('PATCH', `/endpoints/${id}`, { url: 'https://allowed.ru/other' });
    expect(moved).toMatchObject({ status: 409, json: { reason: 'address_not_allowed' } });
    expect((await call('PATCH', `/endpoints/${id}`, { url: 'https://allowed.ru/in/y' })).json).toMatchObject({ version: 2, enabled: true });
    const both = await call('PATCH', `/endpoints/${id}`, { url: 'https://allowed.ru/other', enabled: false });
    expect(both.json).toMatchObject({ version: 3, enabled: false, disabled_by: 'user' });
  });

  test('an entry for other organizations does not help', async () => {
    await bench.organization(41, 'client');
    await bench.allow('https://client.ru', [42]);
    const { id } = await add({ url: 'https://client.ru/in', organization_id: 41 });
    expect((await call('POST', `/endpoints/${id}/enable`)).json.reason).toBe('address_not_allowed');
    await bench.allow('https://client.ru/in', [41]);
    expect((await call('POST', `/endpoints/${id}/enable`)).json.enabled).toBe(true);
  });

  test('an address that no entry can help is refused at save', async () => {
    await bench.allow('https://10-0-0-1.ru/in');
    for (const url of ['http://127.0.0.1/in', 'http://[::1]/in', 'http://169.254.169.254/x']) {
      const { status, json } = await call('POST', '/endpoints', { family: 'order', name: 'A', url, enabled: true });
      expect({ url, status: status >= 400, stored: json.id }).toEqual({ url, status: true, stored: undefined });
    }
  });

  test('a request bin needs no entry', async () => {
    const json = await add({ url: BIN, enabled: true });
    expect(json).toMatchObject({ enabled: true, findings: [] });
    const other = await call('POST', '/endpoints', { family: 'order', name: 'A', url: `${BIN}/x`, enabled: true });
    expect(other.json.reason).toBe('address_not_allowed');
  });

  test('disabled by a person with a reason; by the hub it is told apart, and a person can enable it again', async () => {
    const { id } = await add({ url: BIN, enabled: true });
    expect((await call('POST', `/endpoints/${id}/disable`, { reason: 'moving' })).json).toMatchObject({
      enabled: false,
      disabled_by: 'user',
      state_reason: 'moving',
    });
    expect(await bench.database.transaction((tx) => disableEndpoint(tx, SYSTEM, id, 'gone'))).toBe(false);
    await call('POST', `/endpoints/${id}/enable`);
    expect(await bench.database.transaction((tx) => disableEndpoint(tx, SYSTEM, id, 'status 410'))).toBe(true);
    expect((await call('GET', `/endpoints/${id}`)).json).toMatchObject({ enabled: false, disabled_by: 'hub', state_reason: 'status 410' });
    expect((await call('POST', `/endpoints/${id}/enable`)).json).toMatchObject({ enabled: true, disabled_by: null, state_reason: null });
    const audits = await bench.rows<{ action: string; login: string }>('SELECT action, login FROM audit WHERE object = $1 ORDER BY id', [
      String(id),
    ]);
    expect(
      audits.filter(({ action }) => action.endsWith('able')).map(({ action, login }) => `${action.split('.').at(-1)} ${login}`),
    ).toEqual(['enable *', 'disable *', 'enable *', 'disable system', 'enable *']);
  });

  test('deleted: it is gone for everybody, its secrets too; its versions stay', async () => {
    const { id } = await add({ headers: 'X-Api-Key: k', signing: true, url: BIN, enabled: true });
    expect((await call('DELETE', `/endpoints/${id}`)).status).toBe(204);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/enable'],
      ['GET', '/versions'],
      ['POST', '/preview'],
    ] as const)
      expect((await call(method, `/endpoints/${id}${path}`, method === 'GET' || method === 'DELETE' ? undefined : {})).status).toBe(404);
    expect((await call('GET', '/endpoints?limit=1000')).json.items.map((item: { id: number }) => item.id)).not.toContain(id);
    expect(await bench.rows('SELECT version, secrets FROM callback_endpoint_version WHERE endpoint_id = $1', [id])).toEqual([
      { version: 1, secrets: null },
    ]);
    expect(await bench.rows('SELECT * FROM callback_signing_secret WHERE endpoint_id = $1', [id])).toEqual([]);
  });
});
