import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CallbacksHub, openCallbacksHub, type Receiver, startReceiver } from './support/callbacks-hub.ts';
import { rest } from './support/rest.ts';

const PASSWORD = 'correct horse battery staple 9';

let receiver: Receiver;
let hub: CallbacksHub;
let organization: number;
let endpoint: number;
beforeAll(async () => {
  receiver = await startReceiver();
  hub = await openCallbacksHub([receiver.port], { environment: { VESTNIK_CALLBACKS__TESTS_PER_MINUTE: '1000' } });
  organization = await hub.organization();
  await hub.call('POST', '/callbacks/allow-entries', { address: receiver.address, reason: 'test' }).expect(201);
  // Never enabled: tests are sent while it is being edited.
  endpoint = await add({
    url: `${receiver.address}/in/@id_Reserve`,
    headers: 'Content-Type: text/xml;charset=UTF-8\nAuthorization: Basic c2VjcmV0',
    body: '<e><t>@EventType</t><c>@id_ComplexReserve</c></e>',
  });
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answers = [200];
});
afterAll(async () => {
  await hub.stop();
  await receiver.stop();
});

const add = async (settings: object): Promise<number> =>
  (
    await hub
      .call('POST', '/callbacks/endpoints', { family: 'order', name: 'Test', organization_id: organization, ...settings })
      .expect(201)
  ).body.id;
const send = async (id: number, body: object = {}) => (await hub.call('POST', `/callbacks/endpoints/${id}/test`, body).expect(200)).body;
const delivery = async (id: number) => (await hub.call('GET', `/callbacks/deliveries/${id}`).expect(200)).body;
const audits = async (action: string) =>
  (
    await hub.database.database.work.query<{ object: string; after: Record<string, unknown> }>({
      text: 'SELECT object, after FROM audit WHERE action = $1 ORDER BY id',
      values: [action],
    })
  ).rows;

/** Another operator. */
async function operator(login: string, rights: readonly string[]) {
  await hub.call('POST', '/identity/operators', { login, password: PASSWORD, rights }).expect(201);
  const authorization = `Basic ${Buffer.from(`${login}:${PASSWORD}`).toString('base64')}`;
  return (method: string, path: string, body?: object) => rest({ http: hub.http, authorization }, method, path, body);
}

