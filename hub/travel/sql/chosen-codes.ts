import { statement } from '../../core/database/statement.ts';
import type { ValueRule } from '../validation-regex.ts';
import { usedBy } from './dictionaries.ts';

/** A dictionary as events name it. */
interface Face {
  readonly id_MetaDictionary: number;
  readonly Name: string;
  readonly NameLatin: string | null;
  readonly SequenceNumber: number;
}

export const dictionaryFaces = statement<Face & Record<string, unknown>>(
  'travel.chosen.faces',
  `SELECT dictionary_id AS "id_MetaDictionary", name AS "Name", name_latin AS "NameLatin", sequence AS "SequenceNumber"
   FROM travel_dictionary WHERE dictionary_id = ANY($1::bigint[])`,
);

/** What decides whether a code of a dictionary may be chosen. */
export type ChoiceDictionary = ValueRule & {
  readonly id_MetaDictionary: number;
  readonly id_BindingType: number;
  readonly SelectorMode: number;
  readonly used: boolean;
};

/** Dictionaries `$1`, with whether the organization `$2` uses them. */
export const dictionariesForChoice = statement<ChoiceDictionary>(
  'travel.chosen.dictionaries',
  `SELECT t.dictionary_id AS "id_MetaDictionary", t.name AS "Name", t.binding AS "id_BindingType", t.selector AS "SelectorMode",
     t.validation_regex AS "ValidationRegex", t.validation_text AS "ValidationText", t.validation_text_latin AS "ValidationTextLatin",
     ${usedBy('t.dictionary_id', 'ARRAY[$2::bigint]')} AS used
   FROM travel_dictionary t WHERE t.dictionary_id = ANY($1::bigint[])`,
);
