import { randomUUIDv7 } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Finding } from '@vestnik/protocol/reader/finding.ts';
import { readTickets } from '@vestnik/protocol/reader/read-tickets.ts';
import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { needClient } from './find-client.ts';
import { type ImportedDocument, importedDocument } from './imported-document.ts';
import { FEED_WAKE } from './notifications.ts';
import { digestsOfNumbers, insertImportedHistory, insertImportedMessages, lockImports } from './sql/import.ts';
import { raiseFloor } from './sql/leave.ts';
import { notify } from './sql/notify.ts';
import { advanceMailboxes, type DocumentRow, insertDocuments, lockMailboxes } from './sql/record.ts';

/** One file to import: its bytes, or why it could not be had. `name` is only shown. */
export type ImportSource = { readonly name: string; readonly bytes: Uint8Array } | { readonly name: string; readonly why: string };

export interface ImportInput {
  readonly files: AsyncIterable<ImportSource> | Iterable<ImportSource>;
  /** Whose history the documents become; without it they are only stored. */
  readonly client?: string | undefined;
  /** Queue them for the client as new messages instead. */
  readonly queue?: boolean | undefined;
  /** `tickets.queueDays` */
  readonly queueDays: number;
}

/** What became of one file. */
export interface ImportedFile {
  readonly name: string;
  /** Documents that were read in it. */
  readonly documents: number;
  readonly imported: number;
  /** Passed over: this very document is stored already. */
  readonly known: number;
  /** Passed over: larger than a message may be. */
  readonly tooLarge: number;
  /** Why the file as a whole was not read. */
  readonly why?: string;
  readonly findings: readonly Finding[];
}

export type ImportTotals = Record<'files' | 'unread' | 'documents' | 'imported' | 'known' | 'tooLarge' | 'errors' | 'warnings', number>;

/** A transaction takes so much at once, at the end of a file. */
const BATCH_DOCUMENTS = 500;
const BATCH_BYTES = 4 * 1024 * 1024;
/** Most of one XML file, as in ingest (spec 2.1). */
const LARGEST = 1024 * 1024;

type Entry = { -readonly [K in keyof ImportedFile]: ImportedFile[K] };
type Pending = { readonly document: ImportedDocument; readonly file: Entry };

async function targetOf(tx: Transaction, { client: name, queue }: ImportInput): Promise<number | undefined> {
  if (name === undefined) return undefined;
  const client = await needClient(tx, name, 'lock');
  if (queue === true && client.state === 'closed') {
    throw new HubError('CONFLICT', `the client ${name} is closed; open it, or import without queueing`);
  }
  return client.clientId;
}

/** Documents that are not stored yet, each once. */
async function unknownOf(tx: Transaction, pending: readonly Pending[]): Promise<Pending[]> {
  const numbers = [...new Set(pending.map(({ document }) => document.number))];
  const known = new Set((await digestsOfNumbers(tx, numbers)).map((row) => row.sha256));
  return pending.filter(({ document, file }) => {
    const digest = document.sha256.toString('hex');
    if (known.has(digest)) {
      file.known += 1;
      return false;
    }
    known.add(digest);
    return true;
  });
}

async function store(tx: Transaction, pending: readonly Pending[], input: ImportInput): Promise<void> {
  // Two imports of the same files at once would both find a document unknown.
  await lockImports(tx);
  const clientId = await targetOf(tx, input);
  const fresh = await unknownOf(tx, pending);
  for (const { file } of fresh) file.imported += 1;
  if (fresh.length === 0) return;
  const clients = clientId === undefined ? [] : [clientId];
  let first = 0;
  if (clientId !== undefined) {
    const [mailbox] = await lockMailboxes(tx, clients);
    if (!mailbox) throw new Error(`client ${clientId} has no mailbox`);
    first = mailbox.next_seq;
    await advanceMailboxes(tx, clients, [first + fresh.length]);
  }
  const now = Temporal.Now.instant();
  const ids = fresh.map(() => randomUUIDv7());
  const rows = fresh.map(({ document: d }, at): DocumentRow => {
    const standing = [ids[at] ?? '', null, at, d.role, d.type, d.opType, d.transType, d.number, d.exNumber, d.toNumber, d.pnr] as const;
    return [...standing, d.carrier, clients, clientId === undefined ? [] : [first + at], d.sha256, d.xml.length, now, d.xml];
  });
  await insertDocuments(tx, rows);
  if (clientId === undefined) return;
  const messages = fresh.map(() => randomUUIDv7());
  if (input.queue === true) {
    const bytes = fresh.map(({ document }) => document.xml.length);
    await insertImportedMessages(tx, clientId, first, ids, messages, bytes, input.queueDays);
    await notify(tx, FEED_WAKE, String(clientId));
  } else {
    await insertImportedHistory(tx, clientId, first, ids, messages);
    await raiseFloor(tx, clientId);
  }
}

