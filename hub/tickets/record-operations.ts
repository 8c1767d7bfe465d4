import { randomUUIDv7 } from 'node:crypto';
import type { Transaction } from '../core/database/statement.ts';
import { type NewEvent, publish } from '../core/events/publish.ts';
import type { Warning } from './control/faults.ts';
import { findStored, type OperationKey, type RecordedDocument, type StoredOperation } from './find-stored.ts';
import { FEED_WAKE, WAKE_IDS } from './notifications.ts';
import {
  type DocumentRow,
  insertDocuments,
  insertMessages,
  insertOperations,
  lockNumbers,
  newestDocuments,
  takeSequences,
} from './sql/record.ts';
import type { BuiltDocument } from './xml/writer.ts';

/** What an operation completed from history rests on: the newest stored act on a number, as it was when it was read. */
export interface HistoryBasis {
  readonly number: string;
  /** Document id, or undefined when there was none. */
  readonly newest: string | undefined;
}

/** An operation that has passed every check, with its files and their receivers; ready to be stored. */
export interface PreparedOperation extends OperationKey {
  readonly kind: string;
  /** RFC 3339. */
  readonly occurredAt: string;
  readonly receivedBy: string;
  /** The completed control message as JSON text. */
  readonly control: string;
  readonly warnings: readonly Warning[];
  /** In the order of mailboxes, each with the ids of the clients that receive it. */
  readonly documents: readonly { readonly built: BuiltDocument; readonly clients: readonly number[] }[];
  readonly basis: readonly HistoryBasis[];
}

/**
 * created: stored by this call. duplicate: stored before with the same content. conflict: stored before with other content; nothing was
 * changed. stale: the history it was completed from has moved on; complete it again.
 */
export type RecordOutcome = ({ readonly status: 'created' | 'duplicate' } & StoredOperation) | { readonly status: 'conflict' | 'stale' };

