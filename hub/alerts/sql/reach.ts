/*
 * Parts of statements that say whom a list reaches, so that a start, the feeder and the checks before a start agree.
 */

/** Ids of lists and of their people, each once, whether in the list themselves or by a group. @param lists a condition on the id of a list: `= $1` */
export const membersOf = (lists: string): string => `SELECT l.list_id, l.person_id FROM alerts_list_person l WHERE l.list_id ${lists}
     UNION
     SELECT g.list_id, p.person_id FROM alerts_list_group g JOIN alerts_person p USING (group_id) WHERE g.list_id ${lists}`;

/** Whether the person `p` is not to be disturbed now (exclusion.ts); false where there is none. */
export const EXCLUDED_NOW = `((p.excluded_from IS NOT NULL OR p.excluded_until IS NOT NULL)
       AND COALESCE(p.excluded_from <= now(), true) AND COALESCE(now() < p.excluded_until, true))`;

/** Whether the address `a` is one that a task uses. @param kind of address @param phones types of phone that do, an array; other addresses have no type */
export const usedAddress = (kind: string, phones: string): string =>
  `(a.enabled AND a.kind = ${kind} AND (a.phone_type IS NULL OR a.phone_type = ANY (${phones}::smallint[])))`;
