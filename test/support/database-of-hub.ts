import { type Database, openDatabase } from '../../hub/core/database/database.ts';
import { discardEmbedded } from '../../hub/core/database/discard-embedded.ts';
import { startEmbedded } from '../../hub/core/database/embedded.ts';
import { run, type Value } from '../../hub/core/database/statement.ts';

const RUN_AS = 'nobody';

/** Opens the embedded database of a running hub as a guest. */
export async function openDatabaseOf(hub: { readonly folder: string }): Promise<Database> {
  const guest = await startEmbedded({ dataFolder: hub.folder, runAs: RUN_AS });
  // Only the address is wanted: a guest would take the server over when its hub is killed.
  const { owner } = guest;
  await guest.stop();
  if (owner) throw new Error(`no hub runs on ${hub.folder}`);
  return openDatabase({ url: guest.url, poolSize: 3, queuePoolSize: 1, name: 'test' });
}

/** Removes a hub's data, its PostgreSQL included, also after kill -9 of the hub. */
export async function discardDataOf(hub: { readonly folder: string }): Promise<void> {
  if (!(await discardEmbedded({ dataFolder: hub.folder, runAs: RUN_AS }))) throw new Error(`${hub.folder} is in use`);
}

/** What does not add up in a database of tickets; every list is empty when all is well. */
export interface Inconsistencies {
  /** Clients whose sequences are not 1, 2, 3, ... up to their counter, each in the queue or in the history once. */
  readonly sequences: readonly { name: string; next: number; found: number; different: number; lowest: number; highest: number }[];
  /** External ids of operations that have not all of their documents. */
  readonly documents: readonly string[];
  /** Ids of documents that lack the message of one of their clients. */
  readonly messages: readonly string[];
  /** External ids of operations that have not exactly one event. */
  readonly events: readonly string[];
}

const list = async (database: Database, text: string, values: readonly Value[] = []): Promise<string[]> =>
  (await run<{ value: string }>(database.work, text, values)).rows.map((row) => row.value);

/** Compares operations, documents, messages, counters and events with each other. */
export async function findInconsistencies(database: Database): Promise<Inconsistencies> {
  const sequences = await run<Inconsistencies['sequences'][number]>(
    database.work,
    `SELECT name, next, found, different, lowest, highest FROM (
       SELECT c.name, b.next_seq AS next, count(m.seq) AS found, count(DISTINCT m.seq) AS different,
         COALESCE(min(m.seq), 1) AS lowest, COALESCE(max(m.seq), 0) AS highest
       FROM ticket_client c JOIN ticket_mailbox b USING (client_id)
       LEFT JOIN (SELECT client_id, seq FROM ticket_message UNION ALL SELECT client_id, seq FROM ticket_history) m USING (client_id)
       GROUP BY c.name, b.next_seq) counted
     WHERE NOT (found = next - 1 AND different = found AND highest = found AND lowest = 1)`,
  );
  return {
    sequences: sequences.rows,
    documents: await list(
      database,
      `SELECT external_id AS value FROM ticket_operation o
       WHERE json_array_length(control -> 'documents') <> (SELECT count(*) FROM ticket_document d WHERE d.operation_id = o.operation_id)`,
    ),
    messages: await list(
      database,
      `SELECT DISTINCT d.document_id AS value FROM ticket_document d, unnest(d.clients, d.sequences) AS sent (client_id, seq)
       WHERE NOT EXISTS (SELECT FROM ticket_message m WHERE m.client_id = sent.client_id AND m.seq = sent.seq AND m.document_id = d.document_id)
         AND NOT EXISTS (SELECT FROM ticket_history h WHERE h.client_id = sent.client_id AND h.seq = sent.seq AND h.document_id = d.document_id)`,
    ),
    events: await list(
      database,
      `SELECT o.external_id AS value FROM ticket_operation o
       LEFT JOIN (SELECT subject, count(*) AS told FROM event WHERE type = 'vestnik.tickets.operation.recorded' GROUP BY subject) e
         ON e.subject = o.operation_id::text
       WHERE told IS DISTINCT FROM 1`,
    ),
  };
}

export const CONSISTENT: Inconsistencies = { sequences: [], documents: [], messages: [], events: [] };
