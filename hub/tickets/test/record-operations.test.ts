import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findStored } from '../find-stored.ts';
import { parseControl, prepareOperation } from '../prepare-operation.ts';
import { type PreparedOperation, recordOperations } from '../record-operations.ts';
import { buildRoutingIndex } from '../routing.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { openWorkbench, type Workbench } from './support/administration.ts';

let bench: Workbench;
let clients: number[];
beforeAll(async () => {
  bench = await openWorkbench();
  clients = [];
  for (const name of ['agency-1', 'agency-2', 'agency-3']) clients.push((await bench.client({ name })).clientId);
});
afterAll(() => bench?.drop());

let seed = 100;
const messages = (count: number): Record<string, unknown>[] => {
  seed += 1;
  const source = createOperationSource({ seed, history: false });
  return Array.from({ length: count }, () => source.next() as unknown as Record<string, unknown>);
};
const prepare = (message: unknown, receivers: readonly number[] = clients, login = 'grs'): Promise<PreparedOperation> =>
  prepareOperation(bench.database.work, parseControl(message, login), {
    index: buildRoutingIndex(receivers.map((id) => ({ id, state: 'active' as const, subscriptions: [{ everything: true as const }] }))),
    receivedBy: login,
    now: Temporal.Now.instant(),
  });
const record = (items: readonly PreparedOperation[]) =>
  bench.database.queueTransaction((tx) => recordOperations(tx, items, { queueDays: 30, nameOf: (client) => `name-${client}` }));

test('outcomes come in the order given, whatever the order of keys', async () => {
  const [b, a, c] = messages(3).map((message, at) => ({ ...message, id: ['b', 'a', 'c'][at] ?? '' }));
  const items = await Promise.all([b, a, c, { ...a, deal: { agency: 'OTHER' } }, b].map((message) => prepare(message)));
  const outcomes = await record(items);
  expect(outcomes.map(({ status }) => status)).toEqual(['created', 'created', 'created', 'conflict', 'duplicate']);
  const [first, , , , repeated] = outcomes;
  if (!first || !repeated || !('documents' in first) || !('documents' in repeated)) throw new Error('documents were expected');
  expect(repeated.operationId).toBe(first.operationId);
  expect(repeated.documents.map(({ documentId }) => documentId).sort()).toEqual(first.documents.map(({ documentId }) => documentId).sort());
  expect(outcomes.map((outcome) => ('documents' in outcome ? outcome.documents.length : 0)).slice(0, 3)).toEqual(
    items.slice(0, 3).map(({ documents }) => documents.length),
  );
});

test('mailboxes are filled in the order given: operations as handed in, documents as prepared', async () => {
  const items = await Promise.all(messages(6).map((message, at) => prepare({ ...message, id: `order-${9 - at}` })));
  const before = await bench.rows<{ next_seq: number }>('SELECT next_seq FROM ticket_mailbox ORDER BY client_id');
  const outcomes = await record(items);
  for (const [at, client] of clients.entries()) {
    const queued = await bench.rows<{ document_id: string; number: string; seq: number }>(
      'SELECT m.seq, m.document_id, d.number FROM ticket_message m JOIN ticket_document d USING (document_id) WHERE client_id = $1 AND seq >= $2 ORDER BY seq',
      [client, before[at]?.next_seq ?? 0],
    );
    expect(queued.map(({ number }) => number)).toEqual(items.flatMap(({ documents }) => documents.map(({ built }) => built.number)));
    expect(queued.map(({ document_id }) => document_id)).toEqual(
      outcomes.flatMap((outcome) => ('documents' in outcome ? outcome.documents.map(({ documentId }) => documentId) : [])),
    );
    expect(queued.map(({ seq }) => seq)).toEqual(queued.map((_, index) => (before[at]?.next_seq ?? 0) + index));
  }
});

