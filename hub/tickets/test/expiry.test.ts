import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../core/database/statement.ts';
import { expireMessages } from '../expire-messages.ts';
import { replayMessages } from '../replay-messages.ts';
import type { Client } from '../sql/clients.ts';
import { expiredRanges } from '../sql/feed.ts';
import { withdrawMessage } from '../withdraw-message.ts';
import { ALICE, deliver, openWorkbench, storeDocuments, type Workbench } from './support/administration.ts';
import { failure } from './support/failure.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.events();
  await bench.audits();
});

/** Lets days pass: everything queued up to a sequence is that much older. */
const age = (client: Client, through: number, days: number) =>
  bench.rows(
    `UPDATE ticket_message SET enqueued_at = enqueued_at - make_interval(days => $3), expires_at = expires_at - make_interval(days => $3)
     WHERE client_id = $1 AND seq <= $2`,
    [client.clientId, through, days],
  );
const expire = (more: { now?: Temporal.Instant; keepDays?: number } = {}) =>
  expireMessages(bench.database, { now: Temporal.Now.instant(), keepDays: 400, ...more });
const feedOf = async (client: Client) =>
  (
    await bench.rows<{ floor_seq: number; expired_last: number; expired_seen: number }>(
      'SELECT floor_seq, expired_last, expired_seen FROM ticket_feed WHERE client_id = $1',
      [client.clientId],
    )
  )[0];
const waiting = async (client: Client) =>
  (await bench.rows<{ seq: number }>('SELECT seq FROM ticket_message WHERE client_id = $1 ORDER BY seq', [client.clientId])).map(
    (row) => row.seq,
  );
const outcomes = async (client: Client) =>
  bench.rows<{ seq: number; outcome: string }>('SELECT seq, outcome FROM ticket_history WHERE client_id = $1 ORDER BY seq', [
    client.clientId,
  ]);

