import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expireLog } from '../hub/callbacks/expire-log.ts';
import { elementsToHide } from '../hub/callbacks/mask-personal.ts';
import { endHolding, warnEndpoints } from '../hub/callbacks/warn-endpoints.ts';
import { run } from '../hub/core/database/statement.ts';
import { SHAPES } from '../hub/travel/xml-shapes.ts';
import { type CallbacksHub, openCallbacksHub, type Receiver, startReceiver } from './support/callbacks-hub.ts';

let receiver: Receiver;
let hub: CallbacksHub;
let organization: number;
beforeAll(async () => {
  receiver = await startReceiver();
  hub = await openCallbacksHub([receiver.port]);
  organization = await hub.organization();
});
afterAll(async () => {
  await hub.stop();
  await receiver.stop();
});

const PATIENCE = { timeout: 20_000, interval: 50 };
// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
type Answer = any;
const get = async (path: string): Promise<Answer> => (await hub.call('GET', `/callbacks${path}`).expect(200)).body;
const list = async (query: string): Promise<Answer[]> => (await get(`/deliveries?${query}`)).items;
const order = async (): Promise<void> => {
  await hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia', automated: true }).expect(201);
};
const rows = async (text: string, values: (string | number)[] = []): Promise<Answer[]> =>
  (await run(hub.database.database.work, text, values)).rows;
const events = async (type: string, endpoint: number): Promise<Answer[]> =>
  (await rows(`SELECT data FROM event WHERE type = $1 AND data ->> 'endpoint_id' = $2 ORDER BY id`, [type, String(endpoint)])).map(
    ({ data }) => data,
  );

describe('personal data', () => {
  test('what the log hides is what travel calls personal', () => {
    const all = ['names', 'birth_date', 'documents', 'contacts', 'mile_cards'] as const;
    for (const [kind, { sensitive }] of Object.entries(SHAPES))
      expect(elementsToHide(kind, all, [])).toEqual(expect.arrayContaining([...sensitive]));
  });

  test('is hidden in the bytes of an attempt; unmasking needs its right and is audited; an erased person is nowhere', async () => {
    const endpoint = await hub.endpoint({ url: `${receiver.address}/persons`, family: 'static', events: ['Person'] });
    const person = (
      await hub
        .call('POST', '/persons', { id_Organization: organization, LastName: 'Секретов', FirstName: 'Пётр', BirthDate: '1980-01-02' })
        .expect(201)
    ).body.id_Person;
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=delivered&person=${person}`)).length === 1, PATIENCE);
    const [{ id }] = await list(`endpoint=${endpoint}&person=${person}`);
    const hidden = await get(`/deliveries/${id}/attempts/1`);
    expect(hidden).toMatchObject({ masked: true, base64: null, answer: { body: null } });
    expect(hidden.body.text).toContain('<LastName>***</LastName>');
    expect(hidden.body.text).toContain(`<id_Person>${person}</id_Person>`);
    expect(JSON.stringify(hidden)).not.toMatch(/Секретов|Пётр|1980-01-02/);
    const shown = await get(`/deliveries/${id}/attempts/1?unmasked=true`);
    expect(shown.body.text).toBe(receiver.received.findLast(({ path }) => path === '/persons')?.body);
    expect(Buffer.from(shown.base64, 'base64').toString()).toContain('Секретов');
    expect(await rows(`SELECT login FROM audit WHERE action = 'callbacks.attempt.read' AND object = $1`, [`${id}/1`])).toHaveLength(1);
    expect((await hub.call('GET', `/callbacks/deliveries/${id}/attempts/2`).expect(404)).body.detail).toContain('нет попытки 2');

    await hub.call('DELETE', `/persons/${person}?erase=true`).expect(204);
    await vi.waitUntil(async () => (await get(`/deliveries/${id}`)).attempt_list[0].body === 'erased', PATIENCE);
    expect((await hub.call('GET', `/callbacks/deliveries/${id}/attempts/1?unmasked=true`).expect(404)).body.reason).toBe('body_gone');
    expect((await hub.call('POST', `/callbacks/deliveries/${id}/resend`, {}).expect(409)).body.reason).toBe('erased');
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=delivered&person=${person}`)).length === 2, PATIENCE);
    expect(await get(`/deliveries/${id}`)).toMatchObject({ state: 'delivered', attempts: 1 });
  });
});

