import * as z from 'zod';
import { id, optionalText, requiredText } from './fields.ts';

/**
 * An organization: the agency itself or a client company (spec 2.2).
 *
 * It is active or not: an inactive one takes no new trips and orders. It is deleted only while nothing refers to it.
 */
const fields = {
  Name: requiredText(200).meta({ description: 'Name', example: 'ООО «Ветер»' }),
  NameLatin: optionalText(200),
  OuterId: optionalText(100).meta({ description: 'Its id in the system of its owner; unique if set' }),
  kind: z.enum(['agency', 'client']),
  id_Parent: id.nullable().meta({ description: 'The organization above it' }),
  authorization: z.enum(['none', 'required']).meta({ description: 'Whether trips must be approved before they become clean copies' }),
  on_time_limit: z.enum(['cancel', 'queue', 'none']).meta({ description: 'What happens with an order whose time limit has passed' }),
  active: z.boolean(),
};

export const newOrganizationSchema = z.strictObject({
  Name: fields.Name,
  NameLatin: fields.NameLatin.default(null),
  OuterId: fields.OuterId.default(null),
  kind: fields.kind.default('client'),
  id_Parent: fields.id_Parent.default(null),
  authorization: fields.authorization.default('none'),
  on_time_limit: fields.on_time_limit.default('cancel'),
  active: fields.active.default(true),
});

export const organizationChangeSchema = z.strictObject(fields).partial();

export type OrganizationFields = z.output<typeof newOrganizationSchema>;
export type Organization = OrganizationFields & { readonly id_Organization: number };
