import type { Database } from '../core/database/database.ts';
import { deleteEndedBefore } from '../core/deliveries/log.ts';
import type { AlertsSettings } from './settings.ts';
import { dropUnusedContents, lockFiles } from './sql/files.ts';
import {
  deleteForgottenTasks,
  deleteOldLog,
  deleteOldMatches,
  deleteRun,
  deleteTargets,
  everyChannelGroup,
  oldRuns,
} from './sql/retention.ts';

/** Rows of one statement: none holds the database up. */
const ROWS = 5_000;
const RUNS = 100;
/** Days for which the engine's own log of deliveries is kept; what came of attempts is in the runs. */
const DELIVERY_DAYS = 7;

export interface Expired {
  readonly runs: number;
  readonly tasks: number;
  readonly lines: number;
  readonly matches: number;
  readonly deliveries: number;
  /** Contents of files. */
  readonly contents: number;
}

/** Repeats a deletion while it finds as much as it may take. @returns how much went in all */
async function whole(isStopped: () => boolean, most: number, step: () => Promise<number>): Promise<number> {
  let all = 0;
  for (let deleted = most; deleted >= most && !isStopped(); all += deleted) deleted = await step();
  return all;
}

async function expireRuns(database: Database, days: number, isStopped: () => boolean): Promise<number> {
  return whole(isStopped, RUNS, async () => {
    const old = await oldRuns(database.work, days, RUNS);
    for (const { runId } of old) {
      await whole(isStopped, ROWS, async () => (await deleteTargets(database.work, runId, ROWS))[0]?.deleted ?? 0);
      if (isStopped()) return 0;
      await deleteRun(database.work, runId);
    }
    return old.length;
  });
}

async function expireDeliveries(database: Database, now: Temporal.Instant, isStopped: () => boolean): Promise<number> {
  const until = now.subtract({ hours: DELIVERY_DAYS * 24 });
  let all = 0;
  for (const { groupId } of await everyChannelGroup(database.work)) {
    all += await whole(isStopped, ROWS, async () => {
      const { deleted } = await database.transaction((tx) => deleteEndedBefore(tx, 'alerts', groupId, { after: 0, until, limit: ROWS }));
      return deleted.length;
    });
  }
  return all;
}

/**
 * Deletes what has been kept for long enough (specification of alerts 6.7): runs with all that came of them, deleted tasks without runs, lines of the log, what
 * came of rules, deliveries of the engine, sounds that only ended runs had. In small groups, each a transaction of its own.
 * @param isStopped true ends it after the group under way
 */
export async function expire(
  database: Database,
  { reportDays, logDays }: Pick<AlertsSettings, 'reportDays' | 'logDays'>,
  now: Temporal.Instant,
  isStopped: () => boolean = () => false,
): Promise<Expired> {
  const runs = await expireRuns(database, reportDays, isStopped);
  const tasks = await whole(isStopped, RUNS, async () => (await deleteForgottenTasks(database.work, reportDays, RUNS))[0]?.deleted ?? 0);
  const lines = await whole(isStopped, ROWS, async () => (await deleteOldLog(database.work, logDays, ROWS))[0]?.deleted ?? 0);
  const matches = await whole(isStopped, ROWS, async () => (await deleteOldMatches(database.work, logDays, ROWS))[0]?.deleted ?? 0);
  const deliveries = await expireDeliveries(database, now, isStopped);
  const contents = await database.transaction(async (tx) => {
    await lockFiles(tx);
    return (await dropUnusedContents(tx))[0]?.deleted ?? 0;
  });
  return { runs, tasks, lines, matches, deliveries, contents };
}