test('what is stored of a document is what was built: bytes, digest, links, receivers with their sequences', async () => {
  const items = await Promise.all(messages(40).map((message, at) => prepare(message, clients.slice(0, at % 4))));
  const outcomes = await record(items);
  for (const [at, item] of items.entries()) {
    const outcome = outcomes[at];
    if (!outcome || !('documents' in outcome)) throw new Error('an outcome with documents was expected');
    const rows = await bench.rows<Record<string, unknown> & { xml: Buffer; sha256: Buffer; clients: number[]; sequences: number[] }>(
      'SELECT * FROM ticket_document WHERE operation_id = $1',
      [outcome.operationId],
    );
    expect(rows).toHaveLength(item.documents.length);
    for (const { built, clients: receivers } of item.documents) {
      const row = rows.find(({ position }) => position === built.index);
      expect(row).toMatchObject({
        role: built.role,
        type: built.type,
        op_type: built.opType,
        trans_type: built.transType,
        number: built.number,
        ex_number: built.links.replaces ?? null,
        to_number: built.links.belongsTo ?? null,
        pnr: built.pnr ?? null,
        carrier: built.carrier ?? null,
        bytes: built.xml.length,
        clients: receivers,
      });
      expect(row?.xml.equals(built.xml)).toBe(true);
      expect(row?.sha256.equals(hash('sha256', built.xml, 'buffer'))).toBe(true);
      const queued = await bench.rows('SELECT client_id, seq FROM ticket_message WHERE document_id = $1 ORDER BY client_id', [
        row?.['document_id'] as string,
      ]);
      expect(queued).toEqual(receivers.map((client_id, n) => ({ client_id, seq: row?.sequences[n] })));
    }
    const [operation] = await bench.rows<{ control: unknown; body_sha256: Buffer; unrouted: number }>(
      'SELECT control, body_sha256, unrouted FROM ticket_operation WHERE operation_id = $1',
      [outcome.operationId],
    );
    expect(operation?.control).toEqual(JSON.parse(item.control));
    expect(operation?.body_sha256.equals(item.digest)).toBe(true);
    expect(operation?.unrouted).toBe(at % 4 === 0 ? item.documents.length : 0);
  }
});

test('each operation is told by one event, unrouted ones by one more, and receivers are woken by one notification', async () => {
  const heard = await bench.hear('vestnik_feed');
  await bench.events();
  const [routed, lonely] = await Promise.all(messages(2).map((message, at) => prepare(message, at === 0 ? clients.slice(1) : [])));
  if (!routed || !lonely) throw new Error('two operations were expected');
  await record([routed, lonely]);
  const events = await bench.events();
  expect(events.map(({ type }) => type)).toEqual(['operation.recorded', 'operation.recorded', 'operation.unrouted']);
  expect(events[0]?.data).toMatchObject({ id: routed.externalId, kind: routed.kind });
  expect(events[0]?.data).toMatchObject({
    documents: routed.documents.map(() => ({ clients: clients.slice(1).map((id) => `name-${id}`) })),
  });
  await expect.poll(() => heard).toHaveLength(1);
  expect(heard[0]?.split(',').map(Number).sort()).toEqual(clients.slice(1).sort());
});

test('when one operation of a flush cannot be stored, nothing of the flush is', async () => {
  const [good, bad] = await Promise.all([prepare(messages(1)[0]), prepare(messages(1)[0], [999_999])]);
  if (!good || !bad) throw new Error('two operations were expected');
  const counters = await bench.rows('SELECT * FROM ticket_mailbox ORDER BY client_id');
  await expect(record([good, bad])).rejects.toThrow('999999 has no mailbox');
  expect(await findStored(bench.database.work, [good, bad])).toEqual([undefined, undefined]);
  expect(await bench.rows('SELECT * FROM ticket_mailbox ORDER BY client_id')).toEqual(counters);
  expect((await record([good]))[0]?.status).toBe('created');
});

test('an operation whose history has moved on is stale, and so is the second one of a flush that rests on the same number', async () => {
  const [sale] = messages(1);
  const [stored] = await record([await prepare(sale)]);
  if (!stored || !('documents' in stored)) throw new Error('a stored sale was expected');
  const number = stored.documents[0]?.number ?? '';
  const refund = (id: string) =>
    prepare({
      id,
      kind: 'refund',
      time: '2026-11-22T12:00:00+03:00',
      system: { id: '1H' },
      deal: { agency: '17МОВ' },
      documents: [{ from: 'history', role: 'refunded', number }],
    });
  const [one, two, three] = await Promise.all([refund('stale-1'), refund('stale-2'), refund('stale-3')]);
  if (!one || !two || !three) throw new Error('three refunds were expected');
  expect((await record([one, two])).map(({ status }) => status).sort()).toEqual(['created', 'stale']);
  expect((await record([three])).map(({ status }) => status)).toEqual(['stale']);
});

test('flushes of two hubs with the same keys, numbers and mailboxes in opposite orders never lock each other out', async () => {
  const items = await Promise.all(messages(60).map((message) => prepare(message)));
  const [forwards, backwards] = await Promise.all([record(items), record([...items].reverse())]);
  const pairs = forwards.map((outcome, at) => [outcome.status, backwards.at(-1 - at)?.status].sort());
  for (const pair of pairs) expect(pair).toEqual(['created', 'duplicate']);
});

test('nothing in, nothing out', async () => {
  expect(await record([])).toEqual([]);
  expect(await findStored(bench.database.work, [])).toEqual([]);
});
