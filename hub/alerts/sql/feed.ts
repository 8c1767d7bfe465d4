import { statement } from '../../core/database/statement.ts';
import { RESULT } from '../result.ts';
import { EXCLUDED_NOW } from './reach.ts';
import { NOTHING_LEFT } from './settle.ts';

/** What the content of a message shows of a person. */
export type PersonRow = {
  no: number;
  name: string;
  organization: string;
  department: string;
  rank: string;
  position: string;
  description: string;
};

const PERSON = 'name, organization, department, rank, position, description';

/** A target that the feeder has taken up. `attempt` null: it was not to be told after all. */
export type FedRow = PersonRow & {
  personId: number;
  attempt: number | null;
  round: number;
  address: string;
  /** The attempt of somebody else that is shared, and whether its channel is done with it already; null: it is one's own. */
  shared: number | null;
  over: boolean;
  /** The person is excluded now, or is gone. */
  excluded: boolean;
  gone: boolean;
};

/** Those of `looked` for whom somebody else has made the attempt, `met`; and their rows, `joined`. Attempts of which nothing has left are none. */
const JOINED = `
   met AS MATERIALIZED (
     SELECT l.no, (
       SELECT a.attempt_id FROM alerts_attempt a JOIN alerts_target m ON m.run_id = a.run_id AND m.no = a.no
       WHERE a.address = l.address AND a.run_id = l.run_id AND a.no <> l.no AND a.of_attempt IS NULL AND m.content = l.content
         AND COALESCE(a.result, ${RESULT.underWay}) NOT IN (${NOTHING_LEFT}) AND (a.round >= l.round OR COALESCE(a.result, ${RESULT.notified}) IN (${RESULT.notified}, ${RESULT.confirmed}))
         AND a.attempt_id > COALESCE((
           SELECT max(COALESCE(b.of_attempt, b.attempt_id)) FROM alerts_attempt b
           WHERE b.run_id = l.run_id AND b.no = l.no AND b.address = l.address AND COALESCE(b.result, ${RESULT.underWay}) NOT IN (${NOTHING_LEFT})), 0)
       ORDER BY a.attempt_id DESC LIMIT 1) AS origin
     FROM looked l WHERE l.content IS NOT NULL AND NOT l.gone AND NOT l.excluded),
   held AS MATERIALIZED (
     SELECT m.no AS joiner, a.attempt_id, a.group_id, a.channel, a.started_at, a.ended_at, a.result, a.code, a.detail, a.confirmed_at
     FROM met m JOIN alerts_attempt a ON a.attempt_id = m.origin FOR NO KEY UPDATE OF a SKIP LOCKED),
   joined AS (
     INSERT INTO alerts_attempt (run_id, no, person_id, round, at, address, group_id, channel, call, started_at, ended_at, result, code, detail, confirmed_at, of_attempt)
     SELECT l.run_id, l.no, l.person_id, l.round, l.at, l.address, h.group_id, h.channel, $4, h.started_at, h.ended_at, h.result, h.code, h.detail, h.confirmed_at, h.attempt_id
     FROM held h JOIN looked l ON l.no = h.joiner ORDER BY l.round, l.no
     ON CONFLICT DO NOTHING
     RETURNING attempt_id, no, of_attempt, ended_at IS NOT NULL AS over),
   counted AS (
     UPDATE alerts_attempt a SET sharers = COALESCE(a.sharers, 0) + j.count
     FROM (SELECT of_attempt, count(*)::int AS count FROM joined GROUP BY of_attempt) AS j WHERE a.attempt_id = j.of_attempt),`;

/**
 * Takes ready targets of a run in their order and writes their attempts down: `$1` run, `$2` channel group, `$3` how many, `$4` calls, `$5` whether those
 * that this group has failed in the last ten seconds are left to others (longer not: perhaps no other one may, or does, take them), `$6` seconds that one waits whose address or person is engaged. Who is engaged is known by
 * the attempts that are open, over all runs and hubs. Person 0 is an address without one: the test of a channel.
 *
 * Addresses and people are claimed for the transaction first, without waiting: feeders of two hubs that met the same ones in different orders, in one run or over several, would
 * wait for each other in the indexes of open attempts until the database broke a deadlock. Who is not claimed counts as engaged.
 *
 * `sharing`: also those who share addresses with others are taken up. Where somebody else has tried the address in this round, or reached it at all, that attempt is
 * theirs, too: a row that names it (`of_attempt`) is written in place of an attempt. It is locked meanwhile, and whoever has it locked is not waited for.
 */
