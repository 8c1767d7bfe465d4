import { statement } from '../../core/database/statement.ts';

/** Runs that ended `$1` days ago and more, the oldest first: `$2` at most. */
export const oldRuns = statement<{ runId: number }>(
  'alerts.oldRuns',
  `SELECT run_id AS "runId" FROM alerts_run WHERE ended_at < now() - make_interval(days => $1) ORDER BY run_id LIMIT $2`,
);

/** Deletes targets of a run with their attempts and parts, `$2` at most. @returns how many targets went */
export const deleteTargets = statement<{ deleted: number }>(
  'alerts.deleteTargets',
  `WITH old AS MATERIALIZED (SELECT no FROM alerts_target WHERE run_id = $1 ORDER BY no LIMIT $2),
   attempts AS (DELETE FROM alerts_attempt a USING old o WHERE a.run_id = $1 AND a.no = o.no RETURNING a.attempt_id),
   parts AS (DELETE FROM alerts_part p USING attempts a WHERE p.attempt_id = a.attempt_id),
   gone AS (DELETE FROM alerts_target t USING old o WHERE t.run_id = $1 AND t.no = o.no RETURNING t.no)
   SELECT count(*)::int AS deleted FROM gone`,
);

/** Deletes a run of which nothing is left but itself; the occurrence that made it goes with it. */
export const deleteRun = statement(
  'alerts.deleteRun',
  `WITH counts AS (DELETE FROM alerts_run_count WHERE run_id = $1), occurrences AS (DELETE FROM alerts_occurrence WHERE run_id = $1)
   DELETE FROM alerts_run WHERE run_id = $1`,
);

/** Deletes tasks that operators have deleted and of which no run is left, nor a rule that names them. */
export const deleteForgottenTasks = statement<{ deleted: number }>(
  'alerts.deleteForgottenTasks',
  `WITH old AS MATERIALIZED (
     SELECT t.task_id FROM alerts_task t WHERE t.deleted_at < now() - make_interval(days => $1)
       AND NOT EXISTS (SELECT FROM alerts_run r WHERE r.task_id = t.task_id) AND NOT EXISTS (SELECT FROM alerts_rule u WHERE u.task_id = t.task_id)
     ORDER BY t.task_id LIMIT $2),
   occurrences AS (DELETE FROM alerts_occurrence o USING old WHERE o.task_id = old.task_id),
   gone AS (DELETE FROM alerts_task t USING old WHERE t.task_id = old.task_id RETURNING t.task_id)
   SELECT count(*)::int AS deleted FROM gone`,
);

/** Deletes lines of the operators' log, and what came of rules, of `$1` days ago and more, `$2` at most of each. @returns how many lines went */
export const deleteOldLog = statement<{ deleted: number }>(
  'alerts.deleteOldLog',
  `WITH gone AS (
     DELETE FROM alerts_log WHERE log_id IN (SELECT log_id FROM alerts_log WHERE at < now() - make_interval(days => $1) ORDER BY at, log_id LIMIT $2)
     RETURNING log_id)
   SELECT count(*)::int AS deleted FROM gone`,
);
export const deleteOldMatches = statement<{ deleted: number }>(
  'alerts.deleteOldMatches',
  `WITH gone AS (
     DELETE FROM alerts_rule_match WHERE (rule_id, event_id) IN (
       SELECT rule_id, event_id FROM alerts_rule_match WHERE at < now() - make_interval(days => $1) LIMIT $2) RETURNING event_id)
   SELECT count(*)::int AS deleted FROM gone`,
);

/** Every channel group that there ever was. */
export const everyChannelGroup = statement<{ groupId: number }>(
  'alerts.everyChannelGroup',
  'SELECT group_id AS "groupId" FROM alerts_channel_group ORDER BY group_id',
);