function readSource(source: ImportSource): { file: Entry; documents: ImportedDocument[] } {
  const file: Entry = { name: source.name, documents: 0, imported: 0, known: 0, tooLarge: 0, findings: [] };
  if ('why' in source) return { file: { ...file, why: source.why }, documents: [] };
  const result = readTickets(source.bytes, source.name);
  const documents = result.documents.map(importedDocument).filter(({ xml }) => xml.length <= LARGEST);
  file.documents = result.documents.length;
  file.tooLarge = result.documents.length - documents.length;
  file.findings = result.findings;
  return { file, documents };
}

function addTo(totals: ImportTotals, file: Entry): void {
  totals.files += 1;
  if (file.why !== undefined) totals.unread += 1;
  for (const field of ['documents', 'imported', 'known', 'tooLarge'] as const) totals[field] += file[field];
  totals.errors += file.findings.filter(({ severity }) => severity === 'error').length;
  totals.warnings += file.findings.filter(({ severity }) => severity === 'warning').length;
}

/**
 * Imports files that were delivered elsewhere or before (spec 8): reads them with the tolerant reader, makes of every TICKET a document of its
 * own in UTF-8, passes over those whose digest is stored, and files the rest as history of the client or queues them. A batch of files is a
 * transaction; an import that was broken off is simply repeated.
 * @param onFile told of each file after its documents are stored, in order.
 * @throws HubError NOT_FOUND (client), CONFLICT (queueing for a closed client), VALIDATION (queueing without a client).
 */
export async function importFiles(
  database: Database,
  caller: Caller,
  input: ImportInput,
  onFile: (file: ImportedFile) => void = () => undefined,
): Promise<ImportTotals> {
  if (input.queue === true && input.client === undefined) throw new HubError('VALIDATION', 'queueing needs a client to queue for');
  const object = input.client ?? 'documents';
  // A wrong client is told before anything is read, and the audit knows of an import that is broken off after some of its batches.
  await database.transaction(async (tx) => {
    await targetOf(tx, input);
    await audit(tx, caller, { action: 'tickets.import.start', object, after: { queue: input.queue === true } });
  });
  const totals: ImportTotals = { files: 0, unread: 0, documents: 0, imported: 0, known: 0, tooLarge: 0, errors: 0, warnings: 0 };
  let files: Entry[] = [];
  let pending: Pending[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const batch = pending;
    if (batch.length > 0) await database.transaction((tx) => store(tx, batch, input));
    for (const file of files) {
      addTo(totals, file);
      onFile(file);
    }
    [files, pending, bytes] = [[], [], 0];
  };
  for await (const source of input.files) {
    const { file, documents } = readSource(source);
    files.push(file);
    for (const document of documents) {
      pending.push({ document, file });
      bytes += document.xml.length;
    }
    if (pending.length >= BATCH_DOCUMENTS || bytes >= BATCH_BYTES || files.length >= BATCH_DOCUMENTS) await flush();
    // Reading is work without a pause; requests of clients come in between.
    await nextTurn();
  }
  await flush();
  const about = { queue: input.queue === true, ...totals };
  await database.transaction(async (tx) => {
    await audit(tx, caller, { action: 'tickets.import', object, after: about });
    await publish(tx, {
      type: 'vestnik.tickets.import.finished',
      ...(input.client !== undefined && { subject: input.client }),
      data: { ...(input.client !== undefined && { client: input.client }), ...about, by: caller.login },
    });
  });
  return totals;
}
