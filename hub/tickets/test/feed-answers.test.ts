import { randomUUID } from 'node:crypto';
import { connect } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import type { PullAnswer, StatusAnswer } from '@vestnik/protocol/feed.ts';
import { readDefaultName } from '@vestnik/protocol/file-name.ts';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeClient } from '../change-client.ts';
import { issueCertificate } from '../issue-certificate.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { ALICE, openWorkbench, type Workbench } from './support/administration.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

let bench: Workbench;
let hub: Awaited<ReturnType<typeof openFeedBench>>;
const source = createOperationSource({ seed: 77, agencies: ['17МОВ'], history: false });
beforeAll(async () => {
  bench = await openWorkbench();
  hub = await openFeedBench(bench);
});
afterAll(async () => {
  await hub?.close();
  await bench?.drop();
});

async function clientWith(name: string, operations: number) {
  const client = await bench.client({ name });
  await hub.routed(client);
  for (let at = 0; at < operations; at += 1) await hub.ingest.submit(source.next(), 'grs');
  return { client, peer: await openPeer(bench, name, hub.feed.port) };
}

test('maxBytes bounds the answer, but the first message comes even when it is larger', async () => {
  const { peer } = await clientWith('agency-bytes', 40);
  const all = await peer.pull({ max: 1000 });
  const sizes = all.messages.map(({ xml }) => Buffer.byteLength(xml));
  const limited = await peer.pull({ max: 1000, maxBytes: 65_536 });
  const sum = limited.messages.reduce((total, { xml }) => total + Buffer.byteLength(xml), 0);
  expect(sum).toBeLessThanOrEqual(65_536);
  expect(sum + (sizes[limited.messages.length] ?? 0)).toBeGreaterThan(65_536);
  expect(limited.behind).toBe(all.messages.length - limited.messages.length);
  await bench.rows('UPDATE ticket_message SET bytes = 70000 WHERE seq = 1');
  expect((await peer.pull({ max: 1000, maxBytes: 65_536 })).messages.map(({ sequence }) => sequence)).toEqual([1]);
  await peer.close();
});

test('after passes what was fetched before, without acknowledging it', async () => {
  const { peer } = await clientWith('agency-after', 10);
  const first = await peer.pull({ max: 3 });
  const next = await peer.pull({ max: 3, after: 3 });
  expect([first, next].map(({ messages }) => messages.map(({ sequence }) => sequence))).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect((await peer.pull({ max: 1 })).messages[0]?.sequence).toBe(1);
  await peer.close();
});

test('a message carries the name of its file, its dates and what stands in the document', async () => {
  const { peer } = await clientWith('agency-fields', 1);
  const [message] = (await peer.pull()).messages;
  if (!message) throw new Error('a message was expected');
  expect(readDefaultName(message.name)).toEqual({ sequence: message.sequence, replay: false });
  expect(message.xml).toContain(`<TYPE>${message.meta.type}</TYPE>`);
  expect(message.xml).toContain(message.meta.number);
  const life = Temporal.Instant.from(message.expiresAt).since(Temporal.Instant.from(message.createdAt));
  expect(life.total('hours')).toBe(30 * 24);
  await peer.close();
});

test('single acknowledgements in any order leave the others queued, and the floor rises only to the first that waits', async () => {
  const { client, peer } = await clientWith('agency-ack', 10);
  const { messages } = await peer.pull({ max: 6 });
  const [first, second, third, , fifth] = messages;
  if (!first || !second || !third || !fifth) throw new Error('messages were expected');
  const floor = async () =>
    (await bench.rows<{ floor_seq: number }>('SELECT floor_seq FROM ticket_feed WHERE client_id = $1', [client.clientId]))[0]?.floor_seq;
  const ack = (...acknowledged: { sequence: number; id: string }[]) =>
    peer.pull({ max: 0, ack: acknowledged.map(({ sequence, id }) => ({ sequence, id })) });
  expect((await ack(fifth, second)).acked).toBe(2);
  expect(await floor()).toBe(0);
  expect((await ack(first)).acked).toBe(1);
  expect(await floor()).toBe(2);
  expect((await ack(third, third)).acked).toBe(1);
  expect(await floor()).toBe(3);
  expect((await peer.pull({ max: 3 })).messages.map(({ sequence }) => sequence)).toEqual([4, 6, 7]);
  await peer.close();
});

