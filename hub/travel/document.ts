import * as z from 'zod';
import { HubError } from '../core/errors.ts';
import { DOCUMENT_TYPES, numbersOf } from './codebooks.ts';
import { id, oneOf, optionalDay, optionalText, requiredText } from './fields.ts';

/** A document of a person (spec 2.9). */
const fields = {
  id_DocumentType: oneOf(numbersOf(DOCUMENT_TYPES)).meta({
    description: '1 passport, 2 passport for travel abroad, 3 birth certificate, 4 other',
  }),
  id_Country: id.meta({ description: 'The country that issued it' }),
  Number: requiredText(50).meta({ description: 'Series and number' }),
  LastName: optionalText(100),
  FirstName: optionalText(100),
  MiddleName: optionalText(100).meta({ description: 'The patronymic' }),
  IssueDate: optionalDay,
  ExpiryDate: optionalDay,
};

/** A new document in a call that names its person in the address. */
export const newDocumentSchema = z.strictObject({
  id_DocumentType: fields.id_DocumentType,
  id_Country: fields.id_Country,
  Number: fields.Number,
  LastName: fields.LastName.default(null),
  FirstName: fields.FirstName.default(null),
  MiddleName: fields.MiddleName.default(null),
  IssueDate: fields.IssueDate.default(null),
  ExpiryDate: fields.ExpiryDate.default(null),
});

export const freshDocumentSchema = newDocumentSchema.extend({ id_Person: id });
export const documentChangeSchema = z.strictObject(fields).partial();

export type Document = z.output<typeof freshDocumentSchema> & { readonly id_Document: number };

/** @throws HubError VALIDATION with the reason `dates` unless the document expires after its issue. */
export function checkDocumentDates({ IssueDate: issued, ExpiryDate: expires }: Pick<Document, 'IssueDate' | 'ExpiryDate'>): void {
  if (issued === null || expires === null || Temporal.PlainDate.compare(expires, issued) > 0) return;
  throw new HubError('VALIDATION', `ExpiryDate: ${expires} is not after the IssueDate ${issued}`, {
    reason: 'dates',
    russian: `ExpiryDate: ${expires} не позже даты выдачи ${issued}`,
    details: [{ code: 'dates', path: '/ExpiryDate', message: 'must be after IssueDate' }],
  });
}
