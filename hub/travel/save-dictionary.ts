import { HubError } from '../core/errors.ts';
import { checkDictionaryName, type Dictionary, dictionaryChangeSchema, newDictionarySchema } from './dictionary.ts';
import { requireEverywhere } from './find-object.ts';
import type { Noun } from './save-object.ts';
import { dictionaryTable, isDictionaryUsed } from './sql/dictionaries.ts';
import { staticEvent } from './static-event.ts';
import { checkRegex } from './validation-regex.ts';

/** Dictionaries belong to no organization; those that use one see it. */
export const DICTIONARIES: Noun<Dictionary> = {
  name: 'dictionary',
  words: { en: 'dictionary', ru: 'справочник' },
  idField: 'id_MetaDictionary',
  table: dictionaryTable,
  fresh: newDictionarySchema,
  change: dictionaryChangeSchema,
  async sees(db, organizations, { id_MetaDictionary }) {
    const [row] = await isDictionaryUsed(db, id_MetaDictionary, organizations);
    return row?.used === true;
  },
  async check(tx, caller, next, before) {
    requireEverywhere(caller, this.words);
    checkDictionaryName(next.Name);
    if (next.ValidationRegex !== null && next.ValidationRegex !== before?.ValidationRegex) checkRegex(next.ValidationRegex);
    const real = next.id_RealMetaDictionary;
    if (real === null || real === before?.id_RealMetaDictionary) return;
    const [shared] = await dictionaryTable.hold(tx, real);
    if (shared && real !== before?.id_MetaDictionary) return;
    const why = shared ? 'a dictionary cannot mirror itself' : `there is no dictionary ${real}`;
    throw new HubError('VALIDATION', `id_RealMetaDictionary: ${why}`, {
      reason: 'unknown_reference',
      russian: shared ? 'справочник не может отражать сам себя' : `справочник ${real} не найден`,
      details: [{ code: 'unknown_reference', path: '/id_RealMetaDictionary', message: why }],
    });
  },
  duplicate: ({ Name, id_Group }) => ({
    en: `a dictionary named ${JSON.stringify(Name)} is in group ${id_Group} already`,
    ru: `в группе ${id_Group} уже есть справочник «${Name}»`,
  }),
  eventOf(caller, { action, before, after }) {
    const dictionary = after ?? before;
    if (dictionary === undefined) return undefined;
    const { id_MetaDictionary, Name, NameLatin, id_Group } = dictionary;
    return staticEvent(caller, {
      kind: 'SimpleMetaDictionary',
      action,
      subject: `dictionary/${id_MetaDictionary}`,
      organizationId: null,
      id_Object: id_MetaDictionary,
      id_Dictionary: id_MetaDictionary,
      before,
      after,
      object: { id_MetaDictionary, Name, NameLatin, id_Group, previousName: before?.Name ?? null },
    });
  },
};