test('what waits to tell of a person who is erased meanwhile is canceled; only the deletion goes out, without personal data', async () => {
  const endpoint = await hub.endpoint({
    url: `${receiver.address}/erased`,
    family: 'static',
    events: ['Person', 'Contact'],
    max_attempts: 5,
  });
  receiver.answers = [503];
  const { id_Person: person } = (
    await hub.call('POST', '/persons', { id_Organization: organization, LastName: 'Ждущий', FirstName: 'Иван' }).expect(201)
  ).body;
  await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=waiting&person=${person}`)).length === 1, PATIENCE);
  const [{ id }] = await list(`endpoint=${endpoint}&person=${person}`);
  receiver.answers = [200];
  const before = receiver.received.length;
  await hub.call('DELETE', `/persons/${person}?erase=true`).expect(204);
  await vi.waitUntil(async () => (await get(`/deliveries/${id}`)).state === 'canceled', PATIENCE);
  // The bytes go right after that, in transactions of their own.
  await vi.waitUntil(async () => (await get(`/deliveries/${id}`)).attempt_list[0].body === 'erased', PATIENCE);
  expect(await get(`/deliveries/${id}`)).toMatchObject({
    error: 'person_erased',
    attempt_list: [{ status: 503, body: 'erased', sha256: null }],
  });
  await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=delivered&person=${person}`)).length === 1, PATIENCE);
  const sent = receiver.received.slice(before).filter(({ path }) => path === '/erased');
  expect(sent).toHaveLength(1);
  expect(sent[0]?.body).toContain(`<id_Person>${person}</id_Person>`);
  expect(sent[0]?.body).not.toContain('Ждущий');
});

