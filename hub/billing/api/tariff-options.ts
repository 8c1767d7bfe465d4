import * as z from 'zod';
import { TARIFF_OPTIONS } from '../save-tariff-option.ts';
import { amountAnswer, dayOrOpen, dayOrOpenAnswer, idField, idOrNone } from './fields.ts';
import { groupsAnswer, groupsField, idsField, lineField, shownGroups, sumField, titleField, wordField } from './managed-fields.ts';
import { managedFace } from './managed-routes.ts';

const HIDE_MODES = ['these', 'all_but_these'] as const;
const PERIODS = ['days', 'months', 'endless'] as const;
const DEACTIVATIONS = ['at_once', 'with_period', 'never'] as const;

const modeSchema = z
  .strictObject({
    id: idField.optional().meta({ description: 'Of a mode that is there; left out: a new one' }),
    title: titleField,
    date_from: dayOrOpen.default(null),
    date_to: dayOrOpen.default(null),
    charge_sum: sumField.prefault('0.00').meta({ description: 'Charged when the option is activated' }),
    charge_type_id: idOrNone.default(null),
    charge_proportional: z.boolean().default(false).meta({ description: 'Of months: for the rest of the calendar month only' }),
    period: wordField(PERIODS).prefault('months').meta({ description: 'In what its length is counted' }),
    period_count: z.int().min(1).max(36_500).default(1),
    deactivation: wordField(DEACTIVATIONS)
      .prefault('at_once')
      .meta({ description: 'How it is ended by hand: at once, with the period that is paid, not at all' }),
  })
  .transform((mode) => ({
    ...{ id: mode.id ?? 0, title: mode.title, dateFrom: mode.date_from, dateTo: mode.date_to },
    ...{ chargeSum: mode.charge_sum, chargeTypeId: mode.charge_type_id, chargeProportional: mode.charge_proportional },
    ...{ periodMode: mode.period, periodCount: mode.period_count, deactivationMode: mode.deactivation },
  }));

const answer = z.object({
  id: z.int(),
  title: z.string(),
  comment: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  date_from: dayOrOpenAnswer,
  date_to: dayOrOpenAnswer,
  groups: groupsAnswer,
  tariffs: z.array(z.int()),
  depends: z.array(z.int()),
  incompatible: z.array(z.int()),
  hide_web: z.boolean(),
  hide_groups: groupsAnswer,
  hide_mode: z.enum(HIDE_MODES),
  modes: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      date_from: dayOrOpenAnswer,
      date_to: dayOrOpenAnswer,
      charge_sum: amountAnswer,
      charge_type_id: z.int().nullable(),
      charge_proportional: z.boolean(),
      period: z.enum(PERIODS),
      period_count: z.int(),
      deactivation: z.enum(DEACTIVATIONS),
    }),
  ),
  version: z.int(),
});

/** Tariff options with the modes of activating them. */
export const TARIFF_OPTION_FACE = managedFace({
  kind: TARIFF_OPTIONS,
  path: '/tariff-options',
  many: 'tariff options',
  fields: z.strictObject({
    title: titleField,
    comment: lineField(1_000),
    description: z.string().max(10_000).meta({ description: 'What customers read' }),
    enabled: z.boolean(),
    date_from: dayOrOpen,
    date_to: dayOrOpen,
    groups: groupsField.meta({ description: 'Only for contracts with one of these groups; none: for all' }),
    tariffs: idsField.meta({ description: 'Only for contracts with one of these plans; none: for all' }),
    depends: idsField.meta({ description: 'Options that must be active' }),
    incompatible: idsField.meta({ description: 'Options that must not be active; name this one there, too' }),
    hide_web: z.boolean().meta({ description: 'Customers do not see it' }),
    hide_groups: groupsField.meta({ description: 'From whose customers it is hidden, by groups of contracts' }),
    hide_mode: wordField(HIDE_MODES).meta({ description: 'Hidden from these groups, or from all others' }),
    modes: z.array(modeSchema).max(100).meta({ description: 'All modes; one that is left out is deleted, unless it was used' }),
  }),
  needed: ['title'],
  fixed: [],
  filters: { enabled: z.stringbool().optional() },
  filtersOf: ({ enabled }) => [(enabled as boolean | undefined) ?? null],
  changeOf: ({ date_from, date_to, hide_web, hide_groups, hide_mode, ...same }) => ({
    ...same,
    dateFrom: date_from,
    dateTo: date_to,
    hideWeb: hide_web,
    hideGroups: hide_groups,
    hideMode: hide_mode,
  }),
  answer,
  shown: (option): z.input<typeof answer> => ({
    id: option.id,
    title: option.title,
    comment: option.comment,
    description: option.description,
    enabled: option.enabled,
    date_from: option.dateFrom?.toString() ?? null,
    date_to: option.dateTo?.toString() ?? null,
    groups: shownGroups(option.groups),
    tariffs: option.tariffs,
    depends: option.depends,
    incompatible: option.incompatible,
    hide_web: option.hideWeb,
    hide_groups: shownGroups(option.hideGroups),
    hide_mode: HIDE_MODES[option.hideMode] ?? 'these',
    modes: option.modes.map((mode) => ({
      id: mode.id,
      title: mode.title,
      date_from: mode.dateFrom?.toString() ?? null,
      date_to: mode.dateTo?.toString() ?? null,
      charge_sum: mode.chargeSum,
      charge_type_id: mode.chargeTypeId,
      charge_proportional: mode.chargeProportional,
      period: PERIODS[mode.periodMode] ?? 'months',
      period_count: mode.periodCount,
      deactivation: DEACTIVATIONS[mode.deactivationMode] ?? 'at_once',
    })),
    version: option.version,
  }),
});
