import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeClient } from '../change-client.ts';
import { changeClientState } from '../change-client-state.ts';
import { ALICE, openWorkbench, storeDocuments, type Workbench } from './support/administration.ts';
import { failure } from './support/failure.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

let bench: Workbench;
let hub: Awaited<ReturnType<typeof openFeedBench>>;
beforeAll(async () => {
  bench = await openWorkbench();
  hub = await openFeedBench(bench);
});
afterAll(async () => {
  await hub?.close();
  await bench?.drop();
});

let made = 0;
async function party() {
  made += 1;
  const client = await bench.client({ name: `agency-${made}` });
  return { client, peer: await openPeer(bench, client.name, hub.feed.port) };
}
type Party = Awaited<ReturnType<typeof party>>;
const store = async ({ client }: Party, count: number, wake = true) => {
  await storeDocuments(
    bench.database,
    [client],
    Array.from({ length: count }, (_, at) => String(4_214_200_000_000 + at)),
  );
  if (wake) await bench.rows("SELECT pg_notify('vestnik_feed', $1)", [String(client.clientId)]);
};
const waits = (number: number) => expect.poll(() => hub.feed.waiting).toBe(number);
const act = (client: string, what: 'hold' | 'release' | 'close') =>
  bench.database.transaction((tx) => changeClientState(tx, ALICE, { client, act: what, reason: 'test' }));

test('what is behind an answer counts also what came while the pull waited', async () => {
  const one = await party();
  const waiting = one.peer.pull({ waitSeconds: 30, max: 10 });
  await waits(1);
  await store(one, 64);
  const answer = await waiting;
  expect(answer.messages).toHaveLength(10);
  expect(answer.behind).toBe(54);
  const [first] = answer.messages;
  if (!first) throw new Error('a message was expected');
  expect((await one.peer.pull({ max: 0, ackThrough: { sequence: 1, id: first.id } })).behind).toBe(63);
  expect((await one.peer.pull({ max: 1_000 })).behind).toBe(0);
  expect((await one.peer.pull({ after: 64 })).behind).toBe(0);
  await one.peer.close();
});

test('a hold during the wait: what comes then is not handed out, and the release brings it at once', async () => {
  const one = await party();
  const waiting = one.peer.pull({ waitSeconds: 30 });
  await waits(1);
  await act(one.client.name, 'hold');
  await store(one, 3);
  const held = await one.peer.pull();
  expect(held).toMatchObject({ held: true, messages: [], behind: 3 });
  expect(hub.feed.waiting).toBe(1);
  await act(one.client.name, 'release');
  const answer = await waiting;
  expect(answer.held).toBe(false);
  expect(answer.messages).toHaveLength(3);
  await one.peer.close();
});

test('a client closed during the wait hears of it at once', async () => {
  const one = await party();
  const waiting = one.peer.refused({ waitSeconds: 30 });
  await waits(1);
  await act(one.client.name, 'close');
  expect(await waiting).toEqual({ status: 403, code: 'CLIENT_CLOSED' });
  await one.peer.close();
});

test('a certificate that ends while its connection lives is refused at the next request', async () => {
  const one = await party();
  await one.peer.pull();
  await bench.rows("UPDATE ticket_certificate SET not_after = now() - interval '1 s' WHERE client_id = $1", [one.client.clientId]);
  expect(await one.peer.refused({ waitSeconds: 0 })).toEqual({ status: 403, code: 'CERT_UNKNOWN' });
  await one.peer.close();
});

test('a lost notification is healed: messages that nobody told of are found', async () => {
  const one = await party();
  const waiting = one.peer.pull({ waitSeconds: 30 });
  await waits(1);
  await store(one, 2, false);
  expect((await waiting).messages).toHaveLength(2);
  await one.peer.close();
});

test('pulls sent on one connection without waiting for answers are bounded: those beyond are refused, the others served', async () => {
  const one = await party();
  await one.peer.pull();
  const socket = connect({
    host: '127.0.0.1',
    port: hub.feed.port,
    ca: bench.authority.rootPem,
    cert: one.peer.issued.certificatePem,
    key: one.peer.issued.keyPem ?? '',
    servername: 'localhost',
  });
  const body = '{"waitSeconds":30}';
  const head = `POST /feed/v1/pull HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-feed-instance: ${one.peer.instance}\r\n`;
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'secureConnect');
  socket.write(`${head}content-length: ${body.length}\r\n\r\n${body}`.repeat(45));
  await waits(40);
  await store(one, 1);
  const statuses = (): string[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');
  await expect.poll(statuses).toEqual([...Array.from({ length: 40 }, () => '200'), ...Array.from({ length: 5 }, () => '429')]);
  expect(text).toContain('retry-after: 5');
  socket.destroy();
  await one.peer.close();
});

