import { statement } from '../../core/database/statement.ts';
import type { Dictionary } from '../dictionary.ts';
import { type Stored, tableOf } from './table.ts';

export const dictionaryTable = tableOf<Dictionary>({
  name: 'dictionary',
  table: 'travel_dictionary',
  id: ['id_MetaDictionary', 'dictionary_id'],
  columns: {
    Name: 'name',
    NameLatin: 'name_latin',
    Tag: 'tag',
    id_Group: 'group_id',
    id_MetaDictionaryType: 'type',
    id_BindingType: 'binding',
    SelectorMode: 'selector',
    SequenceNumber: 'sequence',
    ValidationRegex: 'validation_regex',
    ValidationText: 'validation_text',
    ValidationTextLatin: 'validation_text_latin',
    id_RealMetaDictionary: 'real_id',
    mandatory: 'mandatory',
  },
  organization: 'NULL::bigint',
});

/** Whether a dictionary is used by one of these organizations: `dictionary` and `organizations` are expressions. */
export const usedBy = (dictionary: string, organizations: string): string =>
  `EXISTS (SELECT FROM travel_relation u WHERE u.kind = 'MetaDictionaryForOrganization' AND u.dictionary_id = ${dictionary}
     AND u.organization_id = ANY(${organizations}))`;

export const isDictionaryUsed = statement<{ used: boolean }>('travel.dictionary.isUsed', `SELECT ${usedBy('$1', '$2::bigint[]')} AS used`);

/** A page by id. `$1` scope (null: all), `$2` group, `$3` name, `$4` binding, `$5` used by this organization, `$6` id of the last one seen, `$7` rows. */
export const listDictionaries = statement<Dictionary & Stored>(
  'travel.dictionary.list',
  `${dictionaryTable.select}
   WHERE ($1::bigint[] IS NULL OR ${usedBy('t.dictionary_id', '$1::bigint[]')}) AND ($2::bigint IS NULL OR t.group_id = $2)
     AND ($3::text IS NULL OR t.name = $3) AND ($4::int IS NULL OR t.binding = $4)
     AND ($5::bigint IS NULL OR ${usedBy('t.dictionary_id', 'ARRAY[$5::bigint]')}) AND t.dictionary_id > $6 ORDER BY t.dictionary_id LIMIT $7`,
);

/** By its natural key. */
export const dictionaryByName = statement<{ id: number }>(
  'travel.dictionary.byName',
  'SELECT dictionary_id AS id FROM travel_dictionary WHERE group_id = $1 AND name = $2',
);

/** Whether another dictionary mirrors this one. */
export const isMirrored = statement<{ mirrored: boolean }>(
  'travel.dictionary.isMirrored',
  'SELECT EXISTS (SELECT FROM travel_dictionary WHERE real_id = $1) AS mirrored',
);

/**
 * The dictionaries that are asked for: those for the organization `$1` with binding `$2`, narrowed by the relations (spec 2.9). One that depends on
 * kinds of services is asked for only with one of `$3`; one that depends on codes only when one of `$4` is chosen. In SequenceNumber order.
 */
export const askedDictionaries = statement<Dictionary & Stored>(
  'travel.dictionary.asked',
  `${dictionaryTable.select}
   WHERE t.binding = $2 AND ${usedBy('t.dictionary_id', 'ARRAY[$1::bigint]')}
     AND (EXISTS (SELECT FROM travel_relation r WHERE r.kind = 'MetaDictionaryOnReserveTypeDependency' AND r.dictionary_id = t.dictionary_id
            AND r.reserve_type = ANY($3::text[]))
       OR NOT EXISTS (SELECT FROM travel_relation r WHERE r.kind = 'MetaDictionaryOnReserveTypeDependency' AND r.dictionary_id = t.dictionary_id))
     AND (EXISTS (SELECT FROM travel_relation r WHERE r.kind = 'MetaDictionaryOnCodeDependency' AND r.dictionary_id = t.dictionary_id
            AND r.related_code_id = ANY($4::bigint[]))
       OR NOT EXISTS (SELECT FROM travel_relation r WHERE r.kind = 'MetaDictionaryOnCodeDependency' AND r.dictionary_id = t.dictionary_id))
   ORDER BY t.sequence, t.dictionary_id`,
);