describe('a test of an endpoint', () => {
  test('shows the outgoing bytes, the whole answer and the times; the receiver gets what it would always get', async () => {
    const shown = await send(endpoint);
    expect(shown).toMatchObject({ state: 'delivered', code: null, event_type: 'CallbackTest', matches: null });
    expect(shown.request).toMatchObject({ method: 'POST', url: `${receiver.address}/in/1042`, bytes: 35 });
    expect(shown.request.headers).toEqual([
      ['Content-Type', 'text/xml;charset=UTF-8'],
      ['Authorization', '***'],
      ['User-Agent', 'Vestnik'],
    ]);
    expect(shown.request.body).toMatchObject({ format: 'xml', pretty: '<e>\n  <t>CallbackTest</t>\n  <c>77</c>\n</e>', fault: null });
    expect(shown.answer).toMatchObject({ status: 200, cut: false, body: { text: '' } });
    expect(shown.timing.end).toBeGreaterThan(0);
    expect(receiver.received).toMatchObject([
      {
        method: 'POST',
        path: '/in/1042',
        headers: { authorization: 'Basic c2VjcmV0' },
        body: '<e><t>CallbackTest</t><c>77</c></e>',
      },
    ]);
  });

  test('is a delivery of the log, with its one attempt, and in the audit', async () => {
    receiver.answers = [500];
    const { delivery_id: id, ...shown } = await send(endpoint);
    expect(shown).toMatchObject({ state: 'failed', code: 'status', answer: { status: 500 } });
    const logged = await delivery(id);
    expect(logged).toMatchObject({
      endpoint_id: endpoint,
      state: 'failed',
      event_type: 'CallbackTest',
      test: true,
      status: 500,
      attempts: 1,
    });
    expect(logged.attempt_list).toMatchObject([
      { number: 1, outcome: 'failed', status: 500, error: 'status', version: 1, bytes: 35, body: 'kept' },
    ]);
    expect(receiver.received).toHaveLength(1);
    expect((await audits('callbacks.endpoint.test')).at(-1)).toMatchObject({
      object: String(endpoint),
      after: { delivery: id, version: 1 },
    });
  });

  test('uses the settings of the editor, keeps stored secrets, saves nothing', async () => {
    const shown = await send(endpoint, {
      settings: {
        headers: 'Content-Type: application/json\nAuthorization: ***',
        body: '{"id":@id_Reserve}',
        success: ['200', '418'],
      },
    });
    expect(shown).toMatchObject({ state: 'delivered', request: { body: { format: 'json', text: '{"id":1042}' } } });
    expect(receiver.received).toMatchObject([
      { headers: { authorization: 'Basic c2VjcmV0', 'content-type': 'application/json' }, body: '{"id":1042}' },
    ]);
    expect((await hub.call('GET', `/callbacks/endpoints/${endpoint}`).expect(200)).body).toMatchObject({ version: 1, success: ['200'] });
  });

  test('settings that could not be saved send nothing', async () => {
    const refused = await hub.call('POST', `/callbacks/endpoints/${endpoint}/test`, { settings: { body: '<e>@{Nope}</e>' } }).expect(400);
    expect(refused.body).toMatchObject({ reason: 'template' });
    expect(receiver.received).toEqual([]);
  });

  test('what cannot be rendered is rejected, and logged so', async () => {
    const shown = await send(endpoint, { sample: 'long', settings: { method: 'GET', body: '', url: `${receiver.address}/?o=@OuterId` } });
    expect(shown).toMatchObject({ state: 'rejected', code: 'url_too_long', request: null, answer: null });
    expect(await delivery(shown.delivery_id)).toMatchObject({ state: 'rejected', error: 'url_too_long' });
    expect(receiver.received).toEqual([]);
  });

  test('is signed as a delivery is; each has an id of its own', async () => {
    const made = await hub
      .call('POST', '/callbacks/endpoints', { family: 'order', name: 'Signed', url: `${receiver.address}/s`, signing: true, body: '<a/>' })
      .expect(201);
    await send(made.body.id);
    await send(made.body.id);
    const ids = receiver.received.map(({ headers, body }) => {
      const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = headers;
      const key = Buffer.from(made.body.signing_secret.slice('whsec_'.length), 'base64');
      expect(signature).toBe(`v1,${createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')}`);
      return id;
    });
    expect(new Set(ids).size).toBe(2);
  });

  test('410 of an endpoint that takes it as a farewell disables nothing', async () => {
    const id = await hub.endpoint({ url: `${receiver.address}/gone`, gone: 'disable' });
    receiver.answers = [410];
    expect(await send(id)).toMatchObject({ state: 'failed', code: 'gone' });
    expect((await hub.call('GET', `/callbacks/endpoints/${id}`).expect(200)).body.enabled).toBe(true);
    await hub.call('DELETE', `/callbacks/endpoints/${id}`).expect(204);
  });

  test('goes into a request bin, too, where everybody may read what is made up', async () => {
    const bin = (
      await hub.call('POST', '/callbacks/bins', { organization_id: organization, answer: { status: 201, body: 'taken' } }).expect(201)
    ).body;
    const shown = await send(endpoint, { settings: { url: bin.address, success: ['2xx'] } });
    expect(shown).toMatchObject({ state: 'delivered', answer: { status: 201, body: { text: 'taken' } } });
    expect((await hub.call('GET', `/callbacks/bins/${bin.id}/requests`).expect(200)).body.items).toMatchObject([
      { via: 'test', personal: false },
    ]);
  });
});

