import { statement } from '../../core/database/statement.ts';
import { TOLD_EVENTS, WRITTEN_EVENTS } from '../../core/events/sql/written-events.ts';
import type { Standing } from '../engine/standing.ts';
import { RESULT } from '../result.ts';

/**
 * Attempts `o (id)` and those that share them, with their targets, all locked, in one order: a count of parts that was seen before the lock would be written back over what another hub has stored.
 * OFFSET 0, and the list of ids: plans made on empty tables looked through all attempts, or through all targets of the run for each attempt.
 */
const STANDING = (of: string, more = ''): string =>
  `SELECT ${more}a.attempt_id AS attempt, COALESCE(a.of_attempt, a.attempt_id) AS origin, COALESCE(a.sharers, 0) AS sharers, a.run_id AS "runId", a.no, a.person_id AS "personId", a.group_id AS "groupId", a.address, a.channel, a.ended_at IS NOT NULL AS ended,
     a.result AS "attemptResult", a.parts, a.round AS "triedRound", a.at AS "triedAt", a.started_at AS "startedAt", t.attempt_id = a.attempt_id AS current, t.state, t.result, t.best, t.round, t.at, t.pass,
     t.invalid, t.busy, t.again, t.busy_at AS "busyAt", t.not_before AS "notBefore", t.channel_faults AS "channelFaults", t.due_at AS "dueAt", t.avoid_group AS "avoidGroup", t.attempts, cardinality(t.addresses) AS addresses,
     r.ended_at IS NOT NULL AS "runEnded", r.type, (extract(epoch FROM now()) * 1000)::float8 AS now
   FROM alerts_attempt a
   JOIN alerts_target t ON t.run_id = a.run_id AND t.no = a.no
   CROSS JOIN LATERAL (SELECT ended_at, type FROM alerts_run r WHERE r.run_id = a.run_id OFFSET 0) r
   WHERE a.attempt_id = ANY (ARRAY(
     SELECT o.id FROM ${of} UNION ALL SELECT c.attempt_id FROM ${of} CROSS JOIN LATERAL (SELECT c.attempt_id FROM alerts_attempt c WHERE c.of_attempt = o.id OFFSET 0) c))
   ORDER BY a.run_id, a.no, a.attempt_id FOR NO KEY UPDATE OF t, a`;
export const lockStanding = statement<Standing>('alerts.lockStanding', STANDING('unnest($1::bigint[]) AS o (id)'));

/** Targets without an attempt under way, as they stand. */
export const standingOfTargets = statement<Standing>(
  'alerts.standingOfTargets',
  `SELECT 0 AS attempt, 0 AS origin, 0 AS sharers, t.run_id AS "runId", t.no, t.person_id AS "personId", 0 AS "groupId", t.address, t.channel, true AS ended, NULL::smallint AS "attemptResult",
     0 AS parts, 0 AS "triedRound", 0 AS "triedAt", now() AS "startedAt", false AS current, t.state, t.result, t.best, t.round, t.at, t.pass, t.invalid, t.busy, t.again, t.busy_at AS "busyAt", t.not_before AS "notBefore",
     t.channel_faults AS "channelFaults", t.due_at AS "dueAt", t.avoid_group AS "avoidGroup", t.attempts, cardinality(t.addresses) AS addresses,
     false AS "runEnded", r.type, (extract(epoch FROM now()) * 1000)::float8 AS now
   FROM unnest($1::int[], $2::int[]) AS w (run, no) JOIN alerts_target t ON t.run_id = w.run AND t.no = w.no JOIN alerts_run r ON r.run_id = t.run_id
   ORDER BY t.run_id, t.no FOR NO KEY UPDATE OF t`,
);

/**
 * Stores in one statement, as each costs the hub and the server as much as ten rows, what came of attempts, what follows for targets, and what those share who are merged
 * with targets that end. One array a column; null keeps what stands; times in milliseconds since 1970.
 * `$1` to `$8` attempts: ids, whether the channel is done with them, results (null: not known yet), codes, details, numbers of channels, parts under way, whether
 * somebody confirmed it. `$9` to `$12` parts that somebody else delivers: groups, ids, attempts, places. `$13` to `$33` targets (apply-turns.ts).
 * @returns targets that share a result, and what theirs was
 */
