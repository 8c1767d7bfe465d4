import * as z from 'zod';
import { contactChangeSchema, newContactSchema } from './contact.ts';
import { documentChangeSchema, newDocumentSchema } from './document.ts';
import { id, versionField } from './fields.ts';
import { mileCardChangeSchema, newMileCardSchema } from './mile-card.ts';
import { newPersonSchema, personChangeSchema } from './person.ts';

/**
 * The form of a person: the person and several of its parts, saved in one call (spec 2.9). An entry without an id is a new part; with an id it
 * changes that part; with `delete` it takes it away. Parts that are not named stay.
 */
const gone = z.literal(true).meta({ description: 'Take this one away' });
const most = 200;

const parts = {
  documents: z
    .array(
      z.union([
        z.strictObject({ id_Document: id, version: versionField, delete: gone }),
        documentChangeSchema.extend({ id_Document: id, version: versionField }),
        newDocumentSchema,
      ]),
    )
    .max(most)
    .optional(),
  contacts: z
    .array(
      z.union([
        z.strictObject({ id_Contact: id, version: versionField, delete: gone }),
        contactChangeSchema.extend({ id_Contact: id, version: versionField }),
        newContactSchema,
      ]),
    )
    .max(most)
    .optional(),
  mile_cards: z
    .array(
      z.union([
        z.strictObject({ id_Card: id, version: versionField, delete: gone }),
        mileCardChangeSchema.extend({ id_Card: id, version: versionField }),
        newMileCardSchema,
      ]),
    )
    .max(most)
    .optional(),
  codes: z
    .array(z.union([z.strictObject({ id_Relation: id, delete: gone }), z.strictObject({ id_MetaCode: id })]))
    .max(most)
    .optional()
    .meta({ description: 'Structural codes of the person (MetaCodeForPerson)' }),
};

export const newPersonFormSchema = newPersonSchema.extend(parts);
export const personFormSchema = personChangeSchema.extend({ ...parts, version: versionField });

export type PersonParts = Pick<z.output<typeof personFormSchema>, 'documents' | 'contacts' | 'mile_cards' | 'codes'>;
