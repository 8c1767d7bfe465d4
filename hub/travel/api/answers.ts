import * as z from 'zod';
import { newOrganizationSchema } from '../organization.ts';

/** What the routes answer, for the OpenAPI page. Times are RFC 3339 in UTC. */
const id = z.int();
const bookkeeping = { version: z.int(), created_at: z.iso.datetime(), changed_at: z.iso.datetime() };

export const pageAnswer = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Cursor: `after` of the next page; null at the end' }),
  });

/** The fields as they are stored: what a schema of input makes of them. */
export const organizationAnswer = z.object({ id_Organization: id, ...newOrganizationSchema.shape, ...bookkeeping });

/** An object without what is only the hub's business. */
export function shown<T extends { readonly organizationId: number | null }>(object: T): Omit<T, 'organizationId'> {
  const { organizationId: _, ...rest } = object;
  return rest;
}