test('tombstones are told in parts that stay within bounds, each after the one before has been seen', async () => {
  const one = await party();
  // 150 single ones with a gap after each, then a run of 12,000.
  await bench.rows(
    `WITH counter AS (UPDATE ticket_mailbox SET next_seq = 13001 WHERE client_id = $1),
          feed AS (UPDATE ticket_feed SET expired_last = 12300 WHERE client_id = $1)
     INSERT INTO ticket_history (client_id, seq, message_id, document_id, replay, enqueued_at, outcome)
     SELECT $1, seq, gen_random_uuid(), gen_random_uuid(), false, now(), 'expired'
     FROM (SELECT n * 2 AS seq FROM generate_series(1, 150) n UNION ALL SELECT n FROM generate_series(301, 12300) n) s`,
    [one.client.clientId],
  );
  let seen = 0;
  let count = 0;
  const parts: number[] = [];
  for (;;) {
    const { expired } = await one.peer.pull({ max: 0, ackExpired: seen });
    if (expired.length === 0) break;
    parts.push(expired.length);
    for (const range of expired) {
      expect(range.from).toBeGreaterThan(seen);
      expect(range.to - range.from + 1).toBe(range.count);
      seen = range.to;
      count += range.count;
    }
  }
  expect(count).toBe(12_150);
  expect(seen).toBe(12_300);
  expect(parts[0]).toBe(100);
  expect(parts.length).toBeLessThanOrEqual(4);
  await one.peer.close();
});

test('a report that differs only in the free space is not written again; one that says something new is, at once', async () => {
  const one = await party();
  const report = (freeBytes: number, storage: 'ok' | 'full' = 'ok') =>
    one.peer.pull({ max: 0, report: { version: '1', storage, freeBytes, stuck: [] } });
  const kept = async () =>
    (await bench.rows<{ report: { freeBytes: number } }>('SELECT report FROM ticket_feed WHERE client_id = $1', [one.client.clientId]))[0]
      ?.report.freeBytes;
  await report(1_000);
  await report(999);
  expect(await kept()).toBe(1_000);
  await report(998, 'full');
  expect(await kept()).toBe(998);
  await one.peer.close();
});

test('a program’s own replay: ranges that overlap count once, a second one at the same time is refused, and it is audited', async () => {
  const one = await party();
  await store(one, 10);
  await bench.database.transaction((tx) => changeClient(tx, ALICE, { client: one.client.name, change: { selfReplay: true } }));
  const last = (await one.peer.pull()).messages.at(-1);
  if (!last) throw new Error('messages were expected');
  await one.peer.pull({ max: 0, ackThrough: { sequence: last.sequence, id: last.id } });
  const ask = (sequences: { from: number; to: number }[]) =>
    one.peer.ask<{ queued?: number; error?: { code: string } }>('/feed/v1/replay', { body: JSON.stringify({ sequences }) });

  // The client's row is locked: the first replay has to wait for it.
  const free = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = bench.database.transaction(async (tx) => {
    await tx.query({ text: 'SELECT FROM ticket_client WHERE client_id = $1 FOR UPDATE', values: [one.client.clientId] });
    locked.resolve();
    await free.promise;
  });
  await locked.promise;
  await bench.audits();
  const first = ask(
    Array.from({ length: 1_000 }, () => ({ from: 2, to: 5 }))
      .concat({ from: 4, to: 7 }, { from: 9, to: 8 })
      .slice(2),
  );
  await expect
    .poll(
      async () =>
        (
          await bench.rows<{ n: number }>(
            "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
          )
        )[0]?.n,
    )
    .toBe(1);
  const second = await ask([{ from: 1, to: 1 }]);
  expect([second.status, second.body.error?.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
  free.resolve();
  await holding;
  expect((await first).body).toEqual({ queued: 6 });
  const audits = await bench.audits();
  expect(audits).toHaveLength(1);
  expect(audits[0]).toMatchObject({ login: `client:${one.client.name}`, action: 'tickets.mailbox.replay', object: one.client.name });
  expect((await ask([{ from: 1, to: 1 }])).body).toEqual({ queued: 1 });
  await one.peer.close();
});

test('a replay of what a client may not have, or of a closed client, queues nothing', async () => {
  const [one, two] = [await party(), await party()];
  await store(two, 1);
  await bench.database.transaction((tx) => changeClient(tx, ALICE, { client: one.client.name, change: { selfReplay: true } }));
  const answer = await one.peer.ask<{ queued: number }>('/feed/v1/replay', { body: '{"numbers":["4214200000000"]}' });
  expect(answer.body).toEqual({ queued: 0 });
  const error = await failure(act(one.client.name, 'close').then(() => act(one.client.name, 'hold')));
  expect(error.code).toBe('CONFLICT');
  expect((await one.peer.ask('/feed/v1/replay', { body: '{"numbers":["1"]}' })).status).toBe(403);
  await one.peer.close();
  await two.peer.close();
});