describe('expiry', () => {
  test('a client away 31 days: tombstones, one event, newer messages intact, and the old can be replayed', async () => {
    const client = await bench.client({ name: 'away' });
    const made = await storeDocuments(bench.database, [client], ['A1', 'A2', 'A3', 'A4', 'A5']);
    await age(client, 3, 31);
    await bench.events();
    expect(await expire()).toEqual(new Map([['away', 3]]));
    expect(await waiting(client)).toEqual([4, 5]);
    expect(await outcomes(client)).toEqual([1, 2, 3].map((seq) => ({ seq, outcome: 'expired' })));
    expect(await feedOf(client)).toEqual({ floor_seq: 3, expired_last: 3, expired_seen: 0 });
    expect(await expiredRanges(bench.database.work, client.clientId, 0)).toEqual([{ from: 1, to: 3, count: 3 }]);
    expect(await bench.events()).toEqual([
      { type: 'message.expired', subject: 'away', data: { client: 'away', count: 3, from: 1, to: 3 } },
    ]);
    const again = await bench.database.transaction((tx) =>
      replayMessages(tx, ALICE, { client: 'away', selection: { first: 1, last: 3 }, queueDays: 30 }),
    );
    expect(again).toMatchObject({ replayed: 3, first: 6, last: 8 });
    const bodies = await bench.rows('SELECT 1 FROM ticket_document WHERE xml IS NOT NULL AND document_id = ANY ($1::uuid[])', [
      made.map((document) => document.documentId),
    ]);
    expect(bodies).toHaveLength(5);
  });

  test('the same by a clock that is 31 days ahead; 29 days expire nothing', async () => {
    const client = await bench.client({ name: 'shifted' });
    await storeDocuments(bench.database, [client], ['S1', 'S2']);
    const ahead = (days: number) => Temporal.Now.instant().add({ hours: 24 * days });
    expect((await expire({ now: ahead(29) })).get('shifted')).toBeUndefined();
    expect(await waiting(client)).toEqual([1, 2]);
    expect((await expire({ now: ahead(31) })).get('shifted')).toBe(2);
    expect(await feedOf(client)).toMatchObject({ floor_seq: 2, expired_last: 2 });
  });

  test('more than a chunk is one event a client and run', async () => {
    const client = await bench.client({ name: 'chunked' });
    await storeDocuments(
      bench.database,
      [client],
      Array.from({ length: 2_300 }, (_, index) => `C${index}`),
    );
    await age(client, 2_250, 31);
    await bench.events();
    expect((await expire()).get('chunked')).toBe(2_250);
    const events = (await bench.events()).filter((event) => event.subject === 'chunked');
    expect(events.map((event) => event.data)).toEqual([{ client: 'chunked', count: 2_250, from: 1, to: 2_250 }]);
    expect(await waiting(client)).toHaveLength(50);
  });

  test('exactly a chunk is told as well', async () => {
    const client = await bench.client({ name: 'even' });
    await storeDocuments(
      bench.database,
      [client],
      Array.from({ length: 1_000 }, (_, index) => `E${index}`),
    );
    await age(client, 1_000, 31);
    await bench.events();
    await expire();
    expect((await bench.events()).filter((event) => event.subject === 'even').map((event) => event.data['count'])).toEqual([1_000]);
  });

  test('what a run that died has left untold is told by the next', async () => {
    const client = await bench.client({ name: 'died' });
    await bench.rows('UPDATE ticket_feed SET expired_untold = 1000, expired_last = 1000 WHERE client_id = $1', [client.clientId]);
    await bench.events();
    expect(await expire()).toEqual(new Map());
    expect(await bench.events()).toEqual([{ type: 'message.expired', subject: 'died', data: { client: 'died', count: 1_000 } }]);
    await expire();
    expect(await bench.events()).toEqual([]);
  });

  test('a later message that expires first, after queueDays was shortened, goes alone and the floor stays', async () => {
    const client = await bench.client({ name: 'shortened' });
    await storeDocuments(bench.database, [client], ['T1', 'T2', 'T3']);
    await bench.rows("UPDATE ticket_message SET expires_at = now() - interval '1 minute' WHERE client_id = $1 AND seq = 2", [
      client.clientId,
    ]);
    await expire();
    expect(await waiting(client)).toEqual([1, 3]);
    expect(await feedOf(client)).toEqual({ floor_seq: 0, expired_last: 2, expired_seen: 0 });
  });

  test('two runs at once expire each message once', async () => {
    const clients = await Promise.all(['p1', 'p2', 'p3'].map((name) => bench.client({ name: `parallel-${name}` })));
    for (const client of clients) {
      await storeDocuments(
        bench.database,
        [client],
        Array.from({ length: 1_200 }, (_, index) => `P${index}`),
      );
      await age(client, 1_200, 31);
    }
    await bench.events();
    await Promise.all([expire(), expire(), expire()]);
    const told = await bench.events();
    for (const client of clients) {
      expect(await outcomes(client)).toHaveLength(1_200);
      const counts = told.filter((event) => event.subject === client.name).map((event) => Number(event.data['count']));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_200);
    }
  });

  test('beside ingest never moves the floor past a message that is being queued', async () => {
    const client = await bench.client({ name: 'floored' });
    await storeDocuments(bench.database, [client], ['F1']);
    await age(client, 1, 31);
    const expired = await bench.database.transaction(async (tx) => {
      // An ingest that has taken its sequence and not committed yet.
      await run(tx, 'UPDATE ticket_mailbox SET next_seq = 3 WHERE client_id = $1', [client.clientId]);
      await run(
        tx,
        `INSERT INTO ticket_message (client_id, seq, message_id, document_id, replay, bytes, enqueued_at, expires_at)
         VALUES ($1, 2, $2, $2, false, 1, now(), now() + interval '30 days')`,
        [client.clientId, randomUUIDv7()],
      );
      return expire();
    });
    expect(expired.get('floored')).toBe(1);
    expect(await feedOf(client)).toMatchObject({ floor_seq: 1 });
    expect(await waiting(client)).toEqual([2]);
  });

  test('with keepDays 0 takes the body along, unless another client still waits for it', async () => {
    const [one, two] = [await bench.client({ name: 'kept-one' }), await bench.client({ name: 'kept-two' })];
    const [shared, alone] = [
      (await storeDocuments(bench.database, [one, two], ['K1']))[0],
      (await storeDocuments(bench.database, [one], ['K2']))[0],
    ];
    await age(one, 2, 31);
    await expire({ keepDays: 0 });
    const kept = async () =>
      (
        await bench.rows<{ number: string }>(
          'SELECT number FROM ticket_document WHERE xml IS NOT NULL AND document_id = ANY ($1::uuid[])',
          [[shared?.documentId ?? '', alone?.documentId ?? '']],
        )
      ).map((row) => row.number);
    expect(await kept()).toEqual(['K1']);
    await age(two, 1, 31);
    await expire({ keepDays: 0 });
    expect(await kept()).toEqual([]);
  });
});