export const storeTurns = statement<{ runId: number; no: number; personId: number; leader: number; was: number }>(
  'alerts.storeTurns',
  `WITH told AS (
     UPDATE alerts_attempt a SET ended_at = COALESCE(a.ended_at, CASE WHEN n.ended THEN now() END), result = COALESCE(n.result, a.result),
       code = COALESCE(n.code, a.code), detail = COALESCE(n.detail, a.detail), channel = COALESCE(n.channel, a.channel), parts = COALESCE(n.parts, a.parts),
       confirmed_at = CASE WHEN n.confirmed THEN COALESCE(a.confirmed_at, now()) ELSE a.confirmed_at END
     FROM unnest($1::bigint[], $2::bool[], $3::smallint[], $4::text[], $5::text[], $6::int[], $7::smallint[], $8::bool[])
       AS n (id, ended, result, code, detail, channel, parts, confirmed)
     WHERE a.attempt_id = n.id),
   sent AS (
     INSERT INTO alerts_part (group_id, message_id, attempt_id, place)
     SELECT * FROM unnest($9::int[], $10::text[], $11::bigint[], $12::smallint[]) ON CONFLICT DO NOTHING),
   turn AS MATERIALIZED (
     SELECT * FROM unnest($13::int[], $14::int[], $15::text[], $16::smallint[], $17::smallint[], $18::float8[], $19::smallint[], $20::smallint[], $21::smallint[], $22::int[],
       $23::int[], $24::int[], $25::float8[], $26::smallint[], $27::smallint[], $28::int[], $29::text[], $30::int[], $31::text[], $32::text[], $33::text[])
       AS n (run, no, state, result, best, due, round, at, pass, invalid, busy, again, busy_at, faults, attempts, avoid, address, channel, confirmed_by, detail, held)),
   moved AS (
     UPDATE alerts_target t SET state = n.state::"char", result = n.result, best = n.best, due_at = to_timestamp(n.due / 1000), round = n.round, at = n.at, pass = n.pass,
       invalid = n.invalid, busy = n.busy, again = n.again, busy_at = to_timestamp(NULLIF(n.busy_at, 0) / 1000), channel_faults = n.faults,
       attempts = n.attempts, avoid_group = n.avoid, address = COALESCE(n.address, t.address), channel = COALESCE(n.channel, t.channel),
       confirmed_by = COALESCE(n.confirmed_by, t.confirmed_by), detail = COALESCE(n.detail, t.detail), not_before = COALESCE(n.held::timestamptz[], t.not_before),
       last_at = now()
     FROM turn n WHERE t.run_id = n.run AND t.no = n.no),
   led AS MATERIALIZED (
     SELECT t.run_id, t.no, t.result AS was, n.result, COALESCE(n.address, l.address) AS address, COALESCE(n.channel, l.channel) AS channel,
       COALESCE(n.confirmed_by, l.confirmed_by) AS confirmed_by
     FROM turn n JOIN alerts_target t ON t.run_id = n.run AND t.leader = n.no AND (t.state = 'm' OR t.result NOT IN (${RESULT.excluded}, ${RESULT.cancelled}))
     JOIN alerts_target l ON l.run_id = n.run AND l.no = n.no
     WHERE n.state = 'f')
   UPDATE alerts_target t SET state = 'f', result = l.result, best = l.result, address = l.address, channel = l.channel, confirmed_by = l.confirmed_by,
     first_at = COALESCE(t.first_at, now()), last_at = now()
   FROM led l WHERE t.run_id = l.run_id AND t.no = l.no
   RETURNING t.run_id AS "runId", t.no, t.person_id AS "personId", t.leader, l.was`,
);

const COUNTED = (run: string, shard: string, result: string, count: string): string =>
  `INSERT INTO alerts_run_count (run_id, shard, result, count)
   SELECT run, ${shard}, result, count FROM unnest(${run}::int[], ${result}::smallint[], ${count}::int[]) AS n (run, result, count) ORDER BY run, result
   ON CONFLICT (run_id, shard, result) DO UPDATE SET count = alerts_run_count.count + excluded.count`;

/** Adds to the counters: runs, shard, results, by how many. */
export const addCounts = statement('alerts.addCounts', COUNTED('$1', '$2', '$3', '$4'));

/** The same with the events that tell of it (core/events/sql/written-events.ts): `$4` to `$7` are those of `addCounts`. */
export const tellResults = statement(
  'alerts.tellResults',
  `WITH ${WRITTEN_EVENTS}, counted AS (${COUNTED('$4', '$5', '$6', '$7')}) ${TOLD_EVENTS}`,
);

/**
 * Takes the parts that receipts are about: groups, ids, numbers of the receipts. One receipt may mean several ids, the likeliest first; of parts with one id the
 * newest is meant.
 * @returns their attempts with their targets, locked as by `lockStanding`, and the numbers of the receipts of each
 */