const FEED = (sharing: boolean): string =>
  `WITH picked AS MATERIALIZED (
     SELECT t.run_id, t.no, t.person_id, t.round, t.at, t.addresses[t.at + 1] AS address, t.content, ${PERSON.replaceAll(/\w+/g, 't.$&')} FROM alerts_target t
     WHERE t.run_id = $1 AND t.state = 'r'${sharing ? '' : ' AND t.content IS NULL'} AND (NOT $5::bool OR t.avoid_group IS DISTINCT FROM $2 OR t.last_at < now() - interval '10 s')
     ORDER BY t.round, t.no LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED),
   looked AS MATERIALIZED (
     SELECT k.*, p.person_id IS NULL AND k.person_id <> 0 AS gone, ${EXCLUDED_NOW} AS excluded
     FROM picked k LEFT JOIN alerts_person p ON p.person_id = k.person_id),${sharing ? JOINED : ''}
   fresh AS (
     INSERT INTO alerts_attempt (run_id, no, person_id, round, at, address, group_id, call)
     SELECT $1, no, person_id, round, at, address, $2, $4 FROM looked
     WHERE NOT gone AND NOT excluded${sharing ? ' AND no NOT IN (SELECT no FROM met WHERE origin IS NOT NULL)' : ''} AND pg_try_advisory_xact_lock(hashtextextended(address, 7305))
       AND (NOT $4 OR pg_try_advisory_xact_lock(7306, person_id)) ORDER BY round, no
     ON CONFLICT DO NOTHING
     RETURNING attempt_id, no, of_attempt, ended_at IS NOT NULL AS over),
   made AS MATERIALIZED (
     SELECT array_agg(no) AS nos, array_agg(attempt_id) AS ids, array_agg(of_attempt) AS origins, array_agg(over) AS overs
     FROM (SELECT * FROM fresh${sharing ? ' UNION ALL SELECT * FROM joined' : ''}) AS f),
   outcome AS MATERIALIZED (
     SELECT l.*, m.ids[p.place] AS attempt_id, m.origins[p.place] AS shared, COALESCE(m.overs[p.place], false) AS over
     FROM looked l CROSS JOIN made m CROSS JOIN LATERAL (SELECT array_position(m.nos, l.no) AS place) AS p),
   moved AS (
     UPDATE alerts_target t SET state = CASE WHEN o.attempt_id IS NULL THEN 'l' ELSE 'u' END,
       due_at = CASE WHEN o.attempt_id IS NULL THEN now() + make_interval(secs => $6) END,
       attempt_id = COALESCE(o.attempt_id, t.attempt_id), attempts = t.attempts + (o.attempt_id IS NOT NULL)::int,
       first_at = COALESCE(t.first_at, CASE WHEN o.attempt_id IS NOT NULL THEN now() END),
       last_at = CASE WHEN o.attempt_id IS NULL THEN t.last_at ELSE now() END
     FROM outcome o WHERE t.run_id = o.run_id AND t.no = o.no AND NOT o.gone AND NOT o.excluded)
   SELECT no, person_id AS "personId", attempt_id AS attempt, round, address, shared, over, excluded, gone, ${PERSON} FROM outcome ORDER BY round, no`;
/** All but those who share addresses with others. */
export const feedTargets = statement<FedRow>('alerts.feedTargets', FEED(false));
/** All; by who has `claimSharing`, so that of two who share an address the second sees what the first has written down. */
export const feedSharing = statement<FedRow>('alerts.feedSharing', FEED(true));
/** Whether it is ours, until the end of the transaction, to take up those of a run who share addresses. */
export const claimSharing = statement<{ ours: boolean }>('alerts.claimSharing', 'SELECT pg_try_advisory_xact_lock(7307, $1) AS ours');

/** What an attempt says, read again: after a crash, or by another hub than the one that wrote it down. */
export type AttemptRow = {
  attempt: number;
  runId: number;
  no: number;
  personId: number;
  round: number;
  address: string;
  ended: boolean;
};
export const attemptById = statement<AttemptRow>(
  'alerts.attemptById',
  `SELECT attempt_id AS attempt, run_id AS "runId", no, person_id AS "personId", round, address, ended_at IS NOT NULL AS ended FROM alerts_attempt WHERE attempt_id = $1`,
);

export const peopleOfTargets = statement<PersonRow>(
  'alerts.peopleOfTargets',
  `SELECT no, ${PERSON} FROM alerts_target WHERE run_id = $1 AND no = ANY ($2::int[])`,
);

/*
 * What waits for its time is found by due_at, which l and w alone have. The state is compared as a text, so that no plan can go by the index of open
 * targets and look through all of them.
 */

/** Targets whose time has come are ready again. @returns their runs */
export const promoteLater = statement<{ runId: number; count: number }>(
  'alerts.promoteLater',
  `WITH due AS MATERIALIZED (
     SELECT run_id, no FROM alerts_target WHERE due_at <= now() AND state::text = 'l' ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED),
   moved AS (UPDATE alerts_target t SET state = 'r', due_at = NULL FROM due d WHERE t.run_id = d.run_id AND t.no = d.no RETURNING t.run_id)
   SELECT run_id AS "runId", count(*)::int AS count FROM moved GROUP BY run_id`,
);

/** Attempts whose receivers were waited for in vain. */
export const overdueAttempts = statement<{ attempt: number }>(
  'alerts.overdueAttempts',
  `SELECT attempt_id AS attempt FROM alerts_target WHERE due_at <= now() AND state::text = 'w' ORDER BY due_at LIMIT $1`,
);
