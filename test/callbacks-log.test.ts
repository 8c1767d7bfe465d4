import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
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

const PATIENCE = { timeout: 15_000, interval: 20 };
// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
const list = async (query: string): Promise<any[]> => (await hub.call('GET', `/callbacks/deliveries?${query}`).expect(200)).body.items;
const order = async (): Promise<{ order: number; trip: number }> => {
  const { body } = await hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia', automated: true }).expect(201);
  return { order: body.id_Reserve, trip: body.id_ComplexReserve };
};

describe('the log', () => {
  test('a delivery is listed, found by each of its filters, and shown with its attempts', async () => {
    const endpoint = await hub.endpoint({ url: `${receiver.address}/log`, name: 'Log' });
    const made = await order();
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=delivered`)).length === 1, PATIENCE);
    const [item] = await list(`endpoint=${endpoint}`);
    expect(item).toMatchObject({
      endpoint_id: endpoint,
      endpoint_name: 'Log',
      state: 'delivered',
      event_type: 'ReserveCreated',
      trip: made.trip,
      order: made.order,
      person: null,
      attempts: 1,
      status: 200,
      error: null,
    });
    for (const fits of [`trip=${made.trip}`, `order=${made.order}`, 'event_type=ReserveCreated', 'status=200', 'state=delivered,failed'])
      expect((await list(`endpoint=${endpoint}&${fits}`)).map(({ id }) => id)).toEqual([item.id]);
    for (const misses of [
      `trip=${made.trip + 1}`,
      `order=${made.order + 1}`,
      `person=${made.trip}`,
      'event_type=ReserveIssued',
      'status=500',
      'state=waiting',
      'error=timeout',
    ])
      expect(await list(`endpoint=${endpoint}&${misses}`)).toEqual([]);
    const hour = (hours: number): string => encodeURIComponent(Temporal.Now.instant().add({ hours }).toString());
    expect(await list(`endpoint=${endpoint}&from=${hour(-1)}&to=${hour(1)}`)).toHaveLength(1);
    expect(await list(`endpoint=${endpoint}&to=${hour(-1)}`)).toEqual([]);
    expect(await list(`endpoint=${endpoint}&from=${hour(1)}`)).toEqual([]);
    const { body } = await hub.call('GET', `/callbacks/deliveries/${item.id}`).expect(200);
    expect(body.attempt_list).toHaveLength(1);
    expect(body.attempt_list[0]).toMatchObject({
      number: 1,
      lane: 'first',
      outcome: 'delivered',
      status: 200,
      peer: '127.0.0.1',
      version: 1,
      body: 'kept',
    });
    expect(body.attempt_list[0].ms.end).toBeGreaterThan(0);
    // The answers of the next test are not for this one.
    await hub.call('DELETE', `/callbacks/endpoints/${endpoint}`).expect(204);
    expect(await list(`endpoint=${endpoint}`)).toHaveLength(1);
  });

  test('resending sends the same event under its old webhook-id as a new delivery, linked both ways', async () => {
    receiver.answers = [500, 200];
    const endpoint = await hub.endpoint({
      url: `${receiver.address}/again`,
      signing: true,
      max_attempts: 1,
      body: '<D>@{DeliveryId}</D>',
    });
    await order();
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=failed`)).length === 1, PATIENCE);
    const [failed] = await list(`endpoint=${endpoint}`);
    const { body: same } = await hub.call('POST', `/callbacks/deliveries/${failed.id}/resend`, {}).expect(201);
    expect(same.mode).toBe('same_bytes');
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=delivered`)).length === 1, PATIENCE);
    const { body: anew } = await hub.call('POST', `/callbacks/deliveries/${failed.id}/resend`, { mode: 'render_again' }).expect(201);
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=delivered`)).length === 2, PATIENCE);
    const got = receiver.received.filter(({ path }) => path === '/again');
    expect(got.map(({ body }) => body)).toEqual([`<D>${failed.id}</D>`, `<D>${failed.id}</D>`, `<D>${anew.id}</D>`]);
    expect(new Set(got.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([failed.event_id]));
    const { body: old } = await hub.call('GET', `/callbacks/deliveries/${failed.id}`).expect(200);
    expect(old.resends.map(({ id }: { id: number }) => id)).toEqual([same.id, anew.id]);
    const { body: fresh } = await hub.call('GET', `/callbacks/deliveries/${anew.id}`).expect(200);
    expect(fresh).toMatchObject({ resend_of: failed.id, order: failed.order, state: 'delivered' });
  });

  test('what waits can be canceled, and not be resent before it has ended', async () => {
    receiver.answers = [503];
    const endpoint = await hub.endpoint({ url: `${receiver.address}/waits` });
    await order();
    await vi.waitUntil(async () => (await list(`endpoint=${endpoint}&state=waiting`)).length === 1, PATIENCE);
    const [waiting] = await list(`endpoint=${endpoint}`);
    expect(waiting).toMatchObject({ state: 'waiting', status: 503, ended_at: null });
    const refused = await hub.call('POST', `/callbacks/deliveries/${waiting.id}/resend`, {}).expect(409);
    expect(refused.body.reason).toBe('bad_state');
    await hub.call('POST', `/callbacks/deliveries/${waiting.id}/cancel`, {}).expect(200);
    expect(await list(`endpoint=${endpoint}&state=canceled&error=canceled_by_operator`)).toHaveLength(1);
    expect((await hub.call('POST', `/callbacks/deliveries/${waiting.id}/cancel`, {}).expect(409)).body.reason).toBe('bad_state');
    receiver.answers = [200];
  });
});
