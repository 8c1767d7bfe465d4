import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../hub/core/database/statement.ts';
import { type BillingClient, createBillingClient } from '../hub/demo/billing-client.ts';
import { type CallbacksHub, openCallbacksHub, type Receiver, startReceiver } from './support/callbacks-hub.ts';
import { rest } from './support/rest.ts';

/** Spec billing 2.13, 9.3: what happens in the billing reaches receivers as callbacks, by the engine, the allow-list and the log of all callbacks. */
const PASSWORD = 'correct horse battery staple 9';
const PATIENCE = { timeout: 15_000, interval: 20 };
const CONTRACT = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const MONEY = 'ru.bitel.bgbilling.kernel.contract.balance';
const TODAY = Temporal.Now.plainDateISO('Europe/Moscow').toString();

let receiver: Receiver;
let hub: CallbacksHub;
let desk: BillingClient;
let [pattern, parameter, paymentType, chargeType] = [0, 0, 0, 0];
beforeAll(async () => {
  receiver = await startReceiver();
  hub = await openCallbacksHub([receiver.port]);
  // While there is one operator, nobody else need approve it.
  await hub.call('POST', '/callbacks/allow-entries', { address: receiver.address, reason: 'test' }).expect(201);
  await operator('desk', ['billing.action.*', 'billing.call.*']);
  desk = createBillingClient(hub.http, 'desk', PASSWORD);
  const { rows } = await run<{ pattern: number; parameter: number }>(
    hub.database.database.work,
    `WITH module AS (INSERT INTO billing_module (name, title, settings) VALUES ('npay', 'Fees', '{"manage": true}') RETURNING module_id),
       marks AS (INSERT INTO billing_group (group_id, title) VALUES (3, 'VIP')),
       text AS (INSERT INTO billing_parameter (title, kind) VALUES ('Name', 1) RETURNING parameter_id)
     INSERT INTO contract_pattern (title, number_mask, modules, mode) SELECT 'Subscribers', 'C-NNNNN', ARRAY[module_id], 1 FROM module
     RETURNING pattern_id AS pattern, (SELECT parameter_id FROM text) AS parameter`,
  );
  ({ pattern, parameter } = rows[0] ?? { pattern: 0, parameter: 0 });
  const type = { type: 0, editable: true };
  paymentType = await desk.json(`${MONEY}/PaymentService`, 'paymentTypeUpdate', { paymentType: { ...type, title: 'Касса' } });
  chargeType = await desk.json(`${MONEY}/ChargeService`, 'chargeTypeUpdate', { chargeType: { ...type, title: 'Работы', payback: false } });
}, 60_000);
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answers = [200];
});
afterAll(async () => {
  await hub?.stop();
  await receiver?.stop();
});

/** Another operator, over REST. */
async function operator(login: string, rights: readonly string[]) {
  await hub.call('POST', '/identity/operators', { login, password: PASSWORD, rights }).expect(201);
  const authorization = `Basic ${Buffer.from(`${login}:${PASSWORD}`).toString('base64')}`;
  return (method: string, path: string, body?: object) => rest({ http: hub.http, authorization }, method, path, body);
}
// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
type Answer = any;
const get = async (path: string): Promise<Answer> => (await hub.call('GET', `/callbacks${path}`).expect(200)).body;
const newContract = async (): Promise<number> =>
  Number(/<contract id="(\d+)"/.exec(await desk.action('contract', 'NewContract', { pattern_id: String(pattern) }))?.[1]);
const charge = (contractId: number, sum: string): Promise<number> =>
  desk.json(`${MONEY}/ChargeService`, 'chargeUpdate', {
    charge: { contractId, typeId: chargeType, date: TODAY, sum, comment: 'за Иванова' },
  });
