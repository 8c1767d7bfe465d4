import { statement } from '../../core/database/statement.ts';

/** How many people are in a list themselves, not by a group, and a digest over who they are. */
export const listDigest = statement<{ people: number; digest: string | null }>(
  'alerts.listDigest',
  `SELECT count(*)::int AS people, bit_xor(hashint4extended(person_id, 0))::text || ' ' || sum(person_id)::text AS digest
   FROM alerts_list_person WHERE list_id = $1`,
);

/** Their ids in their order, with commas between them; null for nobody. */
export const idsInList = statement<{ ids: string | null }>(
  'alerts.idsInList',
  "SELECT string_agg(person_id::text, ',' ORDER BY person_id) AS ids FROM alerts_list_person WHERE list_id = $1",
);
