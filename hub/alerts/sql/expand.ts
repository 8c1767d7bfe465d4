import { statement } from '../../core/database/statement.ts';
import { REMOTE } from '../kinds.ts';
import { RESULT } from '../result.ts';
import { EXCLUDED_NOW, membersOf, usedAddress } from './reach.ts';

/**
 * Makes the targets of a run of its list: `$1` run, `$2` list, `$3` kind of address, `$4` types of phone that do, `$5` whether equal addresses with equal
 * content are told once, `$6` names of the person's fields that the content shows. In one statement, so a run has all its targets or none. Only who
 * may have an address twice is looked through for it.
 * @returns how many there are, and how many of them are already final.
 */
export const insertTargets = statement<{ total: number; final: number }>(
  'alerts.insertTargets',
  `WITH member AS (
     ${membersOf('= $2')}),
   given AS (
     SELECT a.person_id, array_agg(a.normal ORDER BY a.place) AS addresses FROM alerts_address a JOIN member USING (person_id)
     WHERE ${usedAddress('$3', '$4')} GROUP BY a.person_id),
   reached AS (
     SELECT person_id, CASE WHEN cardinality(addresses) = 1 OR (cardinality(addresses) = 2 AND addresses[1] <> addresses[2]) THEN addresses ELSE
       ARRAY(SELECT u.normal FROM unnest(addresses) WITH ORDINALITY AS u (normal, place) GROUP BY u.normal ORDER BY min(u.place)) END AS addresses
     FROM given),
   told AS (
     SELECT p.*, COALESCE(r.addresses, '{}') AS addresses, row_number() OVER (ORDER BY p.priority, p.name, p.person_id) AS no,
       CASE WHEN ${EXCLUDED_NOW} THEN ${RESULT.excluded}
            WHEN p.remote <> ${REMOTE.person} THEN ${RESULT.channelError}
            WHEN r.addresses IS NULL THEN ${RESULT.noAddress}
            ELSE ${RESULT.queued} END AS result
     FROM member JOIN alerts_person p USING (person_id) LEFT JOIN reached r USING (person_id)),
   led AS (
     SELECT told.*, CASE WHEN $5 AND result = ${RESULT.queued} THEN min(no) OVER (PARTITION BY result, addresses,
       CASE WHEN 'name' = ANY ($6::text[]) THEN name END, CASE WHEN 'organization' = ANY ($6) THEN organization END,
       CASE WHEN 'department' = ANY ($6) THEN department END, CASE WHEN 'rank' = ANY ($6) THEN rank END,
       CASE WHEN 'position' = ANY ($6) THEN position END, CASE WHEN 'description' = ANY ($6) THEN description END) ELSE no END AS leader
     FROM told),
   made AS (
     INSERT INTO alerts_target (run_id, no, person_id, name, organization, department, rank, position, description, addresses, state, result, leader, detail)
     SELECT $1, no, person_id, name, organization, department, rank, position, description, addresses,
       CASE WHEN result <> ${RESULT.queued} THEN 'f' WHEN leader < no THEN 'm' ELSE 'r' END, result, NULLIF(leader, no),
       CASE WHEN result = ${RESULT.channelError} THEN 'subordinate servers are not served yet' ELSE '' END
     FROM led
     RETURNING state, result),
   counted AS (
     INSERT INTO alerts_run_count (run_id, shard, result, count)
     SELECT $1, 0, result, count(*) FROM made WHERE state = 'f' GROUP BY result)
   SELECT count(*)::int AS total, (count(*) FILTER (WHERE state = 'f'))::int AS final FROM made`,
);
