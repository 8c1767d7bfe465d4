import * as z from 'zod';
import { id, optionalText, requiredText } from './fields.ts';

/** A code: one value of a dictionary (spec 2.9). It never moves to another dictionary. */
const fields = {
  Name: optionalText(200),
  NameLatin: optionalText(200),
  Tag: optionalText(200),
  CodeValue: requiredText(200).meta({ description: 'Unique in its dictionary; what `@DIC:` gives', example: 'ТК-7/2' }),
};

/** A new code in a call that names its dictionary in the address. */
export const newCodeSchema = z.strictObject({
  Name: fields.Name.default(null),
  NameLatin: fields.NameLatin.default(null),
  Tag: fields.Tag.default(null),
  CodeValue: fields.CodeValue,
});

export const freshCodeSchema = newCodeSchema.extend({ id_MetaDictionary: id });
export const codeChangeSchema = z.strictObject(fields).partial();

export type Code = z.output<typeof freshCodeSchema> & { readonly id_MetaCode: number };
