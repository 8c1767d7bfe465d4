import type { Database } from '../core/database/database.ts';
import { deleteEndedBefore } from '../core/deliveries/log.ts';
import { sweepResendJobs } from './sql/resend-jobs.ts';
import { deleteOldBodies, deleteResends, logDays } from './sql/retention.ts';

/** Blocks and deliveries of one statement: none holds the database up. */
const BLOCKS = 200;
const ROWS = 5_000;

/**
 * Deletes what has been kept for long enough: bodies by the time they were stored for, rows of the log by their endpoint's present setting
 * (spec 6.12). In small groups, each a transaction of its own.
 * @param stopped true ends it after the group under way.
 */
export async function expireLog(database: Database, stopped: () => boolean = () => false): Promise<{ bodies: number; deliveries: number }> {
  let bodies = 0;
  for (let deleted = BLOCKS; deleted === BLOCKS && !stopped(); bodies += deleted)
    deleted = (await deleteOldBodies(database.work, BLOCKS)).length;
  let deliveries = 0;
  for (const { endpointId, until } of await logDays(database.work)) {
    let after = 0;
    for (let more = true; more && !stopped(); ) {
      const group = await database.transaction(async (tx) => {
        const done = await deleteEndedBefore(tx, 'callbacks', endpointId, { after, until, limit: ROWS });
        await deleteResends(tx, done.deleted);
        return done;
      });
      deliveries += group.deleted.length;
      after = group.last ?? after;
      // Ids are nearly in the order of time: after a group without an old one there are none.
      more = group.looked === ROWS && group.deleted.length > 0;
    }
  }
  await sweepResendJobs(database.work);
  return { bodies, deliveries };
}
