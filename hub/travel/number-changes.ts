import type { Database } from '../core/database/database.ts';
import { changesUnnumbered, deleteOldChanges, lockNumbering, numberRows } from './sql/changes.ts';

/** Rows of one transaction. */
const BATCH = 5_000;

/**
 * Gives every committed row of the feed its seq. It is given after the commit of the change and by one transaction at a time, so a row never
 * comes to stand behind one that was read, in whatever order transactions commit; and who changes something after having seen another's
 * change stands behind it.
 */
export async function numberChanges(database: Database): Promise<void> {
  for (;;) {
    const [row] = await changesUnnumbered(database.work);
    if (!row?.waiting) return;
    await database.transaction(async (tx) => {
      await lockNumbering(tx);
      await numberRows(tx, BATCH);
    });
  }
}

/** Deletes rows of the feed older than this. @returns how many. */
export async function sweepChanges(database: Database, before: Temporal.Instant): Promise<number> {
  let swept = 0;
  for (;;) {
    const [row] = await deleteOldChanges(database.work, before, BATCH);
    swept += row?.deleted ?? 0;
    if ((row?.deleted ?? 0) < BATCH) return swept;
  }
}
