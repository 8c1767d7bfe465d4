import * as z from 'zod';
import { id, optionalText, requiredText } from './fields.ts';

/** A mile or bonus card of a person (spec 2.9). */
const fields = {
  Number: requiredText(50),
  AirlineCode: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z0-9]{2}$/, 'must be two Latin letters or digits, such as SU or S7')
    .meta({ example: 'SU' }),
  OuterId: optionalText(100),
};

/** A new card in a call that names its person in the address. */
export const newMileCardSchema = z.strictObject({
  Number: fields.Number,
  AirlineCode: fields.AirlineCode,
  OuterId: fields.OuterId.default(null),
});
export const freshMileCardSchema = newMileCardSchema.extend({ id_Person: id });
export const mileCardChangeSchema = z.strictObject(fields).partial();

export type MileCard = z.output<typeof freshMileCardSchema> & { readonly id_Card: number };
