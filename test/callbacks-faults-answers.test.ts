import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeAuthority } from '../hub/callbacks/wire/test/support/certificates.ts';
import { run } from '../hub/core/database/statement.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { type SteeredReceiver, startSteeredReceiver } from './support/steered-receiver.ts';

/** Spec callbacks 7.1 on a whole hub: what receivers, templates and operators do to deliveries. */
let receiver: SteeredReceiver;
let other: SteeredReceiver;
let hub: CallbacksHub;
let organization: number;
const secure = createServer();
beforeAll(async () => {
  receiver = await startSteeredReceiver();
  other = await startSteeredReceiver();
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  hub = await openCallbacksHub([receiver.port, other.port, (secure.address() as AddressInfo).port]);
  organization = await hub.organization();
});
afterEach(async () => {
  const { items } = (await hub.call('GET', '/callbacks/endpoints').expect(200)).body;
  await Promise.all(items.map(({ id }: { id: number }) => hub.call('DELETE', `/callbacks/endpoints/${id}`).expect(204)));
  for (const each of [receiver, other]) {
    each.received.length = 0;
    each.answer = (_, response) => response.writeHead(200).end();
  }
});
afterAll(async () => {
  await hub.stop();
  await receiver.stop();
  await other.stop();
  secure.closeAllConnections();
  secure.close();
});

const PATIENCE = { timeout: 15_000, interval: 20 };
const SOON = { events: ['ReserveCreated'], schedule: { kind: 'fixed', seconds: 1 } };

