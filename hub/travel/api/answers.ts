import * as z from 'zod';
import { freshCodeSchema } from '../code.ts';
import { freshContactSchema } from '../contact.ts';
import { newDictionarySchema } from '../dictionary.ts';
import { newOrganizationSchema } from '../organization.ts';
import { RELATION_KINDS } from '../static-kinds.ts';

/** What the routes answer, for the OpenAPI page. Times are RFC 3339 in UTC. */
const id = z.int();
const text = z.string();
const textOrNull = z.string().nullable();
const bookkeeping = { version: z.int(), created_at: z.iso.datetime(), changed_at: z.iso.datetime() };
const maskable = textOrNull.meta({ description: '`***` for those who may not see personal data' });

/** The fields as they are stored: what a schema of input makes of them. */
export const organizationAnswer = z.object({ id_Organization: id, ...newOrganizationSchema.shape, ...bookkeeping });
export const dictionaryAnswer = z.object({ id_MetaDictionary: id, ...newDictionarySchema.shape, ...bookkeeping });
export const codeAnswer = z.object({ id_MetaCode: id, ...freshCodeSchema.shape, ...bookkeeping });

export const relationAnswer = z.object({
  id_Relation: id,
  kind: z.enum(RELATION_KINDS),
  id_Subject: id,
  ReserveType: textOrNull,
  id_MetaCode: id.nullable(),
  id_Organization: id.nullable(),
  id_Person: id.nullable(),
  id_Dictionary: id,
  SubjectName: text,
  Related: z.object({ id: z.union([id, text]), kind: z.enum(['ReserveType', 'SimpleMetaCode', 'Organization', 'Person']), name: text }),
  created_at: z.iso.datetime(),
});

export const documentAnswer = z.object({
  id_Document: id,
  id_Person: id,
  id_DocumentType: id,
  id_Country: id,
  Number: maskable,
  LastName: maskable,
  FirstName: maskable,
  MiddleName: maskable,
  IssueDate: maskable,
  ExpiryDate: maskable,
  ...bookkeeping,
});

export const contactAnswer = z.object({ id_Contact: id, ...freshContactSchema.shape, Content: maskable, ...bookkeeping });

export const mileCardAnswer = z.object({
  id_Card: id,
  id_Person: id,
  Number: maskable,
  AirlineCode: text,
  OuterId: maskable,
  ...bookkeeping,
});

export const personSummaryAnswer = z.object({
  id_Person: id,
  id_Organization: id,
  LastName: maskable,
  FirstName: maskable,
  SurName: maskable,
  LastNameLatin: maskable,
  FirstNameLatin: maskable,
  SurNameLatin: maskable,
  BirthDate: maskable,
  Gender: z.enum(['M', 'F']).nullable(),
  id_Country: id.nullable(),
  OuterId: textOrNull,
  ...bookkeeping,
});

export const personAnswer = personSummaryAnswer.extend({
  documents: z.array(documentAnswer),
  contacts: z.array(contactAnswer),
  mile_cards: z.array(mileCardAnswer),
  codes: z.array(z.object({ id_Relation: id, id_MetaCode: id, id_MetaDictionary: id, CodeValue: text, Name: textOrNull })),
});

/** An object without what is only the hub's business. */
export function shown<T extends { readonly organizationId: number | null }>(object: T): Omit<T, 'organizationId'> {
  const { organizationId: _, ...rest } = object;
  return rest;
}