describe('a resend of many', () => {
  test('is counted first, sent when it is started, and tells what it skipped', async () => {
    receiver.answers = [500];
    const endpoint = await hub.endpoint({ url: `${receiver.address}/many`, max_attempts: 1, body: '<R>@id_Reserve</R>' });
    const gone = await hub.endpoint({ url: `${receiver.address}/gone`, max_attempts: 1 });
    for (let n = 0; n < 5; n += 1) await order();
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint},${gone}&state=failed`)).length === 10, PATIENCE);
    await hub.call('DELETE', `/callbacks/endpoints/${gone}`).expect(204);
    receiver.answers = [200];
    const before = receiver.received.length;
    const wrong = await hub.call('POST', '/callbacks/resend-jobs', { filter: { state: ['waiting'] } });
    expect([wrong.status, wrong.body.reason]).toEqual([400, 'bad_state']);
    const job = (await hub.call('POST', '/callbacks/resend-jobs', { filter: { endpoint: [endpoint, gone] }, rate: 1_000 }).expect(201))
      .body;
    await vi.waitUntil(async () => (await get(`/resend-jobs/${job.id}`)).state === 'ready', PATIENCE);
    expect(await get(`/resend-jobs/${job.id}`)).toMatchObject({ found: 10, resent: 0, actions: ['start', 'cancel'] });
    expect(receiver.received).toHaveLength(before);
    expect((await hub.call('POST', `/callbacks/resend-jobs/${job.id}/pause`, {}).expect(409)).body.reason).toBe('bad_state');
    await hub.call('POST', `/callbacks/resend-jobs/${job.id}/start`, {}).expect(200);
    await vi.waitUntil(async () => (await get(`/resend-jobs/${job.id}`)).state === 'done', PATIENCE);
    expect(await get(`/resend-jobs/${job.id}`)).toMatchObject({ found: 10, resent: 5, skipped: 5, reasons: { endpoint_deleted: 5 } });
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=delivered`)).length === 5, PATIENCE);
    expect(receiver.received.slice(before).map(({ path }) => path)).toEqual(Array(5).fill('/many'));
    expect(
      await rows(`SELECT action FROM audit WHERE object = $1 AND action LIKE 'callbacks.resend.%' ORDER BY 1`, [String(job.id)]),
    ).toEqual([{ action: 'callbacks.resend.add' }, { action: 'callbacks.resend.start' }]);
    expect((await get('/resend-jobs')).items[0].id).toBe(job.id);
  });

  test('can be paused, resumed and canceled; its rate holds', async () => {
    receiver.answers = [500];
    const endpoint = await hub.endpoint({ url: `${receiver.address}/slow`, max_attempts: 1 });
    for (let n = 0; n < 4; n += 1) await order();
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=failed`)).length === 4, PATIENCE);
    receiver.answers = [200];
    const { id } = (await hub.call('POST', '/callbacks/resend-jobs', { filter: { endpoint: [endpoint] }, rate: 0.5 }).expect(201)).body;
    await vi.waitUntil(async () => (await get(`/resend-jobs/${id}`)).state === 'ready', PATIENCE);
    const begun = performance.now();
    await hub.call('POST', `/callbacks/resend-jobs/${id}/start`, {}).expect(200);
    await vi.waitUntil(async () => (await get(`/resend-jobs/${id}`)).resent === 1, PATIENCE);
    expect(performance.now() - begun).toBeGreaterThan(1_900);
    expect((await hub.call('POST', `/callbacks/resend-jobs/${id}/pause`, {}).expect(200)).body).toMatchObject({
      state: 'paused',
      resent: 1,
    });
    await hub.call('POST', `/callbacks/resend-jobs/${id}/resume`, { rate: 1_000 }).expect(200);
    await vi.waitUntil(async () => (await get(`/resend-jobs/${id}`)).state === 'done', PATIENCE);
    expect((await get(`/resend-jobs/${id}`)).resent).toBe(4);
    expect((await hub.call('POST', `/callbacks/resend-jobs/${id}/cancel`, {}).expect(409)).body.reason).toBe('bad_state');
  });
});

describe('export', () => {
  test('is JSON Lines of what the list answers, with attempts if asked', async () => {
    await vi.waitUntil(async () => (await list('state=pending,sending')).length === 0, PATIENCE);
    const wanted = (await list('state=delivered&limit=1000')).map(({ id }) => id);
    const { text, headers } = await hub.call('GET', '/callbacks/deliveries/export?state=delivered&attempts=true').expect(200);
    expect(headers.get('content-type')).toContain('application/x-ndjson');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual(wanted);
    expect(lines.every(({ attempt_list }) => attempt_list.at(-1).outcome === 'delivered')).toBe(true);
    expect((await hub.call('GET', '/callbacks/deliveries/export?most=2').expect(200)).text.trimEnd().split('\n')).toHaveLength(2);
    await hub.call('GET', '/callbacks/deliveries/export?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z').expect(400);
  });
});

describe('health', () => {
  test('a failing endpoint shows, is warned of, announced, disabled after five days, and its held deliveries are sent or dropped', async () => {
    receiver.answers = [500];
    const endpoint = await hub.endpoint({ url: `${receiver.address}/sick`, auto_disable: 'disable' });
    const { database } = hub.database;
    await order();
    await vi.waitUntil(async () => (await get(`/endpoints/${endpoint}/health`)).state === 'failing', PATIENCE);
    expect(await get(`/endpoints/${endpoint}/health`)).toMatchObject({
      failures: 1,
      last_error: 'status',
      waiting: { first: 0, retry: 1, more: false },
    });
    expect((await get('/health')).items.map(({ endpoint_id }: Answer) => endpoint_id)).toContain(endpoint);

    const failFor = async (hours: number, failures: number): Promise<void> => {
      await rows(`UPDATE callback_endpoint SET state_at = now() - interval '30 days' WHERE endpoint_id = $1`, [endpoint]);
      await rows(
        `UPDATE delivery_target SET failing_since = date_trunc('hour', now()) - $2 * interval '1 hour', failures = $3 WHERE engine = 1 AND target = $1`,
        [endpoint, hours, failures],
      );
      await warnEndpoints(database, 15);
      await warnEndpoints(database, 15);
    };
    await failFor(2, 3);
    expect(await events('vestnik.callbacks.endpoint.failing', endpoint)).toHaveLength(1);
    await failFor(121, 19);
    expect(await events('vestnik.callbacks.endpoint.disable_announced', endpoint)).toHaveLength(0);
    await failFor(100, 20);
    const [announced] = await events('vestnik.callbacks.endpoint.disable_announced', endpoint);
    expect(announced).toMatchObject({
      organization_id: null,
      failures: 20,
      disable_at: (await get(`/endpoints/${endpoint}/health`)).disable_at,
    });
    expect(await get(`/endpoints/${endpoint}`)).toMatchObject({ enabled: true });
    await failFor(121, 20);
    expect(await get(`/endpoints/${endpoint}`)).toMatchObject({
      enabled: false,
      disabled_by: 'hub',
      state_reason: 'only failures for five days',
    });
    expect(await events('vestnik.callbacks.endpoint.failing_for_days', endpoint)).toHaveLength(1);

    await order();
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=held`)).length === 2, PATIENCE);
    expect((await list(`endpoint=${endpoint}&state=held`)).every(({ held_by }) => held_by === 'endpoint')).toBe(true);
    await hub.call('POST', `/callbacks/endpoints/${endpoint}/enable`, { waiting: 'drop' }).expect(200);
    expect(await list(`endpoint=${endpoint}&state=canceled&error=dropped`)).toHaveLength(2);

    receiver.answers = [200];
    await order();
    await vi.waitUntil(async () => (await get(`/endpoints/${endpoint}/health`)).state === 'ok', PATIENCE);
    await warnEndpoints(database, 15);
    expect(await events('vestnik.callbacks.endpoint.recovered', endpoint)).toHaveLength(1);
  });

  test('after a week nothing more is held for an endpoint that the hub disabled', async () => {
    const endpoint = await hub.endpoint({ url: `${receiver.address}/week` });
    await rows(
      `UPDATE callback_endpoint SET enabled = false, disabled_by = 'hub', state_at = now() - interval '6 days' WHERE endpoint_id = $1`,
      [endpoint],
    );
    expect(await endHolding(hub.database.database)).toBe(0);
    await rows(`UPDATE callback_endpoint SET state_at = now() - interval '8 days' WHERE endpoint_id = $1`, [endpoint]);
    expect(await endHolding(hub.database.database)).toBe(1);
    expect(await get(`/endpoints/${endpoint}`)).toMatchObject({ enabled: false, disabled_by: 'user' });
  });
});

