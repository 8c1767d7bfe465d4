import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeClientState } from '../change-client-state.ts';
import { numberSpellings } from '../document-number.ts';
import { FEED_WAKE } from '../notifications.ts';
import { REPLAY_MOST, type ReplaySelection, replayMessages } from '../replay-messages.ts';
import type { Client } from '../sql/clients.ts';
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

const replay = (client: string, selection: ReplaySelection, more: { dryRun?: boolean; scope?: 'own' } = {}) =>
  bench.database.transaction((tx) => replayMessages(tx, ALICE, { client, selection, queueDays: 30, ...more }));

interface Queued {
  seq: number;
  document_id: string;
  message_id: string;
  replay: boolean;
  bytes: number;
}
const queue = (client: Client): Promise<Queued[]> =>
  bench.rows<Queued & Record<string, unknown>>(
    'SELECT seq, document_id, message_id, replay, bytes FROM ticket_message WHERE client_id = $1 ORDER BY seq',
    [client.clientId],
  );

describe('a replay', () => {
  test('by sequences puts delivered documents at the tail, in their order, with new ids', async () => {
    const client = await bench.client({ name: 'by-seq' });
    const made = await storeDocuments(bench.database, [client], ['N1', 'N2', 'N3', 'N4']);
    const before = await queue(client);
    await deliver(bench.database, client, 4);
    await bench.events();
    await bench.audits();
    const wakes = await bench.hear(FEED_WAKE);
    const result = await replay('by-seq', { first: 2, last: 3 });
    expect(result).toEqual({ matched: 2, replayed: 2, withoutBody: 0, queued: 0, first: 5, last: 6 });
    const after = await queue(client);
    expect(after.map(({ seq, document_id, replay: again }) => [seq, document_id, again])).toEqual([
      [5, made[1]?.documentId, true],
      [6, made[2]?.documentId, true],
    ]);
    expect(after.map((row) => row.bytes)).toEqual(before.slice(1, 3).map((row) => row.bytes));
    expect(before.map((row) => row.message_id)).not.toContain(after[0]?.message_id);
    expect(await bench.rows('SELECT next_seq FROM ticket_mailbox WHERE client_id = $1', [client.clientId])).toEqual([{ next_seq: 7 }]);
    expect(await bench.rows('SELECT document_id, seq FROM ticket_replay WHERE client_id = $1 ORDER BY seq', [client.clientId])).toEqual([
      { document_id: made[1]?.documentId, seq: 5 },
      { document_id: made[2]?.documentId, seq: 6 },
    ]);
    expect(await bench.events()).toMatchObject([{ type: 'mailbox.replayed', subject: 'by-seq', data: { first: 5, last: 6, replayed: 2 } }]);
    expect(await bench.audits()).toMatchObject([{ action: 'tickets.mailbox.replay', object: 'by-seq', after: { first: 5, last: 6 } }]);
    await expect.poll(() => wakes).toEqual([String(client.clientId)]);
  });

  test('shown first as a count changes nothing', async () => {
    const client = await bench.client({ name: 'counted' });
    await storeDocuments(bench.database, [client], ['C1', 'C2']);
    await deliver(bench.database, client, 2);
    await bench.events();
    expect(await replay('counted', { first: 1, last: 99 }, { dryRun: true })).toEqual({
      matched: 2,
      replayed: 2,
      withoutBody: 0,
      queued: 0,
    });
    expect(await queue(client)).toEqual([]);
    expect(await bench.events()).toEqual([]);
  });

  test('by period takes what was enqueued from one instant up to the other', async () => {
    const client = await bench.client({ name: 'by-period' });
    const [early] = await storeDocuments(bench.database, [client], ['P1']);
    const [late] = await storeDocuments(bench.database, [client], ['P2']);
    await deliver(bench.database, client, 2);
    const day = (text: string) => Temporal.Instant.from(text);
    await bench.rows("UPDATE ticket_history SET enqueued_at = '2026-03-01T10:00Z' WHERE document_id = $1", [early?.documentId as string]);
    await bench.rows("UPDATE ticket_history SET enqueued_at = '2026-03-02T00:00Z' WHERE document_id = $1", [late?.documentId as string]);
    await replay('by-period', { from: day('2026-03-01T10:00:00Z'), to: day('2026-03-02T00:00:00Z') });
    expect((await queue(client)).map((row) => row.document_id)).toEqual([early?.documentId]);
  });

  test('by number finds every act on it, however the number is typed', async () => {
    const client = await bench.client({ name: 'by-number' });
    const made = await storeDocuments(bench.database, [client], ['4214200000001', '4214200000002', '4214200000001']);
    await deliver(bench.database, client, 3);
    await replay('by-number', { numbers: ['421-420 0000001'] });
    expect((await queue(client)).map((row) => row.document_id)).toEqual([made[0]?.documentId, made[2]?.documentId]);
  });

  test('by id takes documents and messages; one document is sent once', async () => {
    const client = await bench.client({ name: 'by-id' });
    const made = await storeDocuments(bench.database, [client], ['I1', 'I2']);
    const messages = (await queue(client)).map((row) => row.message_id);
    await deliver(bench.database, client, 2);
    const ids = [messages[1] ?? '', made[0]?.documentId.toUpperCase() ?? '', made[0]?.documentId ?? '', messages[0] ?? ''];
    expect(await replay('by-id', { ids })).toMatchObject({ matched: 2, replayed: 2 });
  });

  test.each([[randomUUIDv7()], [randomUUID()], ['ffffffff-ffff-7fff-bfff-ffffffffffff'], ['00000000-0000-0000-0000-000000000000']])(
    'an unknown id %s is named',
    async (id) => {
      await bench.client({ name: `unknown-${id.slice(0, 4)}` });
      const error = await failure(replay(`unknown-${id.slice(0, 4)}`, { ids: [id] }));
      expect(error.code).toBe('NOT_FOUND');
      expect(error.message).toContain(id);
    },
  );

  test('a malformed id is refused', async () => {
    await bench.client({ name: 'malformed' });
    expect((await failure(replay('malformed', { ids: ["'; DROP TABLE"] }))).code).toBe('VALIDATION');
  });

  test('sends a document that nobody received, but not when the client asks itself', async () => {
    const client = await bench.client({ name: 'finder' });
    const [unrouted] = await storeDocuments(bench.database, [], ['U1']);
    const ids = [unrouted?.documentId ?? ''];
    expect((await failure(replay('finder', { ids }, { scope: 'own' }))).code).toBe('NOT_FOUND');
    expect(await replay('finder', { numbers: ['U1'] }, { scope: 'own' })).toMatchObject({ matched: 0, replayed: 0 });
    expect(await replay('finder', { ids })).toMatchObject({ replayed: 1, first: 1 });
    await deliver(bench.database, client, 1);
    expect(await replay('finder', { numbers: ['U1'] }, { scope: 'own' })).toMatchObject({ replayed: 1, first: 2 });
  });

  test('leaves out what is queued already and what has no body, and counts them', async () => {
    const client = await bench.client({ name: 'left-out' });
    const made = await storeDocuments(bench.database, [client], ['B1', 'B2', 'B3']);
    await deliver(bench.database, client, 2);
    await bench.rows('UPDATE ticket_document SET xml = NULL WHERE document_id = $1', [made[0]?.documentId ?? '']);
    const selection = { numbers: ['B1', 'B2', 'B3'] };
    expect(await replay('left-out', selection, { dryRun: true })).toEqual({ matched: 3, replayed: 1, withoutBody: 1, queued: 1 });
    expect(await replay('left-out', selection)).toMatchObject({ replayed: 1, withoutBody: 1, queued: 1, first: 4, last: 4 });
    expect(await replay('left-out', selection)).toEqual({ matched: 3, replayed: 0, withoutBody: 1, queued: 2 });
  });

  test('that finds nothing writes nothing', async () => {
    await bench.client({ name: 'empty' });
    await bench.events();
    await bench.audits();
    expect(await replay('empty', { first: 1, last: 10 })).toEqual({ matched: 0, replayed: 0, withoutBody: 0, queued: 0 });
    expect(await bench.events()).toEqual([]);
    expect(await bench.audits()).toEqual([]);
  });

  test('is refused for a closed client and allowed for a held one', async () => {
    const client = await bench.client({ name: 'guarded' });
    await storeDocuments(bench.database, [client], ['G1']);
    await deliver(bench.database, client, 1);
    const act = (what: 'hold' | 'close') =>
      bench.database.transaction((tx) => changeClientState(tx, ALICE, { client: 'guarded', act: what, reason: 'x' }));
    await act('hold');
    expect(await replay('guarded', { first: 1, last: 1 })).toMatchObject({ replayed: 1 });
    await act('close');
    expect((await failure(replay('guarded', { first: 1, last: 1 }))).code).toBe('CONFLICT');
  });

  test('beside ingest gives sequences without gap and without repeat', async () => {
    const client = await bench.client({ name: 'busy' });
    await storeDocuments(
      bench.database,
      [client],
      Array.from({ length: 20 }, (_, index) => `OLD-${index}`),
    );
    await deliver(bench.database, client, 20);
    const ingest = async (writer: number) => {
      for (let round = 0; round < 10; round++)
        await storeDocuments(bench.database, [client], [`W${writer}-${round}-a`, `W${writer}-${round}-b`]);
    };
    const again = async () => {
      for (let number = 0; number < 20; number++) await replay('busy', { numbers: [`OLD-${number}`] });
    };
    await Promise.all([ingest(1), ingest(2), again()]);
    const sequences = (await queue(client)).map((row) => row.seq);
    expect(sequences).toEqual(Array.from({ length: 60 }, (_, index) => index + 21));
    expect(await bench.rows('SELECT next_seq FROM ticket_mailbox WHERE client_id = $1', [client.clientId])).toEqual([{ next_seq: 81 }]);
  });

  test('of more than the most is refused before anything is queued', async () => {
    const client = await bench.client({ name: 'too-many' });
    await bench.rows(
      `INSERT INTO ticket_history (client_id, seq, message_id, document_id, replay, enqueued_at, outcome)
       SELECT $1, n, uuidv7(), uuidv7(), false, now(), 'delivered' FROM generate_series(1, $2::int) AS n`,
      [client.clientId, REPLAY_MOST + 1],
    );
    expect((await failure(replay('too-many', { first: 1, last: 1_000_000 }))).code).toBe('TOO_LARGE');
    expect(await replay('too-many', { first: 2, last: 1_000_000 })).toEqual({
      matched: REPLAY_MOST,
      replayed: 0,
      withoutBody: REPLAY_MOST,
      queued: 0,
    });
  });
});

test('a number is looked up as typed and without spaces and hyphens', () => {
  expect(numberSpellings(' 421-420 0000001 ')).toEqual(['421-420 0000001', '4214200000001']);
  expect(numberSpellings('аб/12')).toEqual(['АБ/12']);
  expect(numberSpellings('  ')).toEqual([]);
});
