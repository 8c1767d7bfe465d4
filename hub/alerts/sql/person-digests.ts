import { statement } from '../../core/database/statement.ts';

/**
 * What says whether people have changed: for each range of `$1` ids how many there are, and a digest over which transactions wrote their rows. Addresses are written
 * only together with the row of their person (store-people.ts), so theirs need no look.
 */
export const personDigests = statement<{ page: number; people: number; digest: string }>(
  'alerts.personDigests',
  `SELECT person_id / $1::int AS page, count(*)::int AS people,
     bit_xor(hashint8extended((person_id::bigint << 32) | xmin::text::bigint, 0))::text AS digest
   FROM alerts_person GROUP BY 1 ORDER BY 1`,
);