describe('withdrawing', () => {
  const withdraw = (client: string, sequence: number, more: { reason?: string; keepDays?: number } = {}) =>
    bench.database.transaction((tx) => withdrawMessage(tx, ALICE, { client, sequence, reason: 'sent by mistake', keepDays: 400, ...more }));

  test('takes one message out, keeps its history, audits who and why', async () => {
    const client = await bench.client({ name: 'withdrawn' });
    const made = await storeDocuments(bench.database, [client], ['W1', 'W2', 'W3']);
    await bench.events();
    await bench.audits();
    const gone = await withdraw('withdrawn', 2);
    expect(gone).toMatchObject({ sequence: 2, documentId: made[1]?.documentId });
    expect(await waiting(client)).toEqual([1, 3]);
    expect(await outcomes(client)).toEqual([{ seq: 2, outcome: 'withdrawn' }]);
    expect(await bench.events()).toMatchObject([
      { type: 'message.withdrawn', subject: 'withdrawn', data: { sequence: 2, reason: 'sent by mistake', by: 'alice' } },
    ]);
    expect(await bench.audits()).toMatchObject([
      { action: 'tickets.message.withdraw', object: 'withdrawn', before: { sequence: 2 }, reason: 'sent by mistake' },
    ]);
    expect(await feedOf(client)).toMatchObject({ floor_seq: 0 });
    await withdraw('withdrawn', 1);
    expect(await feedOf(client)).toMatchObject({ floor_seq: 2 });
    await withdraw('withdrawn', 3);
    expect(await feedOf(client)).toMatchObject({ floor_seq: 3, expired_last: 0 });
  });

  test('of what has left, or never was, says so and changes nothing', async () => {
    const client = await bench.client({ name: 'left' });
    await storeDocuments(bench.database, [client], ['L1']);
    await deliver(bench.database, client, 1);
    await bench.events();
    const delivered = await failure(withdraw('left', 1));
    expect([delivered.code, delivered.message]).toEqual(['CONFLICT', expect.stringContaining('was delivered at')]);
    expect((await failure(withdraw('left', 2))).code).toBe('NOT_FOUND');
    expect((await failure(withdraw('nobody', 1))).code).toBe('NOT_FOUND');
    expect((await failure(withdraw('left', 1, { reason: '' }))).code).toBe('VALIDATION');
    expect(await bench.events()).toEqual([]);
  });

  test('of two at once one succeeds', async () => {
    const client = await bench.client({ name: 'raced-out' });
    await storeDocuments(bench.database, [client], ['R1']);
    const both = await Promise.allSettled([withdraw('raced-out', 1), withdraw('raced-out', 1)]);
    expect(both.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await outcomes(client)).toHaveLength(1);
  });

  test('with keepDays 0 erases the body', async () => {
    const client = await bench.client({ name: 'erased' });
    const [made] = await storeDocuments(bench.database, [client], ['X1']);
    await withdraw('erased', 1, { keepDays: 0 });
    expect(await bench.rows('SELECT xml FROM ticket_document WHERE document_id = $1', [made?.documentId ?? ''])).toEqual([{ xml: null }]);
  });
});
