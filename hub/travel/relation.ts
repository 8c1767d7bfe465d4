import * as z from 'zod';
import { RESERVE_TYPES, type ReserveType } from './codebooks.ts';
import { id } from './fields.ts';
import { RELATION_KINDS, type RelationKind } from './static-kinds.ts';

/**
 * A relation ties a dictionary or a code (its subject) to something else (its far end): seven kinds (spec 2.9). It is made and removed, never
 * changed. What each does: asked only for these services, asked only when that code is chosen, offered only under that code, for these
 * services, for these organizations; used by that organization; the person's own code.
 */
export type FarEnd = 'ReserveType' | 'id_MetaCode' | 'id_Organization' | 'id_Person';

export const RELATIONS: Readonly<Record<RelationKind, { readonly subject: 'dictionary' | 'code'; readonly far: FarEnd }>> = {
  MetaDictionaryOnReserveTypeDependency: { subject: 'dictionary', far: 'ReserveType' },
  MetaDictionaryOnCodeDependency: { subject: 'dictionary', far: 'id_MetaCode' },
  MetaCodeOnCodeDependency: { subject: 'code', far: 'id_MetaCode' },
  MetaCodeOnReserveTypeDependency: { subject: 'code', far: 'ReserveType' },
  MetaCodeOnOrganizationDependency: { subject: 'code', far: 'id_Organization' },
  MetaDictionaryForOrganization: { subject: 'dictionary', far: 'id_Organization' },
  MetaCodeForPerson: { subject: 'code', far: 'id_Person' },
};

const FAR_ENDS = ['ReserveType', 'id_MetaCode', 'id_Organization', 'id_Person'] as const satisfies readonly FarEnd[];

export const reserveType = z.enum(Object.keys(RESERVE_TYPES) as [ReserveType, ...ReserveType[]]);

export const newRelationSchema = z
  .strictObject({
    kind: z.enum(RELATION_KINDS),
    id_Subject: id.meta({ description: 'The dictionary or code that depends' }),
    ReserveType: reserveType.nullable().default(null),
    id_MetaCode: id.nullable().default(null),
    id_Organization: id.nullable().default(null),
    id_Person: id.nullable().default(null),
  })
  .superRefine((relation, context) => {
    const { far } = RELATIONS[relation.kind];
    for (const field of FAR_ENDS) {
      if ((field === far) === (relation[field] !== null)) continue;
      context.addIssue({
        code: 'custom',
        path: [field],
        message: field === far ? `is what a ${relation.kind} is about` : `has no place in a ${relation.kind}, which is about ${far}`,
      });
    }
  });

export type RelationFields = z.output<typeof newRelationSchema>;

/** What tells one relation from all others of its kind. */
export const farEndOf = (relation: RelationFields): number | string | null => relation[RELATIONS[relation.kind].far];