test('expired messages are told as ranges until the program says it has seen them; a pull never returns one', async () => {
  const { client, peer } = await clientWith('agency-expired', 6);
  const id = [client.clientId];
  await bench.rows("UPDATE ticket_message SET expires_at = now() - interval '1 s' WHERE client_id = $1 AND seq IN (1, 2, 4)", id);
  expect((await peer.pull({ max: 2 })).messages.map(({ sequence }) => sequence)).toEqual([3, 5]);
  await bench.rows(
    `WITH gone AS (DELETE FROM ticket_message WHERE client_id = $1 AND expires_at < now() RETURNING *)
     INSERT INTO ticket_history (client_id, seq, message_id, document_id, replay, enqueued_at, outcome)
     SELECT client_id, seq, message_id, document_id, replay, enqueued_at, 'expired' FROM gone`,
    id,
  );
  await bench.rows('UPDATE ticket_feed SET expired_last = 4 WHERE client_id = $1', id);
  const ranges = [
    { from: 1, to: 2, count: 2 },
    { from: 4, to: 4, count: 1 },
  ];
  expect((await peer.pull({ max: 1 })).expired).toEqual(ranges);
  expect((await peer.pull({ max: 0, ackExpired: 2 })).expired).toEqual(ranges.slice(1));
  expect((await peer.pull({ max: 0, ackExpired: 999 })).expired).toEqual([]);
  const [seen] = await bench.rows<{ expired_seen: number }>('SELECT expired_seen FROM ticket_feed WHERE client_id = $1', id);
  expect(seen?.expired_seen).toBe(4);
  await peer.close();
});

test('the report of a program is kept for the operators', async () => {
  const { client, peer } = await clientWith('agency-report', 0);
  const report = { version: '1.2.3', storage: 'full' as const, freeBytes: 5, stuck: [{ sequence: 7, id: randomUUID(), code: 'EBUSY' }] };
  await peer.pull({ max: 0, report });
  const [row] = await bench.rows('SELECT report, agent, address FROM ticket_feed WHERE client_id = $1', [client.clientId]);
  expect(row).toMatchObject({ report, address: '127.0.0.1' });
  await peer.close();
});

test('a certificate that ends within 30 days is warned about in the answer', async () => {
  const client = await bench.client({ name: 'agency-ending' });
  const issued = await bench.database.transaction((tx) => issueCertificate(tx, ALICE, bench.authority, { client: client.name, days: 14 }));
  const agent = new Agent({
    connect: { ca: bench.authority.rootPem, cert: issued.certificatePem, key: issued.keyPem ?? '', servername: 'localhost' },
  });
  const answer = await request(`https://127.0.0.1:${hub.feed.port}/feed/v1/pull`, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-feed-instance': randomUUID() },
    body: '{"waitSeconds":0}',
  });
  expect(((await answer.body.json()) as PullAnswer).warnings).toEqual([{ code: 'CERT_EXPIRES', days: 13 }]);
  await agent.destroy();
});

test('large answers are compressed for a program that accepts gzip, small ones are not', async () => {
  const { peer } = await clientWith('agency-gzip', 5);
  const agent = new Agent({
    connect: { ca: bench.authority.rootPem, cert: peer.issued.certificatePem, key: peer.issued.keyPem ?? '', servername: 'localhost' },
  });
  const ask = (body: string) =>
    request(`https://127.0.0.1:${hub.feed.port}/feed/v1/pull`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-feed-instance': peer.instance, 'accept-encoding': 'gzip' },
      body,
    });
  const large = await ask('{"waitSeconds":0}');
  expect(large.headers['content-encoding']).toBe('gzip');
  const unpacked = JSON.parse(gunzipSync(Buffer.from(await large.body.arrayBuffer())).toString('utf8')) as PullAnswer;
  expect(unpacked.messages).toEqual((await peer.pull()).messages);
  const small = await ask('{"max":0}');
  expect(small.headers['content-encoding']).toBeUndefined();
  await small.body.dump();
  await agent.destroy();
  await peer.close();
});

