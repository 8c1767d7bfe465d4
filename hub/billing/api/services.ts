import * as z from 'zod';
import { SERVICES } from '../save-service.ts';
import { SERVICE_SETS } from '../save-service-set.ts';
import { idField, idText } from './fields.ts';
import { idsField, titleField } from './managed-fields.ts';
import { managedFace } from './managed-routes.ts';

const ofModule = { module_id: idText.optional().meta({ description: 'Of this instance' }) };
const moduleOf = ({ module_id }: Readonly<Record<string, unknown>>): number | null => (module_id as number | undefined) ?? null;

/** Services of module instances. */
export const SERVICE_FACE = managedFace({
  kind: SERVICES,
  path: '/services',
  many: 'services of module instances',
  fields: z.strictObject({
    module_id: idField,
    title: titleField,
    unit: z.int().min(0).max(2_147_483_647).meta({ description: 'Number of its unit, as programs of the original know it' }),
    used: z.boolean().meta({ description: 'It is offered for new contracts' }),
  }),
  needed: ['module_id', 'title'],
  fixed: ['module_id'],
  filters: { ...ofModule, used: z.stringbool().optional() },
  filtersOf: (query) => [moduleOf(query), (query['used'] as boolean | undefined) ?? null],
  changeOf: ({ module_id, ...same }) => ({ ...same, moduleId: module_id }),
  answer: z.object({ id: z.int(), module_id: z.int(), title: z.string(), unit: z.int(), used: z.boolean(), version: z.int() }),
  shown: ({ id, moduleId, title, unit, used, version }) => ({ id, module_id: moduleId, title, unit, used, version }),
});

/** Sets of services: an npay instance can be confined to contracts with one of a set. */
export const SERVICE_SET_FACE = managedFace({
  kind: SERVICE_SETS,
  path: '/service-sets',
  many: 'sets of services',
  fields: z.strictObject({ module_id: idField, title: titleField, services: idsField }),
  needed: ['module_id', 'title'],
  fixed: ['module_id'],
  filters: ofModule,
  filtersOf: (query) => [moduleOf(query)],
  changeOf: ({ module_id, ...same }) => ({ ...same, moduleId: module_id }),
  answer: z.object({ id: z.int(), module_id: z.int(), title: z.string(), services: z.array(z.int()), version: z.int() }),
  shown: ({ id, moduleId, title, services, version }) => ({ id, module_id: moduleId, title, services, version }),
});
