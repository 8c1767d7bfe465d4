import { statement } from '../../core/database/statement.ts';
import type { Code } from '../code.ts';
import { usedBy } from './dictionaries.ts';
import { type Stored, tableOf } from './table.ts';

export const codeTable = tableOf<Code>({
  name: 'code',
  table: 'travel_code',
  id: ['id_MetaCode', 'code_id'],
  columns: { id_MetaDictionary: 'dictionary_id', Name: 'name', NameLatin: 'name_latin', Tag: 'tag', CodeValue: 'code_value' },
  organization: 'NULL::bigint',
});

/** Offered to one of these organizations: the code has no organizations of its own, or one of these. */
const offeredTo = (organizations: string): string =>
  `(EXISTS (SELECT FROM travel_relation r WHERE r.kind = 'MetaCodeOnOrganizationDependency' AND r.code_id = t.code_id
      AND r.organization_id = ANY(${organizations}))
    OR NOT EXISTS (SELECT FROM travel_relation r WHERE r.kind = 'MetaCodeOnOrganizationDependency' AND r.code_id = t.code_id))`;

const offeredFor = (kind: string, column: string, values: string): string =>
  `(EXISTS (SELECT FROM travel_relation r WHERE r.kind = '${kind}' AND r.code_id = t.code_id AND r.${column} = ANY(${values}))
    OR NOT EXISTS (SELECT FROM travel_relation r WHERE r.kind = '${kind}' AND r.code_id = t.code_id))`;

export const isCodeSeen = statement<{ seen: boolean }>(
  'travel.code.isSeen',
  `SELECT EXISTS (SELECT FROM travel_code t WHERE t.code_id = $1 AND ${usedBy('t.dictionary_id', '$2::bigint[]')} AND ${offeredTo('$2::bigint[]')}) AS seen`,
);

/**
 * A page of a dictionary's codes by id, `$1`. `$2` scope (null: all), `$3` value. Those that are offered (spec 2.9): to the organization `$4`, for
 * kinds of services `$5`, under the codes `$6` that are chosen already; null: whatever. `$7` id of the last one seen, `$8` rows.
 */
export const listCodes = statement<Code & Stored>(
  'travel.code.list',
  `${codeTable.select}
   WHERE t.dictionary_id = $1 AND ($2::bigint[] IS NULL OR ${usedBy('t.dictionary_id', '$2::bigint[]')} AND ${offeredTo('$2::bigint[]')})
     AND ($3::text IS NULL OR t.code_value = $3)
     AND ($4::bigint IS NULL OR ${offeredTo('ARRAY[$4::bigint]')})
     AND ($5::text[] IS NULL OR ${offeredFor('MetaCodeOnReserveTypeDependency', 'reserve_type', '$5::text[]')})
     AND ($6::bigint[] IS NULL OR ${offeredFor('MetaCodeOnCodeDependency', 'related_code_id', '$6::bigint[]')})
     AND t.code_id > $7 ORDER BY t.code_id LIMIT $8`,
);

/** By its natural key. */
export const codeByValue = statement<Code & Stored>(
  'travel.code.byValue',
  `${codeTable.select} WHERE t.dictionary_id = $1 AND t.code_value = $2`,
);

/** All codes of a dictionary, locked until the commit. */
export const lockCodesOf = statement<Code & Stored>(
  'travel.code.lockOfDictionary',
  `${codeTable.select} WHERE t.dictionary_id = $1 ORDER BY t.code_id FOR UPDATE OF t`,
);

/** The structural codes of persons (MetaCodeForPerson), which their trips begin with. In the order of the relations. */
export const codesOfPersons = statement<Code & Stored>(
  'travel.code.ofPersons',
  `${codeTable.select} JOIN (SELECT code_id, min(relation_id) AS place FROM travel_relation
     WHERE kind = 'MetaCodeForPerson' AND person_id = ANY($1::bigint[]) GROUP BY code_id) p USING (code_id) ORDER BY p.place`,
);
