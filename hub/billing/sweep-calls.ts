import type { Database } from '../core/database/database.ts';
import { deleteOldCalls } from './sql/call-journal.ts';

/** What the journal keeps. */
export interface JournalKeep {
  readonly hours: number;
  /** Calls of each integration. */
  readonly calls: number;
}

/** Removes calls from the journal that are too old or too many. @returns how many */
export async function sweepCalls(database: Pick<Database, 'work'>, { hours, calls }: JournalKeep, now: Temporal.Instant): Promise<number> {
  const [row] = await deleteOldCalls(database.work, now.subtract({ hours }), calls);
  return row?.deleted ?? 0;
}
