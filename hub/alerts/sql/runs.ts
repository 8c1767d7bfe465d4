import { statement } from '../../core/database/statement.ts';
import { TASK_STATUS } from '../kinds.ts';
import { RESULT } from '../result.ts';
import type { RunRow } from '../run.ts';

/** A task as its starts see it. */
export type TaskRow = {
  taskId: number;
  type: number;
  name: string;
  listId: number;
  listName: string;
  messageId: number;
  messageName: string;
  messageType: number;
  text: string;
  priority: number;
  channels: string;
  schedule: unknown;
  confirmation: unknown;
  settings: unknown;
  enabled: boolean;
  status: number;
  runs: number;
  nextStartAt: Temporal.Instant | null;
};

const TASK = `SELECT t.task_id AS "taskId", t.type, t.name, t.list_id AS "listId", l.name AS "listName", t.message_id AS "messageId", m.name AS "messageName",
  m.type AS "messageType", m.text, t.priority, t.channels, t.schedule, t.confirmation, t.settings, t.enabled, t.status, t.runs, t.next_start_at AS "nextStartAt"
  FROM alerts_task t JOIN alerts_list l USING (list_id) JOIN alerts_message m USING (message_id)
  WHERE t.task_id = $1 AND t.deleted_at IS NULL`;

/** Locked: starts, stops and edits of one task take turns. */
export const lockTask = statement<TaskRow>('alerts.lockTask', `${TASK} FOR UPDATE OF t`);

export const RUN = `SELECT run_id AS "runId", task_id AS "taskId", number, type, status, priority, channels, frozen, initiator, started_at AS "startedAt",
  ended_at AS "endedAt", total, shares FROM alerts_run`;

export const runsById = statement<RunRow>('alerts.runsById', `${RUN} WHERE run_id = ANY ($1::int[])`);
/** The last run of a task. */
export const lastRun = statement<RunRow>('alerts.lastRun', `${RUN} WHERE task_id = $1 ORDER BY number DESC LIMIT 1`);
/** Runs that are under way, the most urgent first. */
export const activeRuns = statement<RunRow>('alerts.activeRuns', `${RUN} WHERE status = ${TASK_STATUS.running} ORDER BY priority, run_id`);

export const insertRun = statement<{ runId: number; startedAt: Temporal.Instant }>(
  'alerts.insertRun',
  `INSERT INTO alerts_run (task_id, number, type, status, priority, channels, frozen, initiator) VALUES ($1, $2, $3, ${TASK_STATUS.running}, $4, $5, $6, $7)
   RETURNING run_id AS "runId", started_at AS "startedAt"`,
);
/** `$3` whether some of its people share attempts. */
export const setTotal = statement('alerts.setTotal', 'UPDATE alerts_run SET total = $2, shares = $3 WHERE run_id = $1');
/** `$3` whether it has ended. */
export const setRunStatus = statement(
  'alerts.setRunStatus',
  `UPDATE alerts_run SET status = $2::smallint, ended_at = CASE WHEN $3 THEN now() END, resumed_at = CASE WHEN $2::smallint = ${TASK_STATUS.running} THEN now() ELSE resumed_at END
   WHERE run_id = $1`,
);
/** `$3` number of the last run. */
export const setTaskStatus = statement('alerts.setTaskStatus', 'UPDATE alerts_task SET status = $2, runs = $3 WHERE task_id = $1');

/**
 * Ends what of a run has not ended, unless it is under way, or merged with somebody who is: they share what comes of it. Only who is merged is asked for his leader, by
 * number: as a join of targets with targets, planned before the table was analysed, it took a minute for 100,000.
 * Counts them, too. @returns how many there were
 */
export const cancelTargets = statement<{ cancelled: number }>(
  'alerts.cancelTargets',
  `WITH gone AS (
     UPDATE alerts_target t SET state = 'f', result = ${RESULT.cancelled}, due_at = NULL, last_at = now()
     WHERE t.run_id = $1 AND t.state IN ('r', 'l', 'm') AND (t.state <> 'm' OR NOT EXISTS (
       SELECT FROM alerts_target n WHERE n.run_id = t.run_id AND n.no = t.leader AND n.state::text IN ('u', 'w')))
     RETURNING t.no),
   counted AS (
     INSERT INTO alerts_run_count (run_id, shard, result, count) SELECT $1, 0, ${RESULT.cancelled}, count(*) FROM gone HAVING count(*) > 0
     ON CONFLICT (run_id, shard, result) DO UPDATE SET count = alerts_run_count.count + excluded.count)
   SELECT count(*)::int AS cancelled FROM gone`,
);

/** Runs that have nothing open any more, with their tasks locked, as starts and stops do it: run after task. One whose task is being changed is left to the next look. */
export const runsToEnd = statement<{ runId: number }>(
  'alerts.runsToEnd',
  `SELECT r.run_id AS "runId" FROM alerts_run r JOIN alerts_task k USING (task_id)
   WHERE r.status = ${TASK_STATUS.running} AND NOT EXISTS (SELECT FROM alerts_target t WHERE t.run_id = r.run_id AND t.state <> 'f')
   ORDER BY r.run_id FOR NO KEY UPDATE OF k SKIP LOCKED`,
);

/** How many targets of runs have come to which result. */
export const runCounts = statement<{ runId: number; result: number; count: number }>(
  'alerts.runCounts',
  `SELECT run_id AS "runId", result, sum(count)::int AS count FROM alerts_run_count WHERE run_id = ANY ($1::int[]) GROUP BY run_id, result`,
);

/** A task whose start by the schedule has come. */
export type DueTaskRow = { taskId: number; name: string; schedule: unknown; nextStartAt: Temporal.Instant; nextLocal: string };
/** Tasks whose time has come, but for these (`$3`), locked; one that another hub looks at is left to it. */
export const dueTasks = statement<DueTaskRow>(
  'alerts.dueTasks',
  `SELECT task_id AS "taskId", name, schedule, next_start_at AS "nextStartAt", next_local AS "nextLocal" FROM alerts_task
   WHERE next_start_at <= $1 AND deleted_at IS NULL AND enabled AND task_id <> ALL ($3::int[]) ORDER BY next_start_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
);
export const setNextStart = statement(
  'alerts.setNextStart',
  'UPDATE alerts_task SET next_start_at = $2, next_local = $3 WHERE task_id = $1',
);
/** @returns nothing when this occurrence was there already. */
export const insertOccurrence = statement<{ task: number }>(
  'alerts.insertOccurrence',
  'INSERT INTO alerts_occurrence (task_id, local_time) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING task_id AS task',
);
export const settleOccurrenceRow = statement(
  'alerts.settleOccurrence',
  'UPDATE alerts_occurrence SET run_id = $3, skipped = $4 WHERE task_id = $1 AND local_time = $2',
);