const order = async (): Promise<number> =>
  (await hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia' }).expect(201)).body.id_Reserve;

interface Shown {
  readonly id: number;
  readonly state: string;
  readonly error: string | null;
  readonly attempts: number;
  readonly attempt_list: readonly { status: number | null; error: string | null; outcome: string | null; version: number | null }[];
}
/** The deliveries of an endpoint, the newest first, with their attempts. */
async function deliveries(endpoint: number): Promise<Shown[]> {
  const { items } = (await hub.call('GET', `/callbacks/deliveries?endpoint=${endpoint}`).expect(200)).body;
  return Promise.all(items.map(async ({ id }: Shown) => (await hub.call('GET', `/callbacks/deliveries/${id}`).expect(200)).body));
}
/** The only delivery of an endpoint, once it is as wanted. */
const delivery = async (endpoint: number, wanted: (shown: Shown) => boolean): Promise<Shown> =>
  await vi.waitUntil(async () => {
    const [shown] = await deliveries(endpoint);
    return shown && wanted(shown) ? shown : undefined;
  }, PATIENCE);
const ended = (endpoint: number, state: string) => delivery(endpoint, (shown) => shown.state === state);
const codes = ({ attempt_list }: Shown) => attempt_list.map(({ error, status }) => error ?? status);

describe('a receiver', () => {
  test('F6: that accepts and never answers ends by the deadline, is tried again, and others do not notice', async () => {
    receiver.answer = () => undefined;
    const silent = await hub.endpoint({ url: `${receiver.address}/in`, ...SOON, timeout: 2, max_attempts: 2, concurrency: 1 });
    const fine = await hub.endpoint({ url: `${other.address}/in`, ...SOON });
    const begun = performance.now();
    await order();
    await ended(fine, 'delivered');
    expect((await deliveries(silent))[0]?.state).not.toBe('failed');
    const shown = await ended(silent, 'failed');
    expect(codes(shown)).toEqual(['timeout', 'timeout']);
    expect(performance.now() - begun).toBeGreaterThan(3_900);
  });

  test('F7, F8: whose answer has no end is read to the cap, and its status counts', async () => {
    receiver.answer = (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
      };
      response.on('drain', more);
      more();
    };
    const id = await hub.endpoint({ url: `${receiver.address}/in`, ...SOON, timeout: 5 });
    await order();
    // An answer that was read to its end would never be over: the deadline would make it a failure.
    expect(codes(await ended(id, 'delivered'))).toEqual([200]);
  });

  test('F9: that resets the connection after a full request gets it again, under the same webhook-id', async () => {
    let calls = 0;
    receiver.answer = (_, response) => {
      calls += 1;
      if (calls === 1) response.socket?.resetAndDestroy();
      else response.writeHead(200).end();
    };
    const id = await hub.endpoint({ url: `${receiver.address}/in`, ...SOON, signing: true });
    await order();
    const shown = await ended(id, 'delivered');
    expect(codes(shown)).toEqual(['reset', 200]);
    const [first, second] = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(first).toMatch(/^\d+-\d+$/);
    expect(second).toBe(first);
  });

  test('F10: whose name cannot be resolved is a failed attempt, tried again', async () => {
    const id = await hub.endpoint({ url: 'http://receiver.invalid/in', ...SOON, max_attempts: 2 });
    await order();
    expect(codes(await ended(id, 'failed'))).toEqual(['dns', 'dns']);
  });

  test('F12: whose certificate has expired, or comes from nobody we know, is a failed attempt with that code, until it is in order', async () => {
    const authority = await makeAuthority('Test authority');
    const now = Temporal.Now.instant();
    const old = await authority.issue(['127.0.0.1'], { from: now.subtract({ hours: 24 * 20 }), days: 10 });
    const wrong = await authority.issue(['receiver.example']);
    const good = await authority.issue(['127.0.0.1']);
    const turns = [old, wrong, good];
    secure.setSecureContext(turns[0] ?? {});
    let made = 0;
    secure.removeAllListeners('request');
    secure.on('request', (_, response) => response.writeHead(200).end());
    secure.on('tlsClientError', () => {
      made += 1;
      secure.setSecureContext(turns[Math.min(made, 2)] ?? {});
    });
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/in`;
    const trusting = await hub.endpoint({ url, ...SOON, ca: authority.ca });
    await order();
    expect(codes(await ended(trusting, 'delivered'))).toEqual(['tls_expired', 'tls_wrong_name', 200]);
    const strange = await hub.endpoint({ url, ...SOON, max_attempts: 1 });
    await order();
    expect(codes(await ended(strange, 'failed'))).toEqual(['tls_unknown_ca']);
  });

  test('F13: that answers another success than 200 has not taken it: only 200 counts', async () => {
    const statuses = [201, 202, 204, 206, 200];
    receiver.answer = (_, response) => response.writeHead(statuses.shift() ?? 500).end();
    const id = await hub.endpoint({ url: `${receiver.address}/in`, ...SOON });
    await order();
    const shown = await ended(id, 'delivered');
    expect(shown.attempt_list.map(({ status }) => status)).toEqual([201, 202, 204, 206, 200]);
    expect(shown.attempt_list.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'failed', 'delivered']);
  });

  test('that answers 410 ends the delivery, and the endpoint that takes it as a farewell is disabled, with a notice; what comes meanwhile is held', async () => {
    receiver.answer = (_, response) => response.writeHead(410).end();
    const id = await hub.endpoint({ url: `${receiver.address}/in`, ...SOON, gone: 'disable' });
    await order();
    expect(await ended(id, 'failed')).toMatchObject({ error: 'gone', attempts: 1 });
    await vi.waitUntil(async () => (await hub.call('GET', `/callbacks/endpoints/${id}`).expect(200)).body.enabled === false, PATIENCE);
    expect((await hub.call('GET', `/callbacks/endpoints/${id}`).expect(200)).body).toMatchObject({ disabled_by: 'hub' });
    const notices = await run<{ type: string }>(
      hub.database.database.work,
      "SELECT type FROM event WHERE subject = $1 AND type LIKE '%disabled'",
      [`endpoint/${id}`],
    );
    expect(notices.rows).toHaveLength(1);
    receiver.answer = (_, response) => response.writeHead(200).end();
    await order();
    await delivery(id, ({ state }) => state === 'held');
    await hub.call('POST', `/callbacks/endpoints/${id}/enable`, {}).expect(200);
    await vi.waitUntil(() => receiver.received.length === 2, PATIENCE);
  });

  test('F14: that redirects to an inner address is not followed, and tried again', async () => {
    receiver.answer = (_, response) => response.writeHead(302, { location: `${other.address}/inner` }).end();
    const id = await hub.endpoint({ url: `${receiver.address}/in`, ...SOON, max_attempts: 2 });
    await order();
    const shown = await ended(id, 'failed');
    expect(shown.attempt_list).toMatchObject([
      { status: 302, error: 'redirect' },
      { status: 302, error: 'redirect' },
    ]);
    expect(other.received).toEqual([]);
  });
});

describe('an operator', () => {
  test('F15: who changes an endpoint between attempts: the next attempt goes by the new version', async () => {
    receiver.answer = (_, response) => response.writeHead(500).end();
    const id = await hub.endpoint({ url: `${receiver.address}/in`, ...SOON, body: '<old>@id_Reserve</old>' });
    const made = await order();
    await delivery(id, ({ attempts }) => attempts >= 1);
    const { version } = (await hub.call('GET', `/callbacks/endpoints/${id}`).expect(200)).body;
    await hub.call('PATCH', `/callbacks/endpoints/${id}`, { body: '<new>@id_Reserve</new>' }, { 'if-match': String(version) }).expect(200);
    receiver.answer = (_, response) => response.writeHead(200).end();
    const shown = await ended(id, 'delivered');
    expect(receiver.received[0]?.body).toBe(`<old>${made}</old>`);
    expect(receiver.received.at(-1)?.body).toBe(`<new>${made}</new>`);
    expect(shown.attempt_list.at(-1)?.version).toBe(version + 1);
    // The very bytes of an attempt are sent again whatever the endpoint says by now; rendered again, the delivery is of its version.
    const count = receiver.received.length;
    await hub.call('PATCH', `/callbacks/endpoints/${id}`, { body: '<newest/>' }, { 'if-match': String(version + 1) }).expect(200);
    await hub.call('POST', `/callbacks/deliveries/${shown.id}/resend`, { mode: 'same_bytes' }).expect(201);
    await vi.waitUntil(() => receiver.received.length === count + 1, PATIENCE);
    await hub.call('POST', `/callbacks/deliveries/${shown.id}/resend`, { mode: 'render_again' }).expect(201);
    await vi.waitUntil(() => receiver.received.length === count + 2, PATIENCE);
    expect(receiver.received.slice(count).map(({ body }) => body)).toEqual([`<new>${made}</new>`, '<newest/>']);
  });

  test('F16: who deletes an endpoint ends its deliveries, and the log stays', async () => {
    receiver.answer = (_, response) => response.writeHead(500).end();
    const id = await hub.endpoint({ url: `${receiver.address}/in`, events: ['ReserveCreated'] });
    await order();
    const { id: number } = await delivery(id, ({ state, attempts }) => state === 'waiting' && attempts === 1);
    await hub.call('DELETE', `/callbacks/endpoints/${id}`).expect(204);
    const shown = await vi.waitUntil(async () => {
      const answer = await hub.call('GET', `/callbacks/deliveries/${number}`);
      return answer.body?.state === 'canceled' ? (answer.body as Shown) : undefined;
    }, PATIENCE);
    expect(shown.attempt_list).toMatchObject([{ status: 500, outcome: 'failed' }]);
    await order();
    expect(receiver.received).toHaveLength(1);
  });

  test('F18: whose template fails with one event has that delivery rejected with a code; other events and endpoints go on', async () => {
    // A segment of a path that a value makes `..` is what lint cannot know.
    const dots = await hub.endpoint({ url: `${receiver.address}/@{OuterId|default:'x'}/in`, ...SOON });
    const plain = await hub.endpoint({ url: `${other.address}/in`, ...SOON });
    const trip = (await hub.call('POST', '/trips', { id_Organization: organization, OuterId: '..' }).expect(201)).body.id_ComplexReserve;
    await hub.call('POST', `/trips/${trip}/orders`, { ReserveType: 'avia' }).expect(201);
    const rejected = await ended(dots, 'rejected');
    expect(rejected).toMatchObject({ error: 'path_dots', attempts: 1 });
    const alerts = await run<{ data: unknown }>(
      hub.database.database.work,
      "SELECT data FROM event WHERE type = 'vestnik.callbacks.template.rejected' AND subject = $1",
      [`endpoint/${dots}`],
    );
    expect(alerts.rows).toMatchObject([{ data: { endpoint_id: dots, delivery: rejected.id, error: 'path_dots', count: 1 } }]);
    await ended(plain, 'delivered');
    expect(receiver.received).toEqual([]);
    await order();
    await vi.waitUntil(() => receiver.received.length === 1, PATIENCE);
    expect(receiver.received[0]?.path).toBe('/x/in');
  });

  test('F21: who revokes an allow entry in the middle of a batch: nothing begins later than five seconds after', async () => {
    let last = 0;
    receiver.answer = (_, response) => {
      last = performance.now();
      response.writeHead(200).end();
    };
    // So slow that the batch goes on for longer than that.
    const id = await hub.endpoint({ url: `${receiver.address}/in`, ...SOON, rate: 4, ordering: 'none' });
    for (let n = 0; n < 48; n += 1) await order();
    await vi.waitUntil(() => receiver.received.length >= 6, PATIENCE);
    const entries = (await hub.call('GET', '/callbacks/allow-entries').expect(200)).body.items as { allow_id: number; port: number }[];
    const entry = entries.find(({ port }) => port === receiver.port);
    await hub.call('POST', `/callbacks/allow-entries/${entry?.allow_id}/revoke`, { reason: 'test' }).expect(200);
    const revoked = performance.now();
    await vi.waitUntil(async () => {
      const { items } = (await hub.call('GET', `/callbacks/deliveries?endpoint=${id}&limit=100`).expect(200)).body as { items: Shown[] };
      return items.every(({ state }) => state === 'delivered' || state === 'blocked') && items.some(({ state }) => state === 'blocked');
    }, PATIENCE);
    expect(last - revoked).toBeLessThan(5_000);
    expect(receiver.received.length).toBeLessThan(40);
  });
});
