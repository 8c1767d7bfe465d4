import { type Code, codeChangeSchema, freshCodeSchema } from './code.ts';
import { needObject, requireEverywhere } from './find-object.ts';
import { DICTIONARIES } from './save-dictionary.ts';
import type { Noun } from './save-object.ts';
import { codeTable, isCodeSeen } from './sql/codes.ts';
import { staticEvent } from './static-event.ts';
import { checkCodeValue } from './validation-regex.ts';

/** Codes belong to no organization; they are seen where their dictionary is used, unless they are offered to other organizations only. */
export const CODES: Noun<Code> = {
  name: 'code',
  words: { en: 'code', ru: 'код' },
  idField: 'id_MetaCode',
  table: codeTable,
  fresh: freshCodeSchema,
  change: codeChangeSchema,
  async sees(db, organizations, { id_MetaCode }) {
    const [row] = await isCodeSeen(db, id_MetaCode, organizations);
    return row?.seen === true;
  },
  async check(tx, caller, next, before) {
    requireEverywhere(caller, this.words);
    const dictionary = await needObject(tx, caller, DICTIONARIES, { id: next.id_MetaDictionary, right: 'static.write', lock: 'hold' });
    if (next.CodeValue !== before?.CodeValue) checkCodeValue(dictionary, next.CodeValue);
  },
  duplicate: ({ CodeValue, id_MetaDictionary }) => ({
    en: `dictionary ${id_MetaDictionary} has the value ${JSON.stringify(CodeValue)} already`,
    ru: `в справочнике ${id_MetaDictionary} уже есть значение «${CodeValue}»`,
  }),
  eventOf(caller, { action, before, after }) {
    const code = after ?? before;
    if (code === undefined) return undefined;
    return staticEvent(caller, {
      kind: 'SimpleMetaCode',
      action,
      subject: `code/${code.id_MetaCode}`,
      organizationId: null,
      id_Object: code.id_MetaCode,
      id_Dictionary: code.id_MetaDictionary,
      before,
      after,
    });
  },
};
