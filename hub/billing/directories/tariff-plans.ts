import type { Entry } from '../directory-entry.ts';
import { namedHolders } from '../find-holders.ts';
import { groupsColumn, wordColumn } from '../sql/columns.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { holdersOfTariffPlan } from '../sql/holders.ts';
import { type Directory, directory } from './directory.ts';
import { choice, flag, groups, line, text } from './fields.ts';

/** Whom a plan is for, as the table has it: -1, 0, 1. */
export const PLAN_PERSONS = ['any', 'person', 'company'] as const;

export type TariffPlan = Entry & {
  title: string;
  title_web: string;
  use_title_in_web: boolean;
  used: boolean;
  person_type: (typeof PLAN_PERSONS)[number];
  groups: readonly number[];
  title_mask: string;
  config: string;
};

/** Tariff plans (spec 2.8). What they cost is set by `set-tariff-prices.ts`, which raises their version, too. */
export const TARIFF_PLANS: Directory<TariffPlan> = directory<TariffPlan>({
  name: 'tariff-plan',
  path: 'tariff-plans',
  below: '',
  one: { en: 'tariff plan', ru: 'тарифный план' },
  many: { en: 'tariff plans', ru: 'тарифные планы' },
  notFound: 'Тарифный план не найден',
  table: directoryTable({
    name: 'tariffPlan',
    table: 'tariff_plan',
    id: 'plan_id',
    columns: {
      title: 'title',
      title_web: 'title_web',
      use_title_in_web: 'use_title_in_web',
      used: 'used',
      person_type: wordColumn('person_type', PLAN_PERSONS, -1),
      groups: groupsColumn('groups'),
      title_mask: 'title_mask',
      config: 'config',
    },
    filters: { used: ['t.used', 'boolean'], group: ['$ BETWEEN 0 AND 62 AND (t.groups >> $) & 1 = 1', 'int'] },
    apart: true,
    large: ['config'],
  }),
  fields: {
    title: line(200, { en: 'name', ru: 'название' }),
    title_web: line(200, { en: 'what customers read', ru: 'название для клиентов' }, { default: '' }),
    use_title_in_web: flag({ en: 'customers read the name itself', ru: 'клиенты видят само название' }, false),
    used: flag({ en: 'it is offered for new contracts', ru: 'предлагается новым договорам' }, true),
    person_type: choice(PLAN_PERSONS, { en: 'whom it is for', ru: 'для кого' }, { default: 'any' }),
    groups: groups({ en: 'only for contracts with one of these groups; none: for all', ru: 'только для этих групп договоров' }),
    title_mask: line(1_000, { en: 'mask of titles, kept for programs', ru: 'маска названий, хранится для программ' }, { default: '' }),
    config: text(100_000, { en: 'configuration, kept for programs', ru: 'конфигурация, хранится для программ' }),
  },
  large: ['config'],
  columns: ['title', 'used', 'person_type', 'groups'],
  byFile: true,
  uses: namedHolders(holdersOfTariffPlan),
  heldReason: 'tariff_plan_held',
});
