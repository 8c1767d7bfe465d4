import { hash, randomBytes, randomUUIDv7 } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { createTestDatabase } from '../../../../test/support/database.ts';
import type { Database } from '../../../core/database/database.ts';
import { run, type Value } from '../../../core/database/statement.ts';
import { type Authority, openAuthority } from '../../../core/identity/authority.ts';
import type { Caller } from '../../../core/identity/caller.ts';
import { createSecretKey } from '../../../core/identity/secret-key.ts';
import { type AddClientInput, addClient } from '../../add-client.ts';
import { FEED_WAKE } from '../../notifications.ts';
import type { Client } from '../../sql/clients.ts';
import { advanceMailboxes, insertDocuments, insertMessages, lockMailboxes } from '../../sql/record.ts';

/** The operator of the tests, with every right. */
export const ALICE: Caller = { login: 'alice', rights: ['*'], face: 'rest', address: '192.0.2.7', requestId: 'r-1' };

export interface Workbench {
  readonly url: string;
  readonly database: Database;
  readonly authority: Authority;
  rows<R extends QueryResultRow>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** Adds a client; without more it subscribes to everything. */
  client(input: Partial<AddClientInput> & { name: string }): Promise<Client>;
  /** Types of the events published since the last call, with their data. */
  events(): Promise<{ type: string; subject: string | null; data: Record<string, unknown> }[]>;
  /** The audit rows written since the last call. */
  audits(): Promise<{ login: string; action: string; object: string; before: unknown; after: unknown; reason: string | null }[]>;
  /** Collects the payloads of a notification channel from now on. */
  hear(channel: string): Promise<string[]>;
  drop(): Promise<void>;
}

export async function openWorkbench(): Promise<Workbench> {
  const test = await createTestDatabase();
  const { database } = test;
  const authority = await openAuthority({ database, secretKey: createSecretKey(randomBytes(32)) });
  let seenEvent = 0;
  let seenAudit = 0;
  const rows = async <R extends QueryResultRow>(text: string, values: readonly Value[] = []): Promise<R[]> =>
    (await run<R>(database.work, text, values)).rows;
  return {
    url: test.url,
    database,
    authority,
    rows,
    client: ({ title = 'Party', subscriptions = [{ everything: true }], ...input }) =>
      database.transaction((tx) => addClient(tx, ALICE, { title, subscriptions, ...input })),
    async events() {
      const found = await rows<{ id: number; type: string; subject: string | null; data: Record<string, unknown> }>(
        'SELECT id, type, subject, data FROM event WHERE id > $1 ORDER BY id',
        [seenEvent],
      );
      seenEvent = found.at(-1)?.id ?? seenEvent;
      return found.map(({ type, subject, data }) => ({ type: type.replace('vestnik.tickets.', ''), subject, data }));
    },
    async audits() {
      const found = await rows<{
        id: number;
        login: string;
        action: string;
        object: string;
        before: unknown;
        after: unknown;
        reason: string | null;
      }>('SELECT id, login, action, object, before, after, reason FROM audit WHERE id > $1 ORDER BY id', [seenAudit]);
      seenAudit = found.at(-1)?.id ?? seenAudit;
      return found.map(({ id: _, ...entry }) => entry);
    },
    async hear(channel) {
      const payloads: string[] = [];
      await new Promise<void>((resolve) => {
        database.listener.subscribe(channel, { notify: (payload) => payloads.push(payload), resync: resolve });
      });
      return payloads;
    },
    drop: test.drop,
  };
}

export interface MadeDocument {
  readonly documentId: string;
  readonly number: string;
  /** Sequence in the mailbox of each client. */
  readonly sequences: readonly number[];
}

/** Stores documents as ingest does, in one transaction: sequences under the lock of the mailboxes, a message a client. */
export async function storeDocuments(
  database: Database,
  clients: readonly Client[],
  numbers: readonly string[],
  about: {
    exNumber?: string;
    toNumber?: string;
    pnr?: string;
    operationId?: string;
    type?: string;
    opType?: string;
    transType?: string;
  } = {},
): Promise<MadeDocument[]> {
  return database.transaction(async (tx) => {
    const ids = clients.map((client) => client.clientId);
    const counters = new Map((await lockMailboxes(tx, ids)).map((row) => [row.client_id, row.next_seq]));
    await advanceMailboxes(
      tx,
      ids,
      ids.map((id) => (counters.get(id) ?? 0) + numbers.length),
    );
    const made = numbers.map((number, index) => {
      const documentId = randomUUIDv7();
      const xml = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<TICKETS><TICKET><BSONUM>${number}</BSONUM></TICKET></TICKETS>\n`);
      return { documentId, number, xml, sequences: ids.map((id) => (counters.get(id) ?? 0) + index) };
    });
    await insertDocuments(
      tx,
      made.map(({ documentId, number, xml, sequences }, index) => [
        documentId,
        about.operationId ?? null,
        index,
        'issued',
        about.type ?? 'ETICKET',
        about.opType ?? 'SALE',
        about.transType ?? 'SALE',
        number,
        about.exNumber ?? null,
        about.toNumber ?? null,
        about.pnr ?? null,
        'S7',
        ids,
        sequences,
        hash('sha256', xml, 'buffer'),
        xml.length,
        Temporal.Now.instant(),
        xml,
      ]),
    );
    const messages = made.flatMap((document) => ids.map((id, at) => ({ id, seq: document.sequences[at] ?? 0, document })));
    await insertMessages(
      tx,
      messages.map(({ id }) => id),
      messages.map(({ seq }) => seq),
      messages.map(() => randomUUIDv7()),
      messages.map(({ document }) => document.documentId),
      messages.map(({ document }) => document.xml.length),
      30,
      FEED_WAKE,
      [],
    );
    return made.map(({ xml: _, ...document }) => document);
  });
}

/** Delivers everything queued for a client up to a sequence, as an acknowledgement does. */
export async function deliver(database: Database, client: Client, through: number): Promise<void> {
  await run(
    database.work,
    `WITH gone AS (DELETE FROM ticket_message WHERE client_id = $1 AND seq <= $2 RETURNING *)
     INSERT INTO ticket_history (client_id, seq, message_id, document_id, replay, enqueued_at, outcome)
     SELECT client_id, seq, message_id, document_id, replay, enqueued_at, 'delivered' FROM gone`,
    [client.clientId, through],
  );
}