describe('a past event', () => {
  test('is sent marked as a test, with the type that the endpoint would get', async () => {
    await hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia', automated: true }).expect(201);
    const [event] = (await hub.call('GET', '/callbacks/events?family=order').expect(200)).body.items;
    const shown = await send(endpoint, { event: event.position });
    expect(shown).toMatchObject({ state: 'delivered', event_type: 'ReserveCreated', matches: true });
    expect(receiver.received[0]?.body).toContain('<t>ReserveCreated</t>');
    expect(await delivery(shown.delivery_id)).toMatchObject({
      event_type: 'ReserveCreated',
      test: true,
      event_id: event.position,
      trip: event.data.id_ComplexReserve,
      order: event.data.id_Reserve,
    });
  });

  test('asks for callbacks.payload, as does the body of the answer', async () => {
    const writer = await operator('writer', [`callbacks.write@${organization}`, `callbacks.read@${organization}`]);
    const [event] = (await hub.call('GET', '/callbacks/events?family=order').expect(200)).body.items;
    await writer('POST', `/callbacks/endpoints/${endpoint}/test`, { event: event.position }).expect(403);
    const shown = (await writer('POST', `/callbacks/endpoints/${endpoint}/test`, {}).expect(200)).body;
    expect(shown).toMatchObject({ state: 'delivered', answer: { status: 200, body: null } });
    expect(shown.answer.headers.length).toBeGreaterThan(0);
    const foreign = await add({ url: `${receiver.address}/other`, organization_id: null });
    await writer('POST', `/callbacks/endpoints/${foreign}/test`, {}).expect(404);
  });
});

describe('an address that may not be called', () => {
  test('without an entry: the error of the allow-list; the test is logged as blocked', async () => {
    const id = await add({ url: 'https://not-listed.example/in' });
    const shown = await send(id);
    expect(shown).toMatchObject({ state: 'blocked', code: 'address_not_allowed', answer: null, timing: null });
    expect(shown.russian).toContain('не входит в белый список');
    expect(await delivery(shown.delivery_id)).toMatchObject({ state: 'blocked', error: 'address_not_allowed' });
  });

  test('says the same of an address inside as of any other; the cause is in the audit alone', async () => {
    const shown = await send(endpoint, { settings: { url: 'http://169.254.169.254/in' } });
    const other = await send(endpoint, { settings: { url: 'http://example.com/in' } });
    const without = ({ message, russian, timing, delivery_id: _, request: __, findings: ___, ...rest }: Record<string, unknown>) => ({
      ...rest,
      // How far it came; the milliseconds themselves differ with the load of the machine.
      timing: Object.entries(timing ?? {}).map(([stage, ms]) => [stage, typeof ms]),
      texts: [message, russian].map((text) => String(text).replace('169.254.169.254', 'example.com')),
    });
    expect(without(shown)).toEqual(without(other));
    expect(shown.findings).toEqual([]);
    const causes = (await audits('callbacks.endpoint.test_refused')).slice(-2);
    expect(causes.map(({ after }) => after)).toEqual([
      { delivery: shown.delivery_id, stage: 3, code: 'address_not_allowed' },
      { delivery: other.delivery_id, stage: 3, code: 'address_not_allowed' },
    ]);
  });
});

test('a user sends so many tests in a minute, over all hubs', async () => {
  const few = await openCallbacksHub([receiver.port], { environment: { VESTNIK_CALLBACKS__TESTS_PER_MINUTE: '3' } });
  try {
    const settings = { family: 'order', name: 'Few', url: `${receiver.address}/few` };
    const { id } = (await few.call('POST', '/callbacks/endpoints', settings).expect(201)).body;
    const statuses = (await Promise.all(Array.from({ length: 6 }, () => few.call('POST', `/callbacks/endpoints/${id}/test`, {})))).map(
      ({ status, headers }) => [status, Number(headers.get('retry-after') ?? 0) > 30],
    );
    expect(statuses.sort()).toEqual([...Array(3).fill([200, false]), ...Array(3).fill([429, true])]);
  } finally {
    await few.stop();
  }
});
