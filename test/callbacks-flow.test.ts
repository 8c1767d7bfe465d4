import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type CallbacksHub, openCallbacksHub, type Receiver, startReceiver } from './support/callbacks-hub.ts';

let receiver: Receiver;
let hub: CallbacksHub;
beforeAll(async () => {
  receiver = await startReceiver();
  hub = await openCallbacksHub([receiver.port]);
});
afterAll(async () => {
  await hub.stop();
  await receiver.stop();
});

const PATIENCE = { timeout: 15_000, interval: 20 };

test('the flow of the source: a service chosen, booked and issued makes the callbacks that it names', async () => {
  await hub.endpoint({
    url: `${receiver.address}/in`,
    headers: 'Content-Type: text/xml;charset=UTF-8\nAuthorization: Basic QsdfgSDGHFasdfSADFxaWM=',
    body: '<E><T>@EventType</T><R>@id_Reserve</R><C>@id_ComplexReserve</C><S>@ReserveState</S><K>@ComplexState</K></E>',
  });
  const organization = await hub.organization();
  const created = await hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia', automated: true }).expect(201);
  await vi.waitUntil(() => receiver.received.length >= 1, PATIENCE);
  const { id_Reserve: order, id_ComplexReserve: trip } = created.body;
  expect(receiver.received.map(({ body }) => body)).toEqual([
    `<E><T>ReserveCreated</T><R>${order}</R><C>${trip}</C><S>draft</S><K>draft</K></E>`,
  ]);
  expect(receiver.received[0]).toMatchObject({ method: 'POST', path: '/in', headers: { authorization: 'Basic QsdfgSDGHFasdfSADFxaWM=' } });
  await hub.call('POST', `/trips/${trip}/book`, {}).expect(200);
  await vi.waitUntil(() => receiver.received.length >= 2, PATIENCE);
  expect(receiver.received[1]?.body).toContain('<T>ReserveStateChanged</T>');
  expect(receiver.received[1]?.body).toContain('<S>inprocess</S>');
});
