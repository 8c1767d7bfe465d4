import { statement } from '../../database/statement.ts';

/** Of the oldest `$4` ended deliveries of a target after id `$3`: those that ended before `$5` are deleted, with their attempts. */
export const deleteEnded = statement<{ looked: number; last: number | null; deleted: number[] }>(
  'deliveries.deleteEnded',
  `WITH head AS MATERIALIZED (
     SELECT id, ended_at FROM delivery WHERE engine = $1 AND target = $2 AND id > $3 ORDER BY id LIMIT $4),
   gone AS (
     DELETE FROM delivery d USING head h WHERE d.engine = $1 AND d.id = h.id AND h.ended_at < $5 RETURNING d.id),
   attempts AS (DELETE FROM delivery_attempt a USING gone g WHERE a.engine = $1 AND a.delivery = g.id)
   SELECT (SELECT count(*)::int FROM head) AS looked, (SELECT max(id) FROM head) AS last, ARRAY(SELECT id FROM gone) AS deleted`,
);

/** Takes out of attempts (`$2` deliveries, `$3` numbers) where their bytes were, and what tells of the bytes. */
export const eraseFacts = statement(
  'deliveries.eraseFacts',
  `UPDATE delivery_attempt a SET facts = ((a.facts::jsonb - '{block,place,sha256,notes,message}'::text[]) || '{"erased": true}')::json
   FROM unnest($2::bigint[], $3::smallint[]) AS e (delivery, number)
   WHERE a.engine = $1 AND a.delivery = e.delivery AND a.number = e.number`,
);
