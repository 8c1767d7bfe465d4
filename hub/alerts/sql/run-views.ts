import { type Queryable, run, statement, type Value } from '../../core/database/statement.ts';
import { TASK_STATUS } from '../kinds.ts';
import type { RunRow } from '../run.ts';
import { RUN } from './runs.ts';

/** Runs below an id, the newest first: `$1` id, `$2` how many, `$3` task or null, `$4` status or null. */
export const runPage = statement<RunRow>(
  'alerts.runPage',
  `${RUN}
   WHERE run_id < $1 AND ($3::int IS NULL OR task_id = $3) AND ($4::smallint IS NULL OR status = $4) ORDER BY run_id DESC LIMIT $2`,
);

/** A run of a task by its number; null: the last. */
export const runByNumber = statement<RunRow>(
  'alerts.runByNumber',
  `${RUN} WHERE task_id = $1 AND ($2::int IS NULL OR number = $2) ORDER BY number DESC LIMIT 1`,
);

/** Whether there is a task, or was. */
export const taskEver = statement<{ deleted: boolean }>(
  'alerts.taskEver',
  'SELECT deleted_at IS NOT NULL AS deleted FROM alerts_task WHERE task_id = $1',
);

/** Targets of runs that have no result yet, by their states. */
export const openTargets = statement<{ runId: number; state: string; count: number }>(
  'alerts.openTargets',
  `SELECT run_id AS "runId", state::text AS state, count(*)::int AS count FROM alerts_target
   WHERE run_id = ANY ($1::int[]) AND state <> 'f' GROUP BY run_id, state`,
);

/** The oldest sample of the last minute of each run, since it was started or continued. `seconds` from then to now. */
export const paceOfRuns = statement<{ runId: number; done: number; seconds: number }>(
  'alerts.paceOfRuns',
  `SELECT DISTINCT ON (p.run_id) p.run_id AS "runId", p.done, extract(epoch FROM clock_timestamp() - p.at)::float8 AS seconds
   FROM alerts_run_pace p JOIN alerts_run r USING (run_id)
   WHERE p.run_id = ANY ($1::int[]) AND r.status = ${TASK_STATUS.running} AND p.at >= clock_timestamp() - make_interval(secs => $2) AND p.at >= r.resumed_at
   ORDER BY p.run_id, p.at`,
);

/** Notes how many targets of each run under way are done, and forgets what is older than `$1` seconds. */
export const samplePaceRows = statement<{ runs: number }>(
  'alerts.samplePace',
  `WITH old AS (DELETE FROM alerts_run_pace WHERE at < now() - make_interval(secs => $1)),
   fresh AS (
     INSERT INTO alerts_run_pace (run_id, done)
     SELECT r.run_id, COALESCE((SELECT sum(c.count) FROM alerts_run_count c WHERE c.run_id = r.run_id), 0) FROM alerts_run r
     WHERE r.status = ${TASK_STATUS.running}
     ON CONFLICT DO NOTHING RETURNING run_id)
   SELECT count(*)::int AS runs FROM fresh`,
);

/** A target as reports and lists show it. */
export type TargetRow = {
  no: number;
  personId: number;
  name: string;
  organization: string;
  department: string;
  rank: string;
  position: string;
  state: string;
  result: number;
  round: number;
  attempts: number;
  address: string;
  channel: number | null;
  confirmedBy: string;
  detail: string;
  leader: number | null;
  dueAt: Temporal.Instant | null;
  firstAt: Temporal.Instant | null;
  lastAt: Temporal.Instant | null;
};
const TARGET = `t.no, t.person_id AS "personId", t.name, t.organization, t.department, t.rank, t.position, t.state::text AS state, t.result, t.round, t.attempts,
  t.address, t.channel, t.confirmed_by AS "confirmedBy", t.detail, t.leader, t.due_at AS "dueAt", t.first_at AS "firstAt", t.last_at AS "lastAt"`;

/** Targets of a run behind a number. `heard` of calls: milliseconds of the message that were heard. */
export const targetPortion = statement<TargetRow & { heard: number | null }>(
  'alerts.targetPortion',
  `SELECT ${TARGET}, CASE WHEN $4::bool THEN (SELECT max(a.heard_ms) FROM alerts_attempt a WHERE a.run_id = t.run_id AND a.no = t.no) END AS heard
   FROM alerts_target t WHERE t.run_id = $1 AND t.no > $2 ORDER BY t.no LIMIT $3`,
);
export const targetsByNumbers = statement<TargetRow>(
  'alerts.targetsByNumbers',
  `SELECT ${TARGET} FROM alerts_target t WHERE t.run_id = $1 AND t.no = ANY ($2::int[]) ORDER BY t.no`,
);

/** Targets of a run that fit conditions on `t`, which are texts of this program; `values` of their parameters. */
export async function targetsWhere(db: Queryable, conditions: readonly string[], values: readonly Value[]): Promise<TargetRow[]> {
  const text = `SELECT ${TARGET} FROM alerts_target t WHERE ${conditions.join(' AND ')} ORDER BY t.no LIMIT $${values.length}`;
  return (await run<TargetRow>(db, text, values)).rows;
}

/** An attempt as reports and lists show it. */
export type AttemptViewRow = {
  attemptId: number;
  no: number;
  name: string;
  round: number;
  address: string;
  channel: number | null;
  startedAt: Temporal.Instant;
  endedAt: Temporal.Instant | null;
  result: number | null;
  code: string;
  detail: string;
  heard: number | null;
  confirmedAt: Temporal.Instant | null;
  /** Target that made it, where it is shared; null: this one. */
  madeBy: number | null;
};
const ATTEMPT = `a.attempt_id AS "attemptId", a.no, t.name, a.round, a.address, a.channel, a.started_at AS "startedAt", a.ended_at AS "endedAt", a.result, a.code,
  a.detail, a.heard_ms AS heard, a.confirmed_at AS "confirmedAt",
  (SELECT o.no FROM alerts_attempt o WHERE o.attempt_id = a.of_attempt) AS "madeBy"`;

/** Attempts of a run behind a place, by target and time: `$2` number, `$3` attempt, `$4` how many, `$5` only of this target, or null. */
export const attemptPortion = statement<AttemptViewRow>(
  'alerts.attemptPortion',
  `SELECT ${ATTEMPT} FROM alerts_attempt a JOIN alerts_target t USING (run_id, no)
   WHERE a.run_id = $1 AND (a.no, a.attempt_id) > ($2, $3) AND ($5::int IS NULL OR a.no = $5) ORDER BY a.no, a.attempt_id LIMIT $4`,
);

/** Attempts for a person over all runs, the newest first, below an id; of who was merged with another, those of the other. */
export const personAttempts = statement<
  AttemptViewRow & { runId: number; taskId: number; number: number; task: string; type: number; targetResult: number }
>(
  'alerts.personAttempts',
  `SELECT ${ATTEMPT}, t.run_id AS "runId", r.task_id AS "taskId", r.number, r.frozen ->> 'task' AS task, r.type, t.result AS "targetResult"
   FROM alerts_target t JOIN alerts_run r USING (run_id) JOIN alerts_attempt a ON a.run_id = t.run_id AND a.no = COALESCE(t.leader, t.no)
   WHERE t.person_id = $1 AND a.attempt_id < $2 ORDER BY a.attempt_id DESC LIMIT $3`,
);

/** Whether anything is known of a person. */
export const personEver = statement<{ known: boolean }>(
  'alerts.personEver',
  `SELECT EXISTS (SELECT FROM alerts_person WHERE person_id = $1) OR EXISTS (SELECT FROM alerts_target WHERE person_id = $1) AS known`,
);
