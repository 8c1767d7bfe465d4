import * as z from 'zod';
import { HubError } from '../core/errors.ts';
import { BINDING, BINDING_TYPES, DICTIONARY_TYPES, numbersOf, SELECTOR, SELECTOR_MODES } from './codebooks.ts';
import { id, oneOf, optionalText, requiredText } from './fields.ts';

/** A dictionary: a list of budget or structural codes, of which trips and orders carry some (spec 2.9). */
const fields = {
  Name: requiredText(200).meta({ description: 'Unique in its group; `@DIC:Name` in templates', example: 'Команда' }),
  NameLatin: optionalText(200),
  Tag: optionalText(200),
  id_Group: z.int().min(0).meta({ description: 'The owner group; 0: none' }),
  id_MetaDictionaryType: oneOf(numbersOf(DICTIONARY_TYPES)).meta({ description: '1 system, 2 structural' }),
  id_BindingType: oneOf(numbersOf(BINDING_TYPES)).meta({ description: '0 codes on trips, 1 codes on orders' }),
  SelectorMode: oneOf(numbersOf(SELECTOR_MODES)).meta({ description: '0 one from the list, 1 several, 2 free text' }),
  SequenceNumber: z.int().min(0).max(1_000_000),
  ValidationRegex: optionalText(5_000).meta({ description: 'What a whole CodeValue must match; at most 500 characters, RE2 syntax' }),
  ValidationText: optionalText(500).meta({ description: 'Said when a value does not match' }),
  ValidationTextLatin: optionalText(500),
  id_RealMetaDictionary: id.nullable().meta({ description: 'The shared dictionary that this one mirrors' }),
  mandatory: z.boolean().meta({ description: 'A code of it must be set before a trip leaves the draft' }),
};

export const newDictionarySchema = z.strictObject({
  Name: fields.Name,
  NameLatin: fields.NameLatin.default(null),
  Tag: fields.Tag.default(null),
  id_Group: fields.id_Group.default(0),
  id_MetaDictionaryType: fields.id_MetaDictionaryType.default(2),
  id_BindingType: fields.id_BindingType.default(BINDING.trip),
  SelectorMode: fields.SelectorMode.default(SELECTOR.one),
  SequenceNumber: fields.SequenceNumber.default(0),
  ValidationRegex: fields.ValidationRegex.default(null),
  ValidationText: fields.ValidationText.default(null),
  ValidationTextLatin: fields.ValidationTextLatin.default(null),
  id_RealMetaDictionary: fields.id_RealMetaDictionary.default(null),
  mandatory: fields.mandatory.default(false),
});

export const dictionaryChangeSchema = z.strictObject(fields).partial();

export type DictionaryFields = z.output<typeof newDictionarySchema>;
export type Dictionary = DictionaryFields & { readonly id_MetaDictionary: number };

/** A name stands in templates and headers: one line. @throws HubError BAD_REQUEST with the reason `name` (spec 7.2 B20). */
export function checkDictionaryName(name: string): void {
  if (!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) return;
  const why = 'the name of a dictionary must be one line without control characters';
  throw new HubError('BAD_REQUEST', `Name: ${why}`, {
    reason: 'name',
    russian: 'Name: название справочника — одна строка без управляющих символов',
    details: [{ code: 'name', path: '/Name', message: why }],
  });
}
