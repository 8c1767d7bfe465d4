import { statement } from '../../core/database/statement.ts';

/** Attempts that were begun `$1` seconds ago or longer, and of which no delivery is due or under way any more. At most `$2`; `$3` number of our engine. */
export const lostAttempts = statement<{ attempt: number }>(
  'alerts.lostAttempts',
  `SELECT a.attempt_id AS attempt FROM alerts_attempt a
   WHERE a.ended_at IS NULL AND a.of_attempt IS NULL AND a.started_at < now() - make_interval(secs => $1)
     AND NOT EXISTS (SELECT FROM delivery_due d WHERE d.engine = $3 AND d.target = a.group_id AND d.ref = a.attempt_id::text)
   ORDER BY a.attempt_id LIMIT $2`,
);

/** Runs that ended in the last day and have somebody whom nothing will end: he came back from an attempt while the run was being ended. */
export const endedRunsLeftOpen = statement<{ runId: number }>(
  'alerts.endedRunsLeftOpen',
  `SELECT run_id AS "runId" FROM alerts_run r
   WHERE r.ended_at > now() - interval '1 day' AND EXISTS (SELECT FROM alerts_target t WHERE t.run_id = r.run_id AND t.state <> 'f' AND t.state IN ('r', 'l'))
   ORDER BY run_id`,
);

/** How many attempts of these groups are under way. */
export const attemptsUnderWay = statement<{ group: number; count: number }>(
  'alerts.attemptsUnderWay',
  'SELECT group_id AS "group", count(*)::int AS count FROM alerts_attempt WHERE ended_at IS NULL AND of_attempt IS NULL AND group_id = ANY ($1::int[]) GROUP BY group_id',
);
