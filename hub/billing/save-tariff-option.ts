import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { readAmount } from './amount.ts';
import { badValue, checkLine, checkText } from './bad-value.ts';
import { requireReferences } from './check-references.ts';
import { checkPeriod } from './day-period.ts';
import { namedHolders } from './find-holders.ts';
import type { Managed } from './find-managed.ts';
import { groupsOf } from './group-mask.ts';
import { moneyText } from './money.ts';
import { dependsOnItself } from './option-circle.ts';
import { holdersOfTariffOption } from './sql/holders.ts';
import {
  activatedModes,
  deleteOptionModes,
  insertOptionMode,
  type KeptMode,
  lockOptions,
  optionModeRows,
  type TariffOption,
  tariffOptionRows,
  tariffOptionTable,
  updateOptionMode,
} from './sql/tariff-options.ts';
import type { Stored } from './stored.ts';

const LONGEST = { title: 200, comment: 1_000, description: 10_000 };
const MOST_MODES = 100;
/** How long a mode may last: by its unit (0 days, 1 months). */
const LONGEST_PERIOD = [36_500, 1_200];

async function whole(db: Queryable, rows: readonly Stored<TariffOption>[]): Promise<Stored<TariffOption>[]> {
  const modes = Map.groupBy(
    await optionModeRows(
      db,
      rows.map(({ id }) => id),
    ),
    ({ optionId }) => optionId,
  );
  const kept = (optionId: number): KeptMode[] =>
    (modes.get(optionId) ?? []).map(
      ({ id, title, dateFrom, dateTo, chargeSum, chargeTypeId, chargeProportional, periodMode, periodCount, deactivationMode }) => ({
        ...{ id, title, dateFrom, dateTo, chargeSum, chargeTypeId },
        ...{ chargeProportional, periodMode, periodCount, deactivationMode },
      }),
    );
  return rows.map((row) => ({ ...row, modes: kept(row.id) }));
}

function checkMode(mode: KeptMode, at: number): KeptMode {
  const place = (field: string): string => `modes.${at}.${field}`;
  const title = checkLine(place('title'), mode.title, LONGEST.title);
  if (title === '') throw badValue(place('title'), 'a title is needed', 'не указано название');
  checkPeriod(mode.dateFrom, mode.dateTo, [place('date_from'), place('date_to')]);
  const sum = readAmount(place('charge_sum'), mode.chargeSum);
  if (sum < 0n) throw badValue(place('charge_sum'), `${mode.chargeSum} is below zero`, 'сумма не может быть отрицательной');
  if (sum > 0n && mode.chargeTypeId === null)
    throw badValue(place('charge_type_id'), 'what is charged needs a type of charges', 'для списания нужен тип расхода');
  const longest = LONGEST_PERIOD[mode.periodMode];
  if (longest !== undefined && (mode.periodCount < 1 || mode.periodCount > longest))
    throw badValue(place('period_count'), `it lasts 1 to ${longest}`, `длительность: от 1 до ${longest}`);
  if (mode.chargeProportional && mode.periodMode !== 1)
    throw badValue(place('charge_proportional'), 'only months are charged in proportion', 'пропорционально списываются только месяцы');
  return { ...mode, title, chargeSum: moneyText(sum) };
}

async function checkModes(tx: Transaction, modes: readonly KeptMode[], before: Stored<TariffOption> | undefined): Promise<KeptMode[]> {
  if (modes.length > MOST_MODES) throw badValue('modes', `more than ${MOST_MODES} modes`, `не более ${MOST_MODES} режимов`);
  const known = new Set(before?.modes.map(({ id }) => id));
  const named = modes.filter(({ id }) => id !== 0).map(({ id }) => id);
  const strange = named.find((id, at) => !known.has(id) || named.indexOf(id) !== at);
  if (strange !== undefined)
    throw badValue(
      'modes',
      `${strange} is no mode of this option, or is named twice`,
      `${strange} — не режим этой опции или указан дважды`,
    );
  const types = modes.flatMap(({ chargeTypeId }) => (chargeTypeId === null ? [] : [chargeTypeId]));
  await requireReferences(tx, 'modes', 'chargeType', types);
  return modes.map(checkMode);
}

/** What an option stands in relation to; the options are locked, so that two changes together make no circle. */
async function checkRelations(tx: Transaction, option: TariffOption, id: number): Promise<void> {
  const { depends, incompatible } = option;
  await lockOptions(tx);
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

async function check(tx: Transaction, option: TariffOption, before: Stored<TariffOption> | undefined): Promise<TariffOption> {
  const title = checkLine('title', option.title, LONGEST.title);
  if (title === '') throw badValue('title', 'a title is needed', 'не указано название');
  checkPeriod(option.dateFrom, option.dateTo, ['date_from', 'date_to']);
  await requireReferences(tx, 'groups', 'group', groupsOf(BigInt(option.groups)));
  await requireReferences(tx, 'hide_groups', 'group', groupsOf(BigInt(option.hideGroups)));
  await requireReferences(tx, 'tariffs', 'tariffPlan', option.tariffs);
  await checkRelations(tx, option, before?.id ?? 0);
  return {
    ...option,
    title,
    comment: checkLine('comment', option.comment, LONGEST.comment),
    description: checkText('description', option.description, LONGEST.description),
    modes: await checkModes(tx, option.modes, before),
  };
}

/** Modes that were activated stay: contracts refer to them. They are ended by their last day. */
async function removeModes(tx: Transaction, ids: readonly number[]): Promise<void> {
  const activated = (await activatedModes(tx, ids)).map(({ title }) => `«${title}»`);
  if (activated.length > 0)
    throw new HubError('CONFLICT', `modes that contracts were activated by stay: ${activated.join(', ')}; end them by date_to`, {
      reason: 'option_mode_held',
      russian: `Режимы, по которым опция уже активировалась, не удаляются: ${activated.join(', ')}; задайте им дату окончания`,
    });
  await deleteOptionModes(tx, ids);
}

/** Tariff options with their modes (spec 2.8). */
export const TARIFF_OPTIONS: Managed<TariffOption> = {
  name: 'tariff-option',
  words: { en: 'tariff option', ru: 'Тарифная опция', notFound: 'Тарифная опция не найдена' },
  table: tariffOptionTable,
  fresh: {
    ...{ title: '', comment: '', description: '', enabled: true, groups: '0', dateFrom: null, dateTo: null },
    ...{ depends: [], incompatible: [], tariffs: [], hideGroups: '0', hideMode: 0, hideWeb: false, modes: [] },
  },
  whole,
  check,
  async storeParts(tx, id, { modes }, before) {
    const gone = (before?.modes ?? []).filter((former) => !modes.some((mode) => mode.id === former.id)).map((mode) => mode.id);
    if (gone.length > 0) await removeModes(tx, gone);
    for (const mode of modes) {
      const { title, dateFrom, dateTo, chargeSum, chargeTypeId, chargeProportional, periodMode, periodCount, deactivationMode } = mode;
      const values = [title, dateFrom, dateTo, chargeSum, chargeTypeId, chargeProportional, periodMode, periodCount, deactivationMode];
      if (mode.id === 0) await insertOptionMode(tx, id, ...values);
      else await updateOptionMode(tx, mode.id, ...values);
    }
  },
  holders: namedHolders(holdersOfTariffOption),
};
