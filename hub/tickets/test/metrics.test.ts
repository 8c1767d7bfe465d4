import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../core/identity/caller.ts';
import { addClient } from '../add-client.ts';
import { expireMessages } from '../expire-messages.ts';
import { replayMessages } from '../replay-messages.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { openPeer } from './support/feed-bench.ts';
import { openWholeHub, type WholeHub } from './support/whole-hub.ts';

/** The list of spec chapter 8. */
const NAMED = [
  'vestnik_tickets_operations_total',
  'vestnik_tickets_documents_total',
  'vestnik_tickets_unrouted_total',
  'vestnik_tickets_batch_size',
  'vestnik_tickets_batch_seconds',
  'vestnik_mailbox_queued',
  'vestnik_mailbox_oldest_seconds',
  'vestnik_mailbox_expired_total',
  'vestnik_mailbox_replayed_total',
  'vestnik_feed_sessions',
  'vestnik_feed_waiting',
  'vestnik_feed_pull_seconds',
  'vestnik_feed_messages_total',
  'vestnik_feed_bytes_total',
  'vestnik_feed_acked_total',
  'vestnik_feed_errors_total',
  'vestnik_feed_takeovers_total',
  'vestnik_feed_delivery_seconds',
  'vestnik_feed_certificate_days_min',
];

let whole: WholeHub;
/** The gauges are read anew at most every 5 s; a test waits for that. */
const FRESH = { timeout: 10_000, interval: 200 };
const { operations, unrouted } = (() => {
  const source = createOperationSource({ seed: 900, agencies: ['17МОВ'], history: false });
  return { operations: Array.from({ length: 10 }, () => source.next()), unrouted: { ...source.next(), deal: { agency: 'NOBODY' } } };
})();
const documentsOf = (messages: readonly object[]): number =>
  messages.reduce((sum, message) => sum + (message as { documents: unknown[] }).documents.length, 0);

beforeAll(async () => {
  whole = await openWholeHub({ VESTNIK_TICKETS__REQUESTS_PER_SECOND: '1000' });
  await whole.database.database.transaction((tx) =>
    addClient(tx, SYSTEM, { name: 'agency-1', title: 'x', subscriptions: [{ agency: ['17МОВ'] }] }),
  );
});
afterAll(() => whole?.drop());

const open = (instance?: string) =>
  openPeer(
    { database: whole.database.database, authority: whole.hub.ground.authority },
    'agency-1',
    Number(whole.hub.addresses['feed']?.split(':').at(-1)),
    instance,
  );

test('every metric of the spec is declared before anything has happened; no certificate is no alarm', async () => {
  const page = await whole.page();
  for (const name of NAMED) expect(page).toContain(`# TYPE ${name} `);
  expect(await whole.metric('vestnik_feed_certificate_days_min')).toBe(Number.POSITIVE_INFINITY);
  expect(await whole.metric('vestnik_mailbox_queued')).toBe(0);
});

test('operations, documents and batches are counted as they are stored, by kind, type and result', async () => {
  const batch = [...operations, operations[0], { ...operations[1], deal: { agency: 'OTHER' } }, { ...operations[2], id: 'x', time: 'now' }];
  await whole.send(batch.map((line) => JSON.stringify(line)).join('\n'), 'application/x-ndjson');
  await whole.send('{"broken":');
  await whole.send(JSON.stringify(unrouted));
  const total = (labels: Record<string, string>) => whole.metric('vestnik_tickets_operations_total', labels);
  expect(await total({ result: 'created' })).toBe(11);
  expect(await total({ result: 'duplicate' })).toBe(1);
  expect(await total({ result: 'conflict' })).toBe(1);
  expect(await total({ result: 'rejected' })).toBe(2);
  expect(await total({ result: 'rejected', kind: 'unknown' })).toBe(1);
  expect(await total({})).toBe(15);
  for (const kind of new Set(operations.map((message) => message.kind))) {
    const created = [...operations, unrouted].filter((message) => message.kind === kind).length;
    expect(await total({ kind, result: 'created' })).toBe(created);
  }
  const documents = documentsOf(operations);
  expect(await whole.metric('vestnik_tickets_documents_total')).toBe(documents + documentsOf([unrouted]));
  expect(await whole.metric('vestnik_tickets_unrouted_total')).toBe(documentsOf([unrouted]));
  // Duplicates and conflicts take part in a transaction as well.
  expect(await whole.metric('vestnik_tickets_batch_size_sum')).toBe(13);
  const flushes = await whole.metric('vestnik_tickets_batch_size_count');
  expect(await whole.metric('vestnik_tickets_batch_seconds_count')).toBe(flushes);
});

