import * as z from 'zod';
import { TARIFF_GROUPS } from '../save-tariff-group.ts';
import { dayOrOpen, dayOrOpenAnswer, idField } from './fields.ts';
import { titleField } from './managed-fields.ts';
import { managedFace } from './managed-routes.ts';

/** Tariff groups: the plans that a customer may choose from. */
export const TARIFF_GROUP_FACE = managedFace({
  kind: TARIFF_GROUPS,
  path: '/tariff-groups',
  many: 'tariff groups',
  fields: z.strictObject({
    title: titleField,
    position: z.int().min(-1_000_000).max(1_000_000).meta({ description: 'Place among the groups' }),
    transfer_mode: z.int().min(0).max(1_000).meta({ description: 'How a customer may change over; kept for programs that read it' }),
    days_forward: z.int().min(0).max(36_500).meta({ description: 'So many days ahead; kept for programs that read it' }),
    plans: z
      .array(z.strictObject({ plan_id: idField, date_from: dayOrOpen.default(null), date_to: dayOrOpen.default(null) }))
      .max(1_000)
      .meta({ description: 'The plans of the group, all of them, with the days on which they are offered' })
      .transform((plans) => plans.map(({ plan_id, date_from, date_to }) => ({ planId: plan_id, dateFrom: date_from, dateTo: date_to }))),
  }),
  needed: ['title'],
  fixed: [],
  filters: {},
  filtersOf: () => [],
  changeOf: ({ transfer_mode, days_forward, ...same }) => ({ ...same, transferMode: transfer_mode, daysForward: days_forward }),
  answer: z.object({
    id: z.int(),
    title: z.string(),
    position: z.int(),
    transfer_mode: z.int(),
    days_forward: z.int(),
    plans: z.array(z.object({ plan_id: z.int(), date_from: dayOrOpenAnswer, date_to: dayOrOpenAnswer })),
    version: z.int(),
  }),
  shown: ({ id, title, position, transferMode, daysForward, plans, version }) => ({
    id,
    title,
    position,
    transfer_mode: transferMode,
    days_forward: daysForward,
    plans: plans.map(({ planId, dateFrom, dateTo }) => ({
      plan_id: planId,
      date_from: dateFrom?.toString() ?? null,
      date_to: dateTo?.toString() ?? null,
    })),
    version,
  }),
});
