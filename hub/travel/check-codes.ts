import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { ChosenCode } from './chosen-code.ts';
import type { Code } from './code.ts';
import { BINDING, SELECTOR } from './codebooks.ts';
import { isLive, type Order } from './order.ts';
import { type ChoiceDictionary, dictionariesForChoice } from './sql/chosen-codes.ts';
import { codesOfPersons, codeTable, listCodes } from './sql/codes.ts';
import type { CodeChoice } from './trip.ts';
import { checkCodeValue } from './validation-regex.ts';

/** On what codes are put. */
export interface CodePlace {
  readonly on: 'trip' | 'order';
  readonly organization: number;
  /** Of the order, or of the live orders of the trip: some codes are offered for certain services only. */
  readonly reserveTypes: readonly string[];
  /** Codes chosen elsewhere under which others are offered: those of the trip, for an order. */
  readonly above: readonly ChosenCode[];
}

const BINDINGS = { trip: BINDING.trip, order: BINDING.order } as const;

/** What a trip's codes may depend on. */
export const typesOf = (orders: readonly Order[]): string[] => [...new Set(orders.filter(isLive).map(({ ReserveType }) => ReserveType))];

const refuse = (reason: string, at: number, message: string, russian: string): HubError =>
  new HubError('VALIDATION', `codes, entry ${at + 1}: ${message}`, {
    reason,
    russian: `коды, строка ${at + 1}: ${russian}`,
    details: [{ code: reason, path: `/codes/${at}`, message }],
  });

/** A choice as dictionary and value; the code where the call named one. */
type Asked = Pick<Code, 'id_MetaDictionary' | 'CodeValue'> & { readonly id_MetaCode: number | null };

async function codeOf(db: Queryable, choice: CodeChoice, at: number): Promise<Asked> {
  if (!('id_MetaCode' in choice)) return { ...choice, id_MetaCode: null };
  const [code] = await codeTable.byId(db, choice.id_MetaCode);
  if (!code) throw refuse('code_unknown', at, `there is no code ${choice.id_MetaCode}`, `нет кода ${choice.id_MetaCode}`);
  return code;
}

function checkDictionary(dictionary: ChoiceDictionary | undefined, id: number, place: CodePlace, at: number): ChoiceDictionary {
  // One of other organizations is not told from one that is not there.
  if (!dictionary?.used)
    throw refuse(
      'code_not_offered',
      at,
      `organization ${place.organization} uses no dictionary ${id}`,
      `организация ${place.organization} не использует справочник ${id}`,
    );
  if (dictionary.id_BindingType !== BINDINGS[place.on])
    throw refuse(
      'wrong_binding',
      at,
      `codes of ${dictionary.Name} are put on ${place.on === 'trip' ? 'orders' : 'trips'}`,
      `коды справочника «${dictionary.Name}» ставятся на ${place.on === 'trip' ? 'заказ' : 'командировку'}`,
    );
  return dictionary;
}

/** Two codes of one dictionary are possible only where several may be chosen. */
function checkCounts(chosen: readonly ChosenCode[], dictionaries: ReadonlyMap<number, ChoiceDictionary>): void {
  const seen = new Map<number, ChosenCode[]>();
  chosen.forEach((code, at) => {
    const before = seen.get(code.id_MetaDictionary) ?? [];
    if (before.some(({ CodeValue }) => CodeValue === code.CodeValue))
      throw refuse('code_twice', at, `${code.CodeValue} of ${code.Dictionary} stands there already`, `код ${code.CodeValue} уже указан`);
    if (before.length > 0 && dictionaries.get(code.id_MetaDictionary)?.SelectorMode !== SELECTOR.several)
      throw refuse('selector', at, `${code.Dictionary} takes one code`, `в справочнике «${code.Dictionary}» выбирается один код`);
    seen.set(code.id_MetaDictionary, [...before, code]);
  });
}

const chosenOf = (dictionary: ChoiceDictionary, code: Code): ChosenCode => ({
  id_MetaDictionary: dictionary.id_MetaDictionary,
  Dictionary: dictionary.Name,
  id_MetaCode: code.id_MetaCode,
  CodeValue: code.CodeValue,
  Name: code.Name ?? code.CodeValue,
});

