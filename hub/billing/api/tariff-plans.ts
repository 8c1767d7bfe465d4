import * as z from 'zod';
import { maskOf } from '../group-mask.ts';
import { TARIFF_PLANS } from '../save-tariff-plan.ts';
import { groupsAnswer, groupsField, lineField, shownGroups, titleField } from './managed-fields.ts';
import { managedFace } from './managed-routes.ts';

/** Whom a plan is for, as the table has it: -1, 0, 1. */
const PERSONS = ['any', 'person', 'company'] as const;

const answer = z.object({
  id: z.int(),
  title: z.string(),
  title_web: z.string(),
  use_title_in_web: z.boolean(),
  used: z.boolean(),
  person_type: z.enum(PERSONS),
  groups: groupsAnswer,
  title_mask: z.string(),
  config: z.string(),
  version: z.int().meta({ description: 'Also raised by a change of its prices' }),
});

/** Tariff plans; their prices are routes of their own (tariff-prices.ts). */
export const TARIFF_PLAN_FACE = managedFace({
  kind: TARIFF_PLANS,
  path: '/tariff-plans',
  many: 'tariff plans',
  fields: z.strictObject({
    title: titleField,
    title_web: lineField(200).meta({ description: 'What customers read' }),
    use_title_in_web: z.boolean().meta({ description: 'Customers read the title itself' }),
    used: z.boolean().meta({ description: 'It is offered for new contracts' }),
    person_type: z.enum(PERSONS).transform((word) => PERSONS.indexOf(word) - 1),
    groups: groupsField.meta({ description: 'Only for contracts with one of these groups; none: for all' }),
    title_mask: lineField(1_000).meta({ description: 'Kept for programs that read it' }),
    config: z.string().max(100_000).meta({ description: 'Kept for programs that read it' }),
  }),
  needed: ['title'],
  fixed: [],
  filters: {
    used: z.stringbool().optional(),
    group: z.coerce.number().int().min(0).max(62).optional().meta({ description: 'Confined to this group of contracts, among others' }),
  },
  filtersOf: ({ used, group }) => [(used as boolean | undefined) ?? null, group === undefined ? null : maskOf([group as number])],
  changeOf: ({ title_web, use_title_in_web, person_type, title_mask, ...same }) => ({
    ...same,
    titleWeb: title_web,
    useTitleInWeb: use_title_in_web,
    personType: person_type,
    titleMask: title_mask,
  }),
  answer,
  listed: answer.omit({ config: true }),
  shown: (plan): z.input<typeof answer> => ({
    id: plan.id,
    title: plan.title,
    title_web: plan.titleWeb,
    use_title_in_web: plan.useTitleInWeb,
    used: plan.used,
    person_type: PERSONS[plan.personType + 1] ?? 'any',
    groups: shownGroups(plan.groups),
    title_mask: plan.titleMask,
    config: plan.config,
    version: plan.version,
  }),
});
