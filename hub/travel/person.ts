import * as z from 'zod';
import { HubError } from '../core/errors.ts';
import { id, optionalDay, optionalText, requiredText } from './fields.ts';

/** A person: a traveller or employee of an organization, with documents, contacts, mile cards and codes (spec 2.9). */
const fields = {
  id_Organization: id,
  LastName: requiredText(100),
  FirstName: requiredText(100),
  SurName: optionalText(100).meta({ description: 'The patronymic' }),
  LastNameLatin: optionalText(100),
  FirstNameLatin: optionalText(100),
  SurNameLatin: optionalText(100),
  BirthDate: optionalDay,
  Gender: z
    .enum(['M', 'F', ''])
    .transform((text) => (text === '' ? null : text))
    .nullable(),
  id_Country: id.nullable().meta({ description: 'Citizenship' }),
  OuterId: optionalText(100).meta({ description: 'The id in the system of the organization; unique there if set' }),
};

export const newPersonSchema = z.strictObject({
  id_Organization: fields.id_Organization,
  LastName: fields.LastName,
  FirstName: fields.FirstName,
  SurName: fields.SurName.default(null),
  LastNameLatin: fields.LastNameLatin.default(null),
  FirstNameLatin: fields.FirstNameLatin.default(null),
  SurNameLatin: fields.SurNameLatin.default(null),
  BirthDate: fields.BirthDate.default(null),
  Gender: fields.Gender.default(null),
  id_Country: fields.id_Country.default(null),
  OuterId: fields.OuterId.default(null),
});

export const personChangeSchema = z.strictObject(fields).partial();

export type Person = z.output<typeof newPersonSchema> & { readonly id_Person: number };

/** @param today where the hub is. @throws HubError VALIDATION with the reason `dates` */
export function checkBirthDate(birthDate: string | null, today: Temporal.PlainDate): void {
  if (birthDate === null || Temporal.PlainDate.compare(birthDate, today) <= 0) return;
  throw new HubError('VALIDATION', `BirthDate: ${birthDate} is in the future`, {
    reason: 'dates',
    russian: `BirthDate: дата ${birthDate} ещё не наступила`,
    details: [{ code: 'dates', path: '/BirthDate', message: 'must not be in the future' }],
  });
}
