import { statement } from '../../core/database/statement.ts';
import type { RelationFields } from '../relation.ts';
import { codeTable } from './codes.ts';
import { dictionaryTable, usedBy } from './dictionaries.ts';

/** A relation with both its ends as they are now. */
export type Relation = RelationFields & {
  readonly id_Relation: number;
  /** The dictionary that depends, or whose code does. */
  readonly id_Dictionary: number;
  /** Fields of the dictionary or code. */
  readonly subject: Readonly<Record<string, unknown>>;
  readonly relatedName: string;
  readonly created_at: Temporal.Instant;
  /** The organization of the far end; null: it has none. */
  readonly organizationId: number | null;
};

const SELECT = `SELECT t.relation_id AS "id_Relation", t.kind, COALESCE(t.dictionary_id, t.code_id) AS "id_Subject", t.reserve_type AS "ReserveType",
    t.related_code_id AS "id_MetaCode", t.organization_id AS "id_Organization", t.person_id AS "id_Person",
    COALESCE(t.dictionary_id, c.dictionary_id) AS "id_Dictionary",
    CASE WHEN d.dictionary_id IS NULL THEN ${codeTable.json('c')} ELSE ${dictionaryTable.json('d')} END AS subject,
    COALESCE(t.reserve_type, f.name, f.code_value, o.name, concat_ws(' ', p.last_name, p.first_name)) AS "relatedName", t.created_at,
    COALESCE(t.organization_id, p.organization_id) AS "organizationId"
  FROM travel_relation t LEFT JOIN travel_dictionary d ON d.dictionary_id = t.dictionary_id LEFT JOIN travel_code c ON c.code_id = t.code_id
    LEFT JOIN travel_code f ON f.code_id = t.related_code_id LEFT JOIN travel_organization o ON o.organization_id = t.organization_id
    LEFT JOIN travel_person p ON p.person_id = t.person_id`;

/** A relation to an organization or person is there for that organization; the others wherever their dictionary is used. */
const SEEN = `(COALESCE(t.organization_id, p.organization_id) = ANY($1::bigint[]) OR COALESCE(t.organization_id, t.person_id) IS NULL
  AND ${usedBy('COALESCE(t.dictionary_id, c.dictionary_id)', '$1::bigint[]')})`;

/** One, `$2`, within the scope `$1` (null: all). */
export const relationById = statement<Relation>(
  'travel.relation.byId',
  `${SELECT} WHERE ($1::bigint[] IS NULL OR ${SEEN}) AND t.relation_id = $2`,
);

/** Locked until the commit. */
export const lockRelation = statement<{ id: number }>(
  'travel.relation.lock',
  'SELECT relation_id AS id FROM travel_relation WHERE relation_id = $1 FOR UPDATE',
);

/** By what it ties: kind, subject, far end. `$2`, `$3`: the subject as dictionary or as code. */
export const relationByEnds = statement<{ id: number }>(
  'travel.relation.byEnds',
  `SELECT relation_id AS id FROM travel_relation WHERE kind = $1 AND dictionary_id IS NOT DISTINCT FROM $2 AND code_id IS NOT DISTINCT FROM $3
     AND reserve_type IS NOT DISTINCT FROM $4 AND related_code_id IS NOT DISTINCT FROM $5 AND organization_id IS NOT DISTINCT FROM $6
     AND person_id IS NOT DISTINCT FROM $7`,
);

/** No row when this relation is there already. */
export const insertRelation = statement<{ id: number }>(
  'travel.relation.insert',
  `INSERT INTO travel_relation (kind, dictionary_id, code_id, reserve_type, related_code_id, organization_id, person_id)
   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING relation_id AS id`,
);

/**
 * A page by id. `$1` scope (null: all), `$2` kind, `$3` subject, far ends: `$4` kind of service, `$5` code, `$6` organization, `$7` person; `$8` id of
 * the last one seen, `$9` rows.
 */
export const listRelations = statement<Relation>(
  'travel.relation.list',
  `${SELECT} WHERE ($1::bigint[] IS NULL OR ${SEEN}) AND ($2::text IS NULL OR t.kind = $2)
     AND ($3::bigint IS NULL OR COALESCE(t.dictionary_id, t.code_id) = $3) AND ($4::text IS NULL OR t.reserve_type = $4)
     AND ($5::bigint IS NULL OR t.related_code_id = $5) AND ($6::bigint IS NULL OR t.organization_id = $6)
     AND ($7::bigint IS NULL OR t.person_id = $7) AND t.relation_id > $8 ORDER BY t.relation_id LIMIT $9`,
);

/** Relations with these dictionaries `$1` or codes `$2` at either end, this organization `$3` or person `$4` at the far one; locked until the commit. */
export const lockRelationsOf = statement<Relation>(
  'travel.relation.lockOf',
  `${SELECT} WHERE t.dictionary_id = ANY($1::bigint[]) OR t.code_id = ANY($2::bigint[]) OR t.related_code_id = ANY($2::bigint[])
     OR t.organization_id = $3 OR t.person_id = $4 ORDER BY t.relation_id FOR UPDATE OF t`,
);

export const removeRelations = statement('travel.relation.remove', 'DELETE FROM travel_relation WHERE relation_id = ANY($1::bigint[])');

/** Whether the code `$2` is `$1` or one of those under which `$1` is offered, at any distance. */
export const isCodeAbove = statement<{ above: boolean }>(
  'travel.relation.isCodeAbove',
  `WITH RECURSIVE above (id) AS (
     SELECT $1::bigint UNION SELECT r.related_code_id FROM travel_relation r JOIN above a ON r.code_id = a.id WHERE r.kind = 'MetaCodeOnCodeDependency')
   SELECT EXISTS (SELECT FROM above WHERE id = $2) AS above`,
);
