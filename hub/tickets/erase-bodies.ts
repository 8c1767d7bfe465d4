import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import {
  allClientIds,
  deleteDocuments,
  deleteOldHistory,
  deleteOldRejections,
  deleteOperations,
  eraseBodies,
  erasePersonal,
  lockDocuments,
  lockDocumentsOfOperations,
  lockOldDocuments,
  lockOldImports,
  oldOperations,
} from './sql/erase.ts';
import { lowestIdAt } from './time-id.ts';

/** An operation, with its idempotency key, is kept at least so long (spec 2.1); its control message is what `from: 'history'` reads. */
const LEAST_OPERATION_DAYS = 60;
const REJECTION_DAYS = 7;
const CHUNK = 1_000;
const NIL = '00000000-0000-0000-0000-000000000000';

export interface Erased {
  readonly bodies: number;
  readonly operations: number;
  readonly imports: number;
  readonly history: number;
  readonly rejections: number;
}

/** For `tickets.keepDays: 0`: erases the bodies of documents whose last message has just left its mailbox in this transaction. */
export async function eraseDeliveredBodies(tx: Transaction, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length === 0) return;
  const ids = [...new Set(documentIds)];
  await lockDocuments(tx, ids);
  await eraseBodies(tx, ids);
}

const daysBefore = (now: Temporal.Instant, days: number): Temporal.Instant => now.subtract({ hours: 24 * days });

type Page = (tx: Transaction, after: string, before: Temporal.Instant, bound: string, limit: number) => Promise<{ id: string }[]>;

/**
 * Walks up rows older than an instant by their ids, a chunk a transaction. Ids are made by a hub's clock and times by the database's, so a
 * page is bounded by both: a day of grace in the id, the exact instant in the row.
 * @returns how many rows `settle` says it has dealt with.
 */
async function walk(
  database: Database,
  before: Temporal.Instant,
  page: Page,
  settle: (tx: Transaction, ids: readonly string[]) => Promise<number>,
): Promise<number> {
  const bound = lowestIdAt(before.add({ hours: 24 }));
  let after = NIL;
  let total = 0;
  for (;;) {
    const ids = await database.transaction(async (tx) => {
      const rows = (await page(tx, after, before, bound, CHUNK)).map((row) => row.id);
      if (rows.length > 0) total += await settle(tx, rows);
      return rows;
    });
    const last = ids.at(-1);
    if (last === undefined || ids.length < CHUNK) return total;
    after = last;
  }
}

async function repeat(chunk: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await chunk();
    total += done;
    if (done < CHUNK) return total;
  }
}

/**
 * Erases what is kept longer than `tickets.keepDays`: bodies and PNR of documents, history; operations with the rest of their documents
 * after at least 60 days. What waits in a mailbox is never touched. Refused control messages are kept 7 days.
 * @param keepDays with 0 bodies are erased with their last message (eraseDeliveredBodies); what was missed is caught up with after a day.
 */
export async function eraseOldData(database: Database, { now, keepDays }: { now: Temporal.Instant; keepDays: number }): Promise<Erased> {
  const bodies = await walk(database, daysBefore(now, Math.max(keepDays, 1)), lockOldDocuments, async (tx, ids) => {
    return (await erasePersonal(tx, ids)).length;
  });
  const operationsBefore = daysBefore(now, Math.max(keepDays, LEAST_OPERATION_DAYS));
  const operations = await walk(database, operationsBefore, oldOperations, async (tx, ids) => {
    await lockDocumentsOfOperations(tx, ids);
    const [row] = await deleteOperations(tx, ids);
    return row?.deleted ?? 0;
  });
  const rowsBefore = daysBefore(now, keepDays === 0 ? LEAST_OPERATION_DAYS : keepDays);
  const imports = await walk(database, rowsBefore, lockOldImports, async (tx, ids) => {
    const [row] = await deleteDocuments(tx, ids);
    return row?.deleted ?? 0;
  });
  let history = 0;
  for (const { client_id } of await allClientIds(database.work)) {
    history += await repeat(async () => {
      const [row] = await database.transaction((tx) => deleteOldHistory(tx, client_id, rowsBefore, CHUNK));
      return row?.deleted ?? 0;
    });
  }
  const rejections = await repeat(async () => {
    const [row] = await database.transaction((tx) => deleteOldRejections(tx, daysBefore(now, REJECTION_DAYS), CHUNK));
    return row?.deleted ?? 0;
  });
  return { bodies, operations, imports, history, rejections };
}
