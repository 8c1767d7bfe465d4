import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eraseDeliveredBodies, eraseOldData } from '../erase-bodies.ts';
import { replayMessages } from '../replay-messages.ts';
import type { Client } from '../sql/clients.ts';
import { ALICE, deliver, openWorkbench, storeDocuments, type Workbench } from './support/administration.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.rows('TRUNCATE ticket_operation, ticket_document, ticket_message, ticket_history, ticket_replay, ticket_rejection');
});

const ahead = (days: number) => Temporal.Now.instant().add({ hours: 24 * days });
const erase = (days: number, keepDays: number) => eraseOldData(bench.database, { now: ahead(days), keepDays });
let clients = 0;
const newClient = (): Promise<Client> => bench.client({ name: `client-${++clients}` });
const documents = () =>
  bench.rows<{ number: string; kept: boolean; pnr: string | null }>(
    'SELECT number, xml IS NOT NULL AS kept, pnr FROM ticket_document ORDER BY number',
  );
async function operation(): Promise<string> {
  const id = randomUUIDv7();
  await bench.rows(
    `INSERT INTO ticket_operation (operation_id, source, external_id, body_sha256, kind, occurred_at, received_by, control, unrouted)
     VALUES ($1::uuid, 'S', $1::uuid::text, '\\x00', 'issue', now(), 'alice', '{}', 0)`,
    [id],
  );
  return id;
}
const count = async (table: string): Promise<number> => (await bench.rows<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n ?? -1;

describe('what is kept longer than keepDays', () => {
  test('bodies, PNR and history go after keepDays; the operation and its documents after 60 days', async () => {
    const client = await newClient();
    await storeDocuments(bench.database, [client], ['A1'], { operationId: await operation(), pnr: '0B1V2G' });
    await deliver(bench.database, client, 1);
    expect(await erase(9, 10)).toEqual({ bodies: 0, operations: 0, imports: 0, history: 0, rejections: 0 });
    expect(await documents()).toEqual([{ number: 'A1', kept: true, pnr: '0B1V2G' }]);
    expect(await erase(11, 10)).toEqual({ bodies: 1, operations: 0, imports: 0, history: 1, rejections: 0 });
    expect(await documents()).toEqual([{ number: 'A1', kept: false, pnr: null }]);
    expect(await erase(59, 10)).toMatchObject({ bodies: 0, operations: 0 });
    expect(await erase(61, 10)).toMatchObject({ operations: 1 });
    expect([await count('ticket_operation'), await count('ticket_document')]).toEqual([0, 0]);
  });

  test('with 400 days the operation stays as long as its documents', async () => {
    const client = await newClient();
    await storeDocuments(bench.database, [client], ['B1'], { operationId: await operation() });
    await deliver(bench.database, client, 1);
    expect(await erase(399, 400)).toMatchObject({ bodies: 0, operations: 0, history: 0 });
    expect(await erase(401, 400)).toMatchObject({ bodies: 1, operations: 1, history: 1 });
  });

  test('what waits in any mailbox is never touched, first sent or replayed', async () => {
    const client = await newClient();
    await storeDocuments(bench.database, [client], ['C1', 'C2'], { operationId: await operation() });
    await deliver(bench.database, client, 1);
    await bench.database.transaction((tx) =>
      replayMessages(tx, ALICE, { client: client.name, selection: { numbers: ['C1'] }, queueDays: 30 }),
    );
    expect(await erase(100, 10)).toMatchObject({ bodies: 0, operations: 0 });
    expect((await documents()).map((row) => row.kept)).toEqual([true, true]);
    await deliver(bench.database, client, 3);
    expect(await erase(100, 10)).toMatchObject({ bodies: 2, operations: 1 });
    expect(await count('ticket_replay')).toBe(0);
  });

  test('imported documents go whole after keepDays', async () => {
    await storeDocuments(bench.database, [], ['D1']);
    expect(await erase(11, 10)).toMatchObject({ bodies: 1, imports: 1 });
    expect(await count('ticket_document')).toBe(0);
  });

  test('refused control messages go after 7 days', async () => {
    await bench.rows(`INSERT INTO ticket_rejection (received_at, received_by, code, faults)
      SELECT now() - make_interval(days => d), 'alice', 'VALIDATION', '[]' FROM generate_series(5, 8) d`);
    expect(await erase(0, 400)).toMatchObject({ rejections: 2 });
    expect(await count('ticket_rejection')).toBe(2);
  });

  test('many chunks are walked to the end', async () => {
    const client = await newClient();
    await storeDocuments(
      bench.database,
      [client],
      Array.from({ length: 2_100 }, (_, index) => `E${index}`),
    );
    await deliver(bench.database, client, 2_100);
    expect(await erase(11, 10)).toMatchObject({ bodies: 2_100, imports: 2_100, history: 2_100 });
  });

  test('with keepDays 0 bodies that were missed go after a day, history after 60', async () => {
    const client = await newClient();
    await storeDocuments(bench.database, [client], ['F1']);
    await deliver(bench.database, client, 1);
    expect(await erase(0, 0)).toMatchObject({ bodies: 0 });
    expect(await erase(2, 0)).toMatchObject({ bodies: 1, history: 0, imports: 0 });
    expect(await erase(61, 0)).toMatchObject({ history: 1, imports: 1 });
  });
});

describe('the body goes with its last message', () => {
  const settle = (client: Client, documentId: string) =>
    bench.database.transaction(async (tx) => {
      await tx.query({ text: 'DELETE FROM ticket_message WHERE client_id = $1', values: [client.clientId] });
      await eraseDeliveredBodies(tx, [documentId]);
    });

  test('also when two clients acknowledge the same document at once', async () => {
    for (let round = 0; round < 10; round++) {
      const both = [await newClient(), await newClient()];
      const [made] = await storeDocuments(bench.database, both, [`G${round}`]);
      await Promise.all(both.map((client) => settle(client, made?.documentId ?? '')));
    }
    expect((await documents()).map((row) => row.kept)).toEqual(Array.from({ length: 10 }, () => false));
  });

  test('not while it waits elsewhere, and a replay beside it never queues a document without a body', async () => {
    for (let round = 0; round < 10; round++) {
      const [first, second] = [await newClient(), await newClient()];
      const [made] = await storeDocuments(bench.database, [first], [`H${round}`]);
      await Promise.all([
        settle(first, made?.documentId ?? ''),
        bench.database.transaction((tx) =>
          replayMessages(tx, ALICE, { client: second.name, selection: { numbers: [`H${round}`] }, queueDays: 30 }),
        ),
      ]);
    }
    const broken = await bench.rows('SELECT m.seq FROM ticket_message m JOIN ticket_document d USING (document_id) WHERE d.xml IS NULL');
    expect(broken).toEqual([]);
  });
});
