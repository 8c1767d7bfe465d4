import type { Transaction } from '../../core/database/statement.ts';
import { badValue } from '../bad-value.ts';
import { requireReferences } from '../check-references.ts';
import type { Entry } from '../directory-entry.ts';
import { namedHolders } from '../find-holders.ts';
import { dependsOnItself } from '../option-circle.ts';
import { groupsColumn, textColumn, wordColumn } from '../sql/columns.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { holdersOfTariffOption } from '../sql/holders.ts';
import { tariffOptionRows } from '../sql/tariff-options.ts';
import { type Directory, directory } from './directory.ts';
import { choice, day, flag, groups, line, members, numbers, text } from './fields.ts';
import { checkModes, MODES_OF_OPTION, type Mode, modeSchema, normalMode, storeModes } from './option-modes.ts';

const HIDE_MODES = ['these', 'all_but_these'] as const;
const MOST_MODES = 100;

export type TariffOption = Entry & {
  title: string;
  comment: string;
  description: string;
  enabled: boolean;
  date_from: string | null;
  date_to: string | null;
  groups: readonly number[];
  tariffs: readonly number[];
  depends: readonly number[];
  incompatible: readonly number[];
  hide_web: boolean;
  hide_groups: readonly number[];
  hide_mode: (typeof HIDE_MODES)[number];
  modes: readonly Mode[];
};

/** What an option stands in relation to. The directory is locked, so that two changes together make no circle. */
async function checkRelations(tx: Transaction, { depends, incompatible }: TariffOption, id: number): Promise<void> {
  await requireReferences(tx, 'depends', 'tariffOption', depends);
  await requireReferences(tx, 'incompatible', 'tariffOption', incompatible);
  const both = depends.find((other) => incompatible.includes(other));
  if (both !== undefined)
    throw badValue('incompatible', `option ${both} is needed and excluded at once`, `опция ${both} и нужна, и несовместима`);
  if (incompatible.includes(id)) throw badValue('incompatible', 'an option excludes not itself', 'опция не может исключать саму себя');
  const others = depends.length > 0 ? await tariffOptionRows(tx, null) : [];
  if (dependsOnItself(new Map(others.map((other) => [other.id, other.depends])), id, depends))
    throw badValue('depends', 'the option would need itself', 'опция зависела бы от самой себя');
}

/** Tariff options with the modes of activating them (spec 2.8). */
export const TARIFF_OPTIONS: Directory<TariffOption> = directory<TariffOption>({
  name: 'tariff-option',
  path: 'tariff-options',
  below: '',
  one: { en: 'tariff option', ru: 'тарифная опция' },
  many: { en: 'tariff options', ru: 'тарифные опции' },
  notFound: 'Тарифная опция не найдена',
  table: directoryTable({
    name: 'tariffOption',
    table: 'tariff_option',
    id: 'option_id',
    columns: {
      title: 'title',
      comment: 'comment',
      description: 'description',
      enabled: 'enabled',
      date_from: textColumn('date_from'),
      date_to: textColumn('date_to'),
      groups: groupsColumn('groups'),
      tariffs: 'tariffs',
      depends: 'depends',
      incompatible: 'incompatible',
      hide_web: 'hide_web',
      hide_groups: groupsColumn('hide_groups'),
      hide_mode: wordColumn('hide_mode', HIDE_MODES),
    },
    shown: { modes: MODES_OF_OPTION },
    filters: { enabled: ['t.enabled', 'boolean'] },
  }),
  fields: {
    title: line(200, { en: 'name', ru: 'название' }),
    comment: line(1_000, { en: 'comment', ru: 'комментарий' }, { default: '' }),
    description: text(10_000, { en: 'what customers read', ru: 'описание для клиентов' }),
    enabled: flag({ en: 'it can be activated', ru: 'её можно активировать' }, true),
    date_from: day({ en: 'offered from', ru: 'предлагается с' }),
    date_to: day({ en: 'offered until', ru: 'предлагается по' }),
    groups: groups({ en: 'only for contracts with one of these groups; none: for all', ru: 'только для этих групп договоров' }),
    tariffs: numbers(1_000, { en: 'only for contracts with one of these plans; none: for all', ru: 'только с этими тарифными планами' }),
    depends: numbers(1_000, { en: 'options that must be active', ru: 'опции, которые должны быть активны' }),
    incompatible: numbers(1_000, { en: 'options that must not be active; name this one there, too', ru: 'несовместимые опции' }),
    hide_web: flag({ en: 'customers do not see it', ru: 'скрыта от клиентов' }, false),
    hide_groups: groups({ en: 'from whose customers it is hidden, by groups of contracts', ru: 'скрыта по группам договоров' }),
    hide_mode: choice(
      HIDE_MODES,
      { en: 'hidden from these groups, or from all others', ru: 'скрыта от этих групп или от остальных' },
      { default: 'these' },
    ),
    modes: members(
      modeSchema,
      MOST_MODES,
      {
        en: 'modes, all of them; one that is left out is deleted, unless it was used',
        ru: 'режимы, все; неуказанный удаляется, если им не пользовались',
      },
      'parts',
    ),
  },
  columns: ['title', 'enabled', 'date_from', 'date_to', 'tariffs', 'depends', 'incompatible'],
  byFile: true,
  normal: (option) => ({ ...option, modes: option.modes.map(normalMode) }),
  async check(tx, _act, option, before) {
    const { date_from: from, date_to: to } = option;
    if (from !== null && to !== null && from > to)
      throw badValue('date_to', `${to} is before ${from}`, `дата окончания ${to} раньше даты начала ${from}`);
    await requireReferences(tx, 'groups', 'group', option.groups);
    await requireReferences(tx, 'hide_groups', 'group', option.hide_groups);
    await requireReferences(tx, 'tariffs', 'tariffPlan', option.tariffs);
    await checkRelations(tx, option, before?.id ?? 0);
    await checkModes(tx, option.modes, before?.modes ?? []);
  },
  stored: (tx, _act, { id, modes }, before) => storeModes(tx, id, modes, before?.modes ?? []),
  uses: namedHolders(holdersOfTariffOption),
  heldReason: 'tariff_option_held',
});