export const takeParts = statement<Standing & { places: number[] }>(
  'alerts.takeParts',
  `WITH named AS (
     SELECT DISTINCT ON (w.place) w.place, p.group_id, p.message_id, p.attempt_id, p.place AS part
     FROM unnest($1::int[], $2::text[], $3::int[]) WITH ORDINALITY AS w (group_id, message_id, place, likely)
     JOIN alerts_part p ON p.group_id = w.group_id AND p.message_id = w.message_id
     ORDER BY w.place, w.likely, p.sent_at DESC, p.place),
   taken AS (
     DELETE FROM alerts_part p USING named n
     WHERE p.group_id = n.group_id AND p.message_id = n.message_id AND p.attempt_id = n.attempt_id AND p.place = n.part
     RETURNING n.place, p.attempt_id),
   about AS MATERIALIZED (SELECT attempt_id AS id, array_agg(place ORDER BY place) AS places FROM taken GROUP BY attempt_id)
   ${STANDING('about o', '(SELECT o.places FROM about o WHERE o.id = COALESCE(a.of_attempt, a.attempt_id)) AS places, ')}`,
);

/** Nothing more is heard of the other parts of these attempts. One whose receipt is just being stored is left to that: who stores it waits for us. */
export const dropParts = statement<{ groupId: number; id: string }>(
  'alerts.dropParts',
  `WITH free AS MATERIALIZED (SELECT group_id, message_id, attempt_id, place FROM alerts_part WHERE attempt_id = ANY ($1::bigint[]) FOR UPDATE SKIP LOCKED)
   DELETE FROM alerts_part p USING free f
   WHERE p.group_id = f.group_id AND p.message_id = f.message_id AND p.attempt_id = f.attempt_id AND p.place = f.place
   RETURNING p.group_id AS "groupId", p.message_id AS id`,
);

/** Parts of which nobody has said anything for `$1` hours. */
export const dropOldParts = statement('alerts.dropOldParts', 'DELETE FROM alerts_part WHERE sent_at < now() - make_interval(hours => $1)');

/** Results of attempts of which nothing has left. */
export const NOTHING_LEFT = [RESULT.queued, RESULT.channelError, RESULT.cancelled].join(', ');

/**
 * Attempts to an address whose receivers may still confirm, the newest first: `$2` type of task, `$3` made in how many hours. Those of which nothing has left told
 * nobody anything; those that the far side refused come last, as its word may be wrong.
 */
export const confirmableAttempts = statement<{ attempt: number; runId: number; personId: number; pin: Buffer | null }>(
  'alerts.confirmableAttempts',
  `SELECT a.attempt_id AS attempt, a.run_id AS "runId", a.person_id AS "personId", p.pin
   FROM alerts_attempt a JOIN alerts_run r USING (run_id) LEFT JOIN alerts_person p USING (person_id)
   WHERE a.address = $1 AND a.of_attempt IS NULL AND a.confirmed_at IS NULL AND a.started_at > now() - make_interval(hours => $3) AND r.type = $2 AND r.frozen -> 'confirmation' ->> 'kind' <> 'none'
     AND COALESCE(a.result, ${RESULT.underWay}) NOT IN (${NOTHING_LEFT})
   ORDER BY COALESCE(a.result IN (${RESULT.noAnswer}, ${RESULT.refused}), false), a.attempt_id DESC LIMIT 20`,
);

/**
 * The attempt that a target has come to last; of those of which something has left, if there are any, and of its own before those that it shares: the mails of others have
 * links of others.
 */
export const attemptOfTarget = statement<{ attempt: number }>(
  'alerts.attemptOfTarget',
  `SELECT COALESCE(of_attempt, attempt_id) AS attempt FROM alerts_attempt WHERE run_id = $1 AND no = $2
   ORDER BY COALESCE(result IN (${NOTHING_LEFT}), false), of_attempt IS NOT NULL, attempt_id DESC LIMIT 1`,
);

/** A target as the page of its link needs it, locked. */
export const targetForPage = statement<{ personId: number; result: number; wrong: number; pin: Buffer | null; runEnded: boolean }>(
  'alerts.targetForPage',
  `SELECT t.person_id AS "personId", t.result, t.wrong, p.pin, r.ended_at IS NOT NULL AS "runEnded"
   FROM alerts_target t JOIN alerts_run r USING (run_id) LEFT JOIN alerts_person p USING (person_id)
   WHERE t.run_id = $1 AND t.no = $2 FOR NO KEY UPDATE OF t`,
);
export const countWrong = statement('alerts.countWrong', 'UPDATE alerts_target SET wrong = wrong + 1 WHERE run_id = $1 AND no = $2');