interface Entry {
  readonly item: PreparedOperation;
  readonly index: number;
  readonly operationId: string;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order in which keys are locked, the same on every hub. */
const compareKeys = (a: Entry, b: Entry): number =>
  compare(a.item.source, b.item.source) || compare(a.item.externalId, b.item.externalId) || a.index - b.index;

/** Marks the entries whose history has moved on since it was read. Holds locks on their numbers until the commit. */
async function findStale(tx: Transaction, entries: readonly Entry[]): Promise<Set<Entry>> {
  const resting = entries.filter(({ item }) => item.basis.length > 0);
  if (resting.length === 0) return new Set();
  const pairs = resting.flatMap(({ item }) => item.basis.map(({ number }) => ({ source: item.source, number })));
  await lockNumbers(
    tx,
    pairs.map(({ source, number }) => `${source} ${number}`),
  );
  const rows = await newestDocuments(
    tx,
    pairs.map(({ source }) => source),
    pairs.map(({ number }) => number),
  );
  const newest = new Map(rows.map((row) => [`${row.source} ${row.number}`, row.document_id]));
  // Two operations of one flush that rest on one number: the second one is completed again after the first.
  const taken = new Set<string>();
  const stale = new Set<Entry>();
  for (const entry of resting) {
    const keys = entry.item.basis.map(({ number }) => `${entry.item.source} ${number}`);
    const moved = entry.item.basis.some(({ newest: expected }, at) => newest.get(keys[at] as string) !== expected);
    if (moved || keys.some((key) => taken.has(key))) stale.add(entry);
    else for (const key of keys) taken.add(key);
  }
  return stale;
}

async function insertNew(tx: Transaction, entries: readonly Entry[]): Promise<Set<string>> {
  const rows = await insertOperations(
    tx,
    entries.map(({ item, operationId }) => [
      operationId,
      item.source,
      item.externalId,
      item.digest,
      item.kind,
      item.occurredAt,
      item.receivedBy,
      item.control,
      item.warnings.length > 0 ? JSON.stringify(item.warnings) : null,
      item.documents.filter(({ clients }) => clients.length === 0).length,
    ]),
  );
  return new Set(rows.map((row) => row.operation_id));
}

/** Takes the sequences of every mailbox that receives something; answers a function that hands them out in order. */
async function openMailboxes(tx: Transaction, entries: readonly Entry[]): Promise<{ next(client: number): number; clients: number[] }> {
  const counts = new Map<number, number>();
  for (const { item } of entries) {
    for (const { clients } of item.documents) for (const client of clients) counts.set(client, (counts.get(client) ?? 0) + 1);
  }
  const clients = [...counts.keys()];
  const rows = clients.length > 0 ? await takeSequences(tx, clients, [...counts.values()]) : [];
  const sequences = new Map(rows.map((row) => [row.client_id, row.first]));
  return {
    clients,
    next(client) {
      const sequence = sequences.get(client);
      if (sequence === undefined) throw new Error(`client ${client} has no mailbox`);
      sequences.set(client, sequence + 1);
      return sequence;
    },
  };
}

function eventsOf(entry: Entry, documents: readonly RecordedDocument[], nameOf: (client: number) => string): NewEvent[] {
  const { item, operationId } = entry;
  const recorded: NewEvent = {
    type: 'vestnik.tickets.operation.recorded',
    subject: operationId,
    data: {
      operationId,
      source: item.source,
      id: item.externalId,
      kind: item.kind,
      time: item.occurredAt,
      documents: item.documents.map(({ built, clients }, index) => ({
        documentId: documents[index]?.documentId,
        type: built.type,
        opType: built.opType,
        transType: built.transType,
        number: built.number,
        clients: clients.map(nameOf),
      })),
      ...(item.warnings.length > 0 && { warnings: item.warnings.map(({ code }) => code) }),
    },
  };
  const unrouted = documents.filter(({ clients }) => clients.length === 0);
  if (unrouted.length === 0) return [recorded];
  return [
    recorded,
    {
      type: 'vestnik.tickets.operation.unrouted',
      subject: operationId,
      data: {
        operationId,
        source: item.source,
        id: item.externalId,
        documents: unrouted.map(({ documentId, type, number }) => ({ documentId, type, number })),
      },
    },
  ];
}

/** Payloads that wake the waiting pulls of these clients on every hub, after the commit. One notification for many clients. */
function wakesOf(clients: readonly number[]): string[] {
  const payloads: string[] = [];
  for (let start = 0; start < clients.length; start += WAKE_IDS) payloads.push(clients.slice(start, start + WAKE_IDS).join(','));
  return payloads;
}

/** Writes documents, messages and events of new operations. Fixed order of locks: keys, counters; so no deadlocks. */
async function writeNew(
  tx: Transaction,
  entries: readonly Entry[],
  options: { queueDays: number; nameOf: (client: number) => string },
): Promise<Map<Entry, RecordedDocument[]>> {
  const mailboxes = await openMailboxes(tx, entries);
  const now = Temporal.Now.instant();
  const rows: DocumentRow[] = [];
  const clients: number[] = [];
  const numbers: number[] = [];
  const messageIds: string[] = [];
  const documentIds: string[] = [];
  const sizes: number[] = [];
  const recorded = new Map<Entry, RecordedDocument[]>();
  const events: NewEvent[] = [];
  for (const entry of entries) {
    const documents: RecordedDocument[] = [];
    for (const { built, clients: receivers } of entry.item.documents) {
      const documentId = randomUUIDv7();
      const taken = receivers.map((client) => mailboxes.next(client));
      for (const [at, client] of receivers.entries()) {
        clients.push(client);
        numbers.push(taken[at] as number);
        messageIds.push(randomUUIDv7());
        documentIds.push(documentId);
        sizes.push(built.xml.length);
      }
      rows.push([
        documentId,
        entry.operationId,
        built.index,
        built.role,
        built.type,
        built.opType,
        built.transType,
        built.number,
        built.links.replaces ?? null,
        built.links.belongsTo ?? null,
        built.pnr ?? null,
        built.carrier ?? null,
        receivers,
        taken,
        built.sha256,
        built.xml.length,
        now,
        built.xml,
      ]);
      documents.push({ documentId, position: built.index, type: built.type, number: built.number, clients: receivers });
    }
    recorded.set(entry, documents);
    events.push(...eventsOf(entry, documents, options.nameOf));
  }
  await insertDocuments(tx, rows);
  if (clients.length > 0) {
    const wakes = wakesOf(mailboxes.clients);
    await insertMessages(tx, clients, numbers, messageIds, documentIds, sizes, options.queueDays, FEED_WAKE, wakes);
  }
  await publish(tx, ...events);
  return recorded;
}

/**
 * Stores many operations in one transaction: the operation, its documents, one message a client and document, and the events. Either all of
 * an operation is there after the commit or nothing.
 * @returns one outcome an item, in the order given.
 */
export async function recordOperations(
  tx: Transaction,
  items: readonly PreparedOperation[],
  options: {
    /** Days a message waits in a mailbox. */
    queueDays: number;
    /** The name of a client, for events. */
    nameOf: (client: number) => string;
  },
): Promise<RecordOutcome[]> {
  const entries = items.map((item, index): Entry => ({ item, index, operationId: randomUUIDv7() })).sort(compareKeys);
  const stale = await findStale(tx, entries);
  const fit = entries.filter((entry) => !stale.has(entry));
  const inserted = await insertNew(tx, fit);
  const fresh = fit.filter(({ operationId }) => inserted.has(operationId)).sort((a, b) => a.index - b.index);
  const recorded = fresh.length > 0 ? await writeNew(tx, fresh, options) : new Map<Entry, readonly RecordedDocument[]>();
  const repeated = fit.filter(({ operationId }) => !inserted.has(operationId));
  const stored = await findStored(
    tx,
    repeated.map(({ item }) => item),
  );
  const outcomes = items.map((): RecordOutcome => ({ status: 'stale' }));
  for (const [entry, documents] of recorded) {
    outcomes[entry.index] = { status: 'created', operationId: entry.operationId, documents, warnings: entry.item.warnings };
  }
  for (const [at, entry] of repeated.entries()) {
    const outcome = stored[at];
    if (!outcome) throw new Error('an operation was neither inserted nor found');
    outcomes[entry.index] = outcome;
  }
  return outcomes;
}