test('the queue, its age and the days of certificates are read when somebody asks', async () => {
  const documents = documentsOf(operations);
  const peer = await open();
  await whole.database.database.work.query({ text: "UPDATE ticket_message SET enqueued_at = now() - interval '100 s' WHERE seq = 1" });
  await expect.poll(() => whole.metric('vestnik_mailbox_queued'), FRESH).toBe(documents);
  await expect.poll(() => whole.metric('vestnik_mailbox_oldest_seconds'), FRESH).toBeGreaterThanOrEqual(100);
  await expect.poll(() => whole.metric('vestnik_feed_certificate_days_min'), FRESH).toBeCloseTo(730, 0);
  await peer.close();
});

test('what the feed hands out, takes back and refuses is counted', async () => {
  const documents = documentsOf(operations);
  const peer = await open();
  const first = await peer.pull({ max: 1_000 });
  const again = await peer.pull({ max: 1_000 });
  expect(again.messages).toHaveLength(documents);
  const bytes = first.messages.reduce((sum, { xml }) => sum + Buffer.byteLength(xml), 0);
  expect(await whole.metric('vestnik_feed_messages_total')).toBe(2 * documents);
  expect(await whole.metric('vestnik_feed_bytes_total')).toBe(2 * bytes);
  expect(await whole.metric('vestnik_feed_pull_seconds_count')).toBe(2);
  expect(await whole.metric('vestnik_feed_sessions')).toBe(1);

  const ack = first.messages.map(({ sequence, id }) => ({ sequence, id }));
  await peer.pull({ max: 0, ack });
  await peer.pull({ max: 0, ack });
  expect(await whole.metric('vestnik_feed_acked_total')).toBe(documents);
  // One observation a message: the first one waited 100 s.
  expect(await whole.metric('vestnik_feed_delivery_seconds_count')).toBe(documents);
  expect(await whole.metric('vestnik_feed_delivery_seconds_bucket', { le: '60' })).toBe(documents - 1);
  expect(await whole.metric('vestnik_feed_delivery_seconds_bucket', { le: '600' })).toBe(documents);

  await peer.refused({ max: 0, ack: [{ sequence: 1, id: first.messages[1]?.id }] });
  await peer.refused({ max: -1 });
  expect(await whole.metric('vestnik_feed_errors_total', { code: 'ACK_MISMATCH' })).toBe(1);
  expect(await whole.metric('vestnik_feed_errors_total', { code: 'BAD_REQUEST' })).toBe(1);
  await peer.close();
});

test('waiting pulls, takeovers, replays and expiries are counted', async () => {
  const older = await open();
  const takeovers = (await whole.metric('vestnik_feed_takeovers_total')) ?? 0;
  await older.pull();
  const waiting = older.refused({ waitSeconds: 30 });
  await expect.poll(() => whole.metric('vestnik_feed_waiting')).toBe(1);
  const newer = await open();
  await newer.pull({ max: 0 });
  expect((await waiting).code).toBe('SESSION_TAKEN');
  expect(await whole.metric('vestnik_feed_waiting')).toBe(0);
  expect((await whole.metric('vestnik_feed_takeovers_total')) ?? 0).toBe(takeovers + 2);
  expect(await whole.metric('vestnik_feed_errors_total', { code: 'SESSION_TAKEN' })).toBe(1);

  const { database } = whole.database;
  const { replayed } = await database.transaction((tx) =>
    replayMessages(tx, SYSTEM, { client: 'agency-1', selection: { first: 1, last: 5 }, queueDays: 30 }),
  );
  expect(await whole.metric('vestnik_mailbox_replayed_total')).toBe(replayed);
  await database.work.query({ text: "UPDATE ticket_message SET expires_at = now() - interval '1 s'" });
  await expireMessages(database, { now: Temporal.Now.instant(), keepDays: 400 });
  expect(await whole.metric('vestnik_mailbox_expired_total')).toBe(replayed);
  await older.close();
  await newer.close();
  await expect.poll(() => whole.metric('vestnik_feed_sessions')).toBe(0);
});

test('a program that goes away in the middle of a request or of its wait is no error', async () => {
  const errors = (await whole.metric('vestnik_feed_errors_total')) ?? 0;
  const peer = await open();
  const waiting = peer.pull({ waitSeconds: 30 });
  waiting.catch(() => undefined);
  await expect.poll(() => whole.metric('vestnik_feed_waiting')).toBe(1);
  await peer.close();
  await expect(waiting).rejects.toThrow();
  await expect.poll(() => whole.metric('vestnik_feed_waiting')).toBe(0);
  await expect.poll(() => whole.metric('vestnik_feed_sessions')).toBe(0);
  expect((await whole.metric('vestnik_feed_errors_total')) ?? 0).toBe(errors);
});