async function pay(contractId: number, sum: string, externalId: string): Promise<number> {
  const payment = `<payment contractId="${contractId}" typeId="${paymentType}" date="${TODAY}" sum="${sum}" comment="за Иванова" externalId="${externalId}"/>`;
  const answer = await desk.soap(
    `${MONEY}/PaymentService`,
    'http://common.balance.contract.kernel.bgbilling.bitel.ru/',
    'paymentUpdate',
    payment,
  );
  return Number(/<return>(\d+)<\/return>/.exec(answer)?.[1]);
}
const setParameter = (contractId: number, value: string): Promise<string> =>
  desk.action('contract', 'UpdateParameterType1', { cid: String(contractId), pid: String(parameter), value });

/** What came to a path, parsed. */
const at = (path: string): Answer[] => receiver.received.filter((one) => one.path === path).map(({ body }) => JSON.parse(body));
const came = (path: string, count: number): Promise<boolean> => vi.waitUntil(() => at(path).length >= count, PATIENCE);

describe('a contract from its creation to its unlocking', () => {
  test('each step is one callback, in order, signed; a repeated payment makes none', async () => {
    const { starters } = await get('/endpoints/defaults?family=billing');
    const { headers, body } = starters.find(({ name }: { name: string }) => name === 'json');
    const url = `${receiver.address}/flow`;
    const id = await hub.endpoint({ family: 'billing', profile: 'modern', https_only: false, url, headers, body, language: 'en' });
    const contractId = await newContract();
    await charge(contractId, '590.00');
    const paymentId = await pay(contractId, '590.00', 'kassa-1');
    await came('/flow', 6);
    expect(await pay(contractId, '590.00', 'kassa-1')).toBe(paymentId);
    // Whatever the repeat might have told would come before this.
    await desk.json(CONTRACT, 'contractDelete', { contractId }).catch(() => undefined);
    const title = at('/flow')[0].contractTitle;
    expect(at('/flow').slice(0, 6)).toMatchObject([
      { EventType: 'billing.contract.created', contractId, EventDescription: `Contract ${title}: contract created`, amount: '' },
      { EventType: 'billing.balance.below-limit', contractId, balance: '-590.00', limit: '0.00' },
      { EventType: 'billing.contract.status-changed', status: 3, former: '0', reason: 'debt', paymentId: null },
      {
        EventType: 'billing.payment.created',
        id: paymentId,
        amount: '590.00',
        typeTitle: 'Касса',
        externalId: 'kassa-1',
        balanceAfter: '0.00',
      },
      { EventType: 'billing.balance.restored', balance: '0.00' },
      { EventType: 'billing.contract.status-changed', status: 0, former: '3', reason: 'payment', paymentId },
    ]);
    expect(at('/flow').filter(({ EventType: type }) => type === 'billing.payment.created')).toHaveLength(1);
    expect(new Set(at('/flow').map(({ EventId }) => EventId)).size).toBe(at('/flow').length);
    const secret = (await hub.call('POST', `/callbacks/endpoints/${id}/signing-secret`, {}).expect(200)).body.secret;
    await hub.call('POST', `/callbacks/endpoints/${id}/test`, {}).expect(200);
    const last = receiver.received.at(-1);
    const signed = `${last?.headers['webhook-id']}.${last?.headers['webhook-timestamp']}.${last?.body}`;
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    expect(last?.headers['webhook-signature']).toContain(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(JSON.parse(last?.body ?? '')).toMatchObject({ EventType: 'CallbackTest', contractId: 1042, amount: '590.00' });

    const log = await get(`/deliveries?contract=${contractId}&endpoint=${id}&state=delivered`);
    expect(log.items.length).toBeGreaterThanOrEqual(6);
    for (const item of log.items) expect(item).toMatchObject({ contract: contractId, trip: null, person: null, dictionary: null });
    expect((await get(`/deliveries?contract=${contractId}&event_type=billing.payment.created`)).items).toHaveLength(1);
    expect((await get(`/deliveries?trip=${contractId}&endpoint=${id}`)).items).toEqual([]);
    await hub.call('POST', `/callbacks/endpoints/${id}/disable`, {}).expect(200);
  }, 30_000);

  test('an endpoint that fails is tried again, and the same event keeps its id; resend by the contract', async () => {
    receiver.answers = [500, 200];
    const id = await hub.endpoint({
      family: 'billing',
      url: `${receiver.address}/again`,
      events: ['billing.payment.created'],
      schedule: { kind: 'fixed', seconds: 1 },
      headers: 'Content-Type: application/json',
      body: '{"event": "@{EventId}", "attempt": @{Attempt}}',
    });
    const contractId = await newContract();
    await pay(contractId, '1.00', 'kassa-2');
    await came('/again', 2);
    const [first, second] = at('/again');
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    expect(second.event).toBe(first.event);
    await vi.waitUntil(async () => (await get(`/deliveries?contract=${contractId}&state=delivered`)).items.length === 1, PATIENCE);
    const job = { filter: { contract: contractId, state: ['delivered'] }, mode: 'render_again' };
    const { id: jobId } = (await hub.call('POST', '/callbacks/resend-jobs', job).expect(201)).body;
    await vi.waitUntil(async () => (await get(`/resend-jobs/${jobId}`)).state === 'ready', PATIENCE);
    expect(await get(`/resend-jobs/${jobId}`)).toMatchObject({ found: 1, filter: { contract: contractId } });
    await hub.call('POST', `/callbacks/resend-jobs/${jobId}/start`, {}).expect(200);
    await came('/again', 3);
    expect(at('/again')[2]).toEqual({ event: first.event, attempt: 1 });
    await hub.call('POST', `/callbacks/endpoints/${id}/disable`, {}).expect(200);
  }, 30_000);
});

test('filters: types, protocols, groups of the contract', async () => {
  const settings = {
    family: 'billing',
    headers: 'Content-Type: application/json',
    body: '{"type": "@EventType", "contract": @contractId}',
  };
  const payments = ['billing.payment.created'];
  const all = await hub.endpoint({ ...settings, url: `${receiver.address}/all`, events: payments });
  const overJson = await hub.endpoint({ ...settings, url: `${receiver.address}/json`, events: payments, sources: ['json'] });
  const vip = await hub.endpoint({ ...settings, url: `${receiver.address}/vip`, events: payments, groups: [3] });
  const [plain, marked] = [await newContract(), await newContract()];
  await desk.json(CONTRACT, 'contractGroupAdd', { contractId: marked, contractGroupId: 3 });
  await pay(plain, '1.00', 'f-1');
  await pay(marked, '1.00', 'f-2');
  const overJsonPaid = { contractId: plain, typeId: paymentType, date: TODAY, sum: '2.00', comment: '' };
  await desk.json(`${MONEY}/PaymentService`, 'paymentUpdate', { payment: overJsonPaid });
  await came('/all', 3);
  await came('/vip', 1);
  await came('/json', 1);
  expect(
    at('/all')
      .map(({ contract }) => contract)
      .sort(),
  ).toEqual([plain, plain, marked].sort());
  expect(at('/vip')).toEqual([{ type: 'billing.payment.created', contract: marked }]);
  expect(at('/json')).toEqual([{ type: 'billing.payment.created', contract: plain }]);
  for (const id of [all, overJson, vip]) await hub.call('DELETE', `/callbacks/endpoints/${id}`).expect(204);
}, 30_000);

describe('personal data', () => {
  const BODY = '{"value": "@{value}", "why": "@{description}", "n": @contractId}';
  const settings = {
    family: 'billing',
    events: ['billing.contract.parameter-changed', 'billing.payment.created'],
    headers: 'Content-Type: application/json',
    body: BODY,
  };

  test('is not sent unless the endpoint was told so; the save says which variables stay empty', async () => {
    const address = `${receiver.address}/thin`;
    const saved = (await hub.call('POST', '/callbacks/endpoints', { ...settings, name: 'thin', url: address }).expect(201)).body;
    expect(saved.subscriber_data).toBe(false);
    expect(saved.findings.filter(({ code }: Answer) => code === 'subscriber_data').map(({ variable }: Answer) => variable)).toEqual([
      ...['value', 'description'],
    ]);
    const contractId = await newContract();
    await hub.call('POST', `/callbacks/endpoints/${saved.id}/enable`, {}).expect(200);
    await setParameter(contractId, 'Иванов Пётр');
    await pay(contractId, '1.00', 'p-1');
    await came('/thin', 2);
    expect(at('/thin')).toEqual([
      { value: '', why: '', n: contractId },
      { value: '', why: '', n: contractId },
    ]);
    const [item] = (await get(`/deliveries?contract=${contractId}&endpoint=${saved.id}`)).items;
    const shown = await get(`/deliveries/${item.id}/attempts/1`);
    expect(shown).toMatchObject({ hidden: null, masked: true });
    expect(shown.body.text).toContain(`"n": ${contractId}`);
    await hub.call('POST', `/callbacks/endpoints/${saved.id}/disable`, {}).expect(200);
  }, 30_000);

  test('is sent with subscriber_data, hidden in the log, and shown to those with callbacks.payload, which is audited', async () => {
    const id = await hub.endpoint({ ...settings, url: `${receiver.address}/full`, subscriber_data: true });
    const contractId = await newContract();
    await setParameter(contractId, 'Иванов Пётр');
    await pay(contractId, '1.00', 'p-2');
    await came('/full', 2);
    expect(at('/full')).toEqual([
      { value: 'Иванов Пётр', why: '', n: contractId },
      { value: '', why: 'за Иванова', n: contractId },
    ]);
    await vi.waitUntil(async () => (await get(`/deliveries?endpoint=${id}&state=delivered`)).items.length === 2, PATIENCE);
    for (const item of (await get(`/deliveries?endpoint=${id}`)).items) {
      const hidden = await get(`/deliveries/${item.id}/attempts/1`);
      expect(JSON.stringify(hidden)).not.toMatch(/Иванов|Пётр/);
      expect(hidden.body.text).toContain('***');
      expect(JSON.stringify(await get(`/deliveries/${item.id}/attempts/1?unmasked=true`))).toContain('Иванов');
    }
    // A value that went through a filter cannot be found again: all of it is hidden.
    await hub.call('PATCH', `/callbacks/endpoints/${id}`, { body: '{"value": "@{value|upper}"}' }).expect(200);
    await setParameter(contractId, 'Сидоров');
    await came('/full', 3);
    await vi.waitUntil(async () => (await get(`/deliveries?endpoint=${id}&state=delivered`)).items.length === 3, PATIENCE);
    const [newest] = (await get(`/deliveries?endpoint=${id}`)).items;
    expect(await get(`/deliveries/${newest.id}/attempts/1`)).toMatchObject({ hidden: 'unknown_values', body: null });
    await hub.call('POST', `/callbacks/endpoints/${id}/disable`, {}).expect(200);
  }, 30_000);
});

describe('trying out', () => {
  test('a preview and a test show an event that happened, for those who may see personal data', async () => {
    const contractId = await newContract();
    await pay(contractId, '7.00', 't-1');
    const { items } = await get('/events?family=billing&limit=5');
    const event = items.find(({ type, data }: Answer) => type === 'vestnik.billing.payment.created' && data.contractId === contractId);
    expect(event.data).toMatchObject({ amount: '7.00', contractGroups: '0', contractDomainId: 0 });
    expect((await get('/events?family=order&limit=100')).items).toEqual([]);
    const settings = {
      family: 'billing',
      name: 'preview',
      url: `${receiver.address}/tried/@contractId`,
      body: '<e>@{amount} @EventDescription</e>',
    };
    const { preview } = (
      await hub
        .call('POST', '/callbacks/endpoints/preview', { settings: { ...settings, language: 'en' }, event: event.position })
        .expect(200)
    ).body;
    expect(preview).toMatchObject({ url: `${receiver.address}/tried/${contractId}`, event_type: 'billing.payment.created', matches: true });
    expect(preview.body).toMatch(/^<e>7\.00 Contract \S+: payment \d+ 7\.00 \(Касса\), balance 7\.00<\/e>$/);
    const { id } = (await hub.call('POST', '/callbacks/endpoints', settings).expect(201)).body;
    const sent = (await hub.call('POST', `/callbacks/endpoints/${id}/test`, { event: event.position }).expect(200)).body;
    expect(sent).toMatchObject({ state: 'delivered', event_type: 'billing.payment.created', matches: true });
    expect(await get(`/deliveries/${sent.delivery_id}`)).toMatchObject({ contract: contractId, test: true });
    expect(receiver.received.filter(({ path }) => path === `/tried/${contractId}`)).toHaveLength(1);
  });

  test('settings of other families are refused, with what is right', async () => {
    const refused = async (settings: object): Promise<string> =>
      (await hub.call('POST', '/callbacks/endpoints', { name: 'x', url: 'https://a.ru/in', ...settings }).expect(400)).body.reason;
    expect(await refused({ family: 'billing', organization_id: 12 })).toBe('organization_id');
    expect(await refused({ family: 'billing', organizations: [12] })).toBe('organizations');
    expect(await refused({ family: 'billing', sources: ['console'] })).toBe('sources');
    expect(await refused({ family: 'billing', events: ['ReserveIssued'] })).toBe('events');
    expect(await refused({ family: 'billing', body: '<e>@{id_Reserve}</e>' })).toBe('template');
    expect(await refused({ family: 'order', groups: [1] })).toBe('groups');
    expect(await refused({ family: 'order', subscriber_data: true })).toBe('subscriber_data');
    expect(await refused({ family: 'order', sources: ['soap'] })).toBe('sources');
    expect(await refused({ family: 'order', body: '<e>@{amount}</e>' })).toBe('template');
    await hub.call('POST', '/callbacks/endpoints', { name: 'x', url: 'https://a.ru/in', family: 'billing', groups: [63] }).expect(422);
  });
});

test('rights: callbacks of the whole hub, billing.read beside them, callbacks.payload for personal data', async () => {
  const settings = { family: 'billing', name: 'mine', url: 'https://a.ru/in' };
  const blind = await operator('blind', ['callbacks.*']);
  const partial = await operator('partial', ['callbacks.write@12', 'callbacks.payload@12', 'billing.read']);
  const thin = await operator('thin', ['callbacks.write', 'callbacks.read', 'billing.read']);
  const add = (as: typeof blind, more: object = {}) => as('POST', '/callbacks/endpoints', { ...settings, ...more });
  expect((await add(blind).expect(403)).body.detail).toContain('billing.read');
  await add(partial).expect(403);
  await add(partial, { organization_id: 12 }).expect(400);
  const { id } = (await add(thin).expect(201)).body;
  expect((await thin('PATCH', `/callbacks/endpoints/${id}`, { subscriber_data: true }).expect(403)).body.detail).toContain(
    'callbacks.payload',
  );
  for (const [path, body] of [
    [`/callbacks/endpoints/${id}/test`, {}],
    [`/callbacks/endpoints/${id}/preview`, {}],
    [`/callbacks/endpoints/${id}/enable`, {}],
  ] as const)
    expect((await blind('POST', path, body).expect(403)).body.detail).toContain('billing.read');
  await blind('PATCH', `/callbacks/endpoints/${id}`, { name: 'taken' }).expect(403);
  await blind('GET', '/callbacks/events?family=billing').expect(403);
  await partial('GET', `/callbacks/endpoints/${id}`).expect(403);
  // Whoever may stop callbacks may stop these, too.
  await blind('POST', `/callbacks/endpoints/${id}/disable`, {}).expect(200);
});
