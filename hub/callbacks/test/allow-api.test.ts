import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { allowRoutes } from '../api/allow.ts';
import { type AllowBench, newHost, openAllowBench } from './support/allow.ts';
import { policyOf } from './support/guard.ts';

const CLIENT = 'callbacks.allow.request@12+callbacks.read@12';
const AGENT = 'callbacks.allow.forward@12';
const SUPPORT = 'callbacks.allow.approve';

let bench: AllowBench;
let rest: ModuleRest;
beforeAll(async () => {
  bench = await openAllowBench();
  const routes = allowRoutes({ database: bench.database }, { policy: policyOf(), fetchProof: async () => undefined });
  rest = await startModuleRest(bench.database, { callbacks: routes });
});
afterAll(async () => {
  await rest.stop();
  await bench.drop();
});

const request = (as: string, body: object) => rest.send('POST', '/callbacks/allow-requests', { as, body: { reason: 'SAP', ...body } });
const act = (as: string, path: string, body: object = {}, headers: Record<string, string> = {}) =>
  rest.send('POST', `/callbacks/${path}`, { as, body, headers });

describe('the allow-list over REST', () => {
  test('request, forward, approve, revoke; each list shows its part', async () => {
    const host = newHost();
    const made = await request(CLIENT, { address: `https://${host}/in` });
    expect(made.status).toBe(201);
    const id = made.json.allow_id as number;
    expect(made.headers.get('location')).toBe(`/api/v1/callbacks/allow-requests/${id}`);
    expect(made.json).toMatchObject({
      state: 'requested',
      address: `https://${host}/in`,
      organizations: [12],
      valid_until: null,
      version: 1,
    });

    const shown = await rest.send('GET', `/callbacks/allow-requests/${id}`, { as: CLIENT });
    expect([shown.status, shown.headers.get('etag'), shown.json.proof.url]).toEqual([
      200,
      '"1"',
      `https://${host}/.well-known/vestnik-callback`,
    ]);
    expect((await act(AGENT, `allow-requests/${id}/forward`, {}, { 'if-match': '"9"' })).status).toBe(412);
    expect((await act(AGENT, `allow-requests/${id}/forward`, {}, { 'if-match': '"1"' })).json.state).toBe('forwarded');
    expect((await act(AGENT, `allow-requests/${id}/approve`)).status).toBe(403);
    expect((await act(SUPPORT, `allow-requests/${id}/approve`)).json).toMatchObject({ state: 'approved', approved_by: SUPPORT });

    const listed = async (list: string, as: string) =>
      (await rest.send('GET', `/callbacks/${list}?host=${host}`, { as })).json.items.map((item: { allow_id: number }) => item.allow_id);
    expect([await listed('allow-requests', CLIENT), await listed('allow-entries', CLIENT)]).toEqual([[], [id]]);
    expect((await act(SUPPORT, `allow-entries/${id}/revoke`)).status).toBe(422);
    expect((await act(SUPPORT, `allow-entries/${id}/revoke`, { reason: 'over' })).json).toMatchObject({
      state: 'revoked',
      step_reason: 'over',
    });
    expect((await act(SUPPORT, `allow-entries/${id}/revoke`, { reason: 'over' })).json).toMatchObject({ status: 409, reason: 'bad_state' });
  });

  test('a foreign line answers 404, a caller without any of the rights 403 or an empty list', async () => {
    const { json } = await request(CLIENT, { address: `https://${newHost()}` });
    expect((await rest.send('GET', `/callbacks/allow-requests/${json.allow_id}`, { as: 'callbacks.read@13' })).status).toBe(404);
    expect((await act('callbacks.allow.forward@13', `allow-requests/${json.allow_id}/forward`)).status).toBe(404);
    expect((await request('tickets.view', { address: 'https://a.ru' })).status).toBe(403);
    expect((await rest.send('GET', '/callbacks/allow-requests', { as: 'tickets.view' })).json.items).toEqual([]);
  });

  test('pages', async () => {
    for (let at = 0; at < 3; at += 1) await request(CLIENT, { address: `https://page${at}.example.com` });
    const first = await rest.send('GET', '/callbacks/allow-requests?host=page&limit=2', { as: CLIENT });
    expect(first.json.items.map((item: { host: string }) => item.host)).toEqual(['page0.example.com', 'page1.example.com']);
    const second = await rest.send('GET', `/callbacks/allow-requests?host=page&limit=2&after=${first.json.next}`, { as: CLIENT });
    expect([second.json.items.map((item: { host: string }) => item.host), second.json.next]).toEqual([['page2.example.com'], null]);
    expect((await rest.send('GET', '/callbacks/allow-requests?after=%00', { as: CLIENT })).status).toBe(400);
    expect((await rest.send('GET', '/callbacks/allow-requests?after=bm9uc2Vuc2U', { as: CLIENT })).json).toMatchObject({
      status: 400,
      reason: 'cursor',
    });
  });

  test('a part of the host is text, not a pattern', async () => {
    await request(CLIENT, { address: 'https://plain.example.com' });
    for (const host of ['%25', '_', '%5C'])
      expect((await rest.send('GET', `/callbacks/allow-requests?host=${host}`, { as: CLIENT })).json.items).toEqual([]);
  });

  test('faults of the address carry their reason, in the language of the reader', async () => {
    const answer = await rest.send('POST', '/callbacks/allow-requests', {
      as: CLIENT,
      body: { address: 'https://intranet', reason: 'x' },
      headers: { 'accept-language': 'ru' },
    });
    expect(answer.json).toMatchObject({
      status: 422,
      reason: 'address',
      detail: 'Адрес: узел должен быть публичным именем с точкой или IP-адресом',
    });
    expect((await request(CLIENT, { address: 'http://169.254.169.254' })).json).toMatchObject({ status: 409, reason: 'address_refused' });
  });

  test('an entry at once is refused where there are several operators', async () => {
    const answer = await rest.send('POST', '/callbacks/allow-entries', {
      as: SUPPORT,
      body: { address: `https://${newHost()}`, reason: 'x' },
    });
    expect(answer.json).toMatchObject({ status: 409, reason: 'second_person' });
  });

  test('a proof that is not there is told in one text', async () => {
    const { json } = await request(CLIENT, { address: `https://${newHost()}` });
    expect((await rest.send('POST', `/callbacks/allow-requests/${json.allow_id}/prove`, { as: CLIENT })).json).toMatchObject({
      status: 409,
      reason: 'not_proven',
    });
  });
});