test('retention: bodies go by their time, rows of the log by their endpoint; younger ones stay', async () => {
  receiver.answers = [200];
  const endpoint = await hub.endpoint({ url: `${receiver.address}/old`, retention_days: { bodies: 1, log: 2 } });
  await order();
  await order();
  await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=delivered`)).length === 2, PATIENCE);
  const [young, old] = await list(`endpoint=${endpoint}`);
  await rows(
    `UPDATE callback_body SET kept_until = now() - interval '1 minute' WHERE block = (SELECT (facts ->> 'block')::uuid FROM delivery_attempt WHERE delivery = $1)`,
    [young.id],
  );
  await rows(`UPDATE delivery SET ended_at = now() - interval '3 days' WHERE id = $1`, [old.id]);
  expect(await expireLog(hub.database.database)).toEqual({ bodies: 1, deliveries: 1 });
  await hub.call('GET', `/callbacks/deliveries/${old.id}`).expect(404);
  expect(await rows('SELECT FROM delivery_attempt WHERE delivery = $1', [old.id])).toHaveLength(0);
  expect((await get(`/deliveries/${young.id}`)).attempt_list[0]).toMatchObject({ body: 'gone' });
  expect((await get(`/deliveries/${young.id}`)).attempt_list[0].sha256).toHaveLength(44);
  const refused = await hub.call('POST', `/callbacks/deliveries/${young.id}/resend`, { mode: 'same_bytes' }).expect(409);
  expect(refused.body.reason).toBe('bytes_gone');
});
