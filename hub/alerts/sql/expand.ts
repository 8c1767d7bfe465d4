import { statement } from '../../core/database/statement.ts';
import { REMOTE } from '../kinds.ts';
import { PERSON_NAMES } from '../placeholders.ts';
import { RESULT } from '../result.ts';
import { EXCLUDED_NOW, membersOf, usedAddress } from './reach.ts';

/** A digest of those fields of a person that the content shows; `names` of them. */
const CONTENT = (names: string): string =>
  `hash_record_extended(ROW(${PERSON_NAMES.map((name) => `CASE WHEN '${name}' = ANY (${names}::text[]) THEN ${name} END`).join(', ')}), 0)`;

/**
 * Makes the targets of a run of its list: `$1` run, `$2` list, `$3` kind of address, `$4` types of phone that do, `$5` whether equal addresses with equal
 * content are told once, `$6` names of the person's fields that the content shows. In one statement, so a run has all its targets or none. Only who
 * may have an address twice is looked through for it.
 * @returns how many there are, how many of them are already final, and how many have several addresses.
 */
export const insertTargets = statement<{ total: number; final: number; several: number }>(
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
     RETURNING state, result, cardinality(addresses) > 1 AS several),
   counted AS (
     INSERT INTO alerts_run_count (run_id, shard, result, count)
     SELECT $1, 0, result, count(*) FROM made WHERE state = 'f' GROUP BY result)
   SELECT count(*)::int AS total, (count(*) FILTER (WHERE state = 'f'))::int AS final,
     (count(*) FILTER (WHERE several))::int AS several FROM made`,
);

/**
 * Marks who of a new run shares an address with somebody who is to be told the same: `$1` run, `$2` names of the person's fields that the content shows. Who leads others
 * stands for them, and they are marked with him, as one of them may take his place. Digests of addresses are counted first, since nearly always nobody shares any.
 * The numbers of those who do are asked as an expression, which is a look into a table in memory under every plan: a join was planned before the rows were there.
 * @returns how many were marked
 */
export const markSharing = statement<{ sharing: number }>(
  'alerts.markSharing',
  `WITH twice AS MATERIALIZED (
     SELECT hashtextextended(u.address, 0) AS mark FROM alerts_target t CROSS JOIN unnest(t.addresses) AS u (address)
     WHERE t.run_id = $1 AND t.state = 'r' GROUP BY 1 HAVING count(*) > 1),
   candidate AS (
     SELECT t.no, u.address, ${CONTENT('$2')} AS content FROM alerts_target t CROSS JOIN unnest(t.addresses) AS u (address)
     WHERE t.run_id = $1 AND t.state = 'r' AND EXISTS (SELECT FROM twice) AND (hashtextextended(u.address, 0) IN (SELECT mark FROM twice)) IS TRUE),
   sharing AS MATERIALIZED (
     SELECT no FROM (SELECT no, count(*) OVER (PARTITION BY address, content) AS people FROM candidate) AS c WHERE people > 1),
   marked AS (
     UPDATE alerts_target t SET content = ${CONTENT('$2')}
     WHERE t.run_id = $1 AND t.state IN ('r', 'm') AND EXISTS (SELECT FROM sharing) AND (COALESCE(t.leader, t.no) IN (SELECT no FROM sharing)) IS TRUE
     RETURNING t.no)
   SELECT count(*)::int AS sharing FROM marked`,
);