/**
 * Checks a full list of codes: the organization's dictionaries, binding, selector mode, ValidationRegex, and the relations that narrow what is
 * offered (spec 2.7, 2.9).
 * @throws HubError VALIDATION with the reason `wrong_binding`, `code_value`, `selector`, `code_unknown`, `code_not_offered` or `code_twice`, and the entry.
 */
export async function checkCodes(db: Queryable, choices: readonly CodeChoice[], place: CodePlace): Promise<ChosenCode[]> {
  const asked: Asked[] = [];
  for (const [at, choice] of choices.entries()) asked.push(await codeOf(db, choice, at));
  const ids = [...new Set(asked.map(({ id_MetaDictionary }) => id_MetaDictionary))];
  const rows = ids.length === 0 ? [] : await dictionariesForChoice(db, ids, place.organization);
  const dictionaries = new Map(rows.map((row) => [row.id_MetaDictionary, row]));
  // Of the list itself every code may stand above another, whatever the order of the list.
  const above = [...(await codeIdsOf(db, asked)), ...place.above.flatMap(({ id_MetaCode }) => (id_MetaCode === null ? [] : [id_MetaCode]))];
  const chosen: ChosenCode[] = [];
  for (const [at, { id_MetaDictionary, CodeValue }] of asked.entries()) {
    const dictionary = checkDictionary(dictionaries.get(id_MetaDictionary), id_MetaDictionary, place, at);
    checkCodeValue(dictionary, CodeValue, `/codes/${at}`);
    const [present] = await codesWith(db, id_MetaDictionary, CodeValue);
    if (present) {
      const [offered] = await listCodes(db, id_MetaDictionary, null, CodeValue, place.organization, place.reserveTypes, above, 0, 1);
      if (!offered)
        throw refuse(
          'code_not_offered',
          at,
          `${CodeValue} of ${dictionary.Name} is not offered here: it belongs to other services, organizations or codes`,
          `код ${CodeValue} справочника «${dictionary.Name}» здесь не предлагается`,
        );
      chosen.push(chosenOf(dictionary, offered));
    } else if (dictionary.SelectorMode === SELECTOR.free) {
      chosen.push({ id_MetaDictionary, Dictionary: dictionary.Name, id_MetaCode: null, CodeValue, Name: CodeValue });
    } else {
      throw refuse(
        'code_unknown',
        at,
        `${dictionary.Name} has no code ${CodeValue}`,
        `в справочнике «${dictionary.Name}» нет кода ${CodeValue}`,
      );
    }
  }
  checkCounts(chosen, dictionaries);
  return chosen;
}

/** Ids of the codes of a list, also of those named by their value. */
async function codeIdsOf(db: Queryable, asked: readonly Asked[]): Promise<number[]> {
  const ids: number[] = [];
  for (const { id_MetaCode, id_MetaDictionary, CodeValue } of asked) {
    if (id_MetaCode !== null) ids.push(id_MetaCode);
    else for (const code of await codesWith(db, id_MetaDictionary, CodeValue)) ids.push(code.id_MetaCode);
  }
  return ids;
}

const codesWith = (db: Queryable, dictionary: number, value: string) => listCodes(db, dictionary, null, value, null, null, null, 0, 1);

/** The structural codes of its travellers, with which a new trip begins: what is offered, and one where one may be chosen (spec 2.9). */
export async function presetCodes(db: Queryable, persons: readonly number[], organization: number): Promise<ChosenCode[]> {
  if (persons.length === 0) return [];
  const codes = await codesOfPersons(db, persons);
  if (codes.length === 0) return [];
  const rows = await dictionariesForChoice(db, [...new Set(codes.map(({ id_MetaDictionary }) => id_MetaDictionary))], organization);
  const dictionaries = new Map(rows.map((row) => [row.id_MetaDictionary, row]));
  const preset: ChosenCode[] = [];
  for (const code of codes) {
    const dictionary = dictionaries.get(code.id_MetaDictionary);
    if (!dictionary?.used || dictionary.id_BindingType !== BINDING.trip) continue;
    const taken = preset.some(({ id_MetaDictionary }) => id_MetaDictionary === code.id_MetaDictionary);
    if (taken && dictionary.SelectorMode !== SELECTOR.several) continue;
    preset.push(chosenOf(dictionary, code));
  }
  return preset;
}
