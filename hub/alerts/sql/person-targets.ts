import { statement } from '../../core/database/statement.ts';
import { RESULT } from '../result.ts';

/** Targets of these people whose results are open, locked in the order in which the engine locks them. */
export const lockTargetsOf = statement<{ runId: number; no: number }>(
  'alerts.lockTargetsOf',
  `SELECT run_id AS "runId", no FROM alerts_target WHERE person_id = ANY($1::int[]) AND state <> 'f' ORDER BY run_id, no FOR UPDATE`,
);

/** Who of these people is being called. */
export const calledPeople = statement<{ id: number }>(
  'alerts.calledPeople',
  'SELECT person_id AS id FROM alerts_attempt WHERE person_id = ANY($1::int[]) AND ended_at IS NULL AND call ORDER BY person_id LIMIT 1',
);

export interface CancelledTarget {
  readonly runId: number;
  readonly no: number;
  readonly personId: number;
  readonly attempts: number;
}

/** Ends what has not begun for these people: queued, planned and merged targets are cancelled. */
export const cancelTargetsOf = statement<CancelledTarget>(
  'alerts.cancelTargetsOf',
  `UPDATE alerts_target SET state = 'f', result = ${RESULT.cancelled}, due_at = NULL, last_at = now()
   WHERE person_id = ANY($1::int[]) AND state IN ('r', 'l', 'm') RETURNING run_id AS "runId", no, person_id AS "personId", attempts`,
);

/** Whoever was to share the result of a cancelled target goes on in its place: the first of them leads the others. */
export const promoteFollowers = statement(
  'alerts.promoteFollowers',
  `WITH heir AS (
     SELECT t.run_id, t.leader, min(t.no) AS no FROM unnest($1::int[], $2::int[]) AS w (run_id, no)
     JOIN alerts_target t ON t.run_id = w.run_id AND t.leader = w.no AND t.state = 'm' GROUP BY t.run_id, t.leader)
   UPDATE alerts_target t SET leader = NULLIF(h.no, t.no), state = CASE WHEN t.no = h.no THEN 'r' ELSE t.state END
   FROM heir h WHERE t.run_id = h.run_id AND t.leader = h.leader AND t.state = 'm'`,
);

/** Reports show the numbers of these people, `#12`, instead of who they were (specification of alerts 6.7). Person 0 is an address without one. */
export const forgetTargetsOf = statement(
  'alerts.forgetTargetsOf',
  `UPDATE alerts_target SET name = '#' || person_id, organization = '', department = '', rank = '', position = '', description = ''
   WHERE person_id = ANY($1::int[]) AND person_id <> 0`,
);