test('status tells the queue and the holder of the session and takes no session', async () => {
  const { peer } = await clientWith('agency-status', 3);
  const status = async () => (await peer.ask<StatusAnswer>('/feed/v1/status', { method: 'GET' })).body;
  const before = await status();
  expect(before).toMatchObject({ client: 'agency-status', state: 'active', held: false, queuedExact: true, session: null });
  const { messages } = await peer.pull({ max: 1000 });
  const after = await status();
  expect(after.queued).toBe(messages.length);
  expect(after.oldest).toBe(messages[0]?.createdAt);
  expect(after.session?.instance).toBe(peer.instance);
  expect(Temporal.Instant.from(after.certificateExpires).epochMilliseconds).toBe(peer.issued.notAfter.epochMilliseconds);
  await peer.close();
});

test('a program may replay for itself only when it is allowed to', async () => {
  const { peer } = await clientWith('agency-replay', 3);
  const { messages } = await peer.pull({ max: 1000 });
  const last = messages.at(-1);
  if (!last) throw new Error('messages were expected');
  await peer.pull({ max: 0, ackThrough: { sequence: last.sequence, id: last.id } });
  const body = JSON.stringify({ sequences: [{ from: 1, to: 2 }] });
  expect((await peer.ask('/feed/v1/replay', { body })).status).toBe(403);
  await bench.database.transaction((tx) => changeClient(tx, ALICE, { client: 'agency-replay', change: { selfReplay: true } }));
  expect((await peer.ask<{ queued: number }>('/feed/v1/replay', { body })).body).toEqual({ queued: 2 });
  const again = await peer.pull();
  expect(again.messages.map(({ replay, xml }) => ({ replay, xml }))).toEqual(
    messages.slice(0, 2).map(({ xml }) => ({ replay: true, xml })),
  );
  expect(again.messages[0]?.sequence).toBe(last.sequence + 1);
  expect((await peer.ask('/feed/v1/replay', { body: '{"from":"yesterday","to":"now"}' })).status).toBe(400);
  await peer.close();
});

test('a connection that speaks no HTTP, or is cut in the middle of a request, harms nobody', async () => {
  const { peer } = await clientWith('agency-cut', 1);
  const tls = () =>
    connect({
      host: '127.0.0.1',
      port: hub.feed.port,
      ca: bench.authority.rootPem,
      cert: peer.issued.certificatePem,
      key: peer.issued.keyPem ?? '',
      servername: 'localhost',
    });
  for (const bytes of ['\0\xff\x16\x03 garbage\r\n\r\n', 'POST /feed/v1/pull HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{"max"']) {
    const socket = tls();
    await new Promise<void>((resolve) => socket.once('secureConnect', () => resolve()));
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(bytes);
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  }
  expect((await peer.pull()).messages.length).toBeGreaterThan(0);
  await peer.close();
});

test('a stopping hub answers waiting pulls with SHUTTING_DOWN and takes no new ones', async () => {
  const { peer } = await clientWith('agency-stop', 0);
  const leaving = await hub.open();
  const there = await openPeer(bench, 'agency-stop', leaving.port);
  const waiting = there.refused({ waitSeconds: 30 });
  await expect.poll(() => leaving.waiting).toBe(1);
  const begun = performance.now();
  await leaving.stop();
  expect(await waiting).toEqual({ status: 503, code: 'SHUTTING_DOWN' });
  expect(performance.now() - begun).toBeLessThan(5_000);
  await expect(there.pull()).rejects.toThrow();
  await there.close();
  await peer.close();
});
