import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import { readAmount } from '../amount.ts';
import { badValue } from '../bad-value.ts';
import { requireReferences } from '../check-references.ts';
import { entryNumber } from '../directory-entry.ts';
import { moneyText } from '../money.ts';
import { activatedModes, deleteOptionModes, insertOptionMode, updateOptionMode } from '../sql/tariff-options.ts';
import { amountText, dayOrNone, oneLine } from './fields.ts';

const PERIODS = ['days', 'months', 'endless'] as const;
const DEACTIVATIONS = ['at_once', 'with_period', 'never'] as const;
/** How long a mode may last: by its unit. */
const LONGEST_PERIOD: Readonly<Record<(typeof PERIODS)[number], number | undefined>> = { days: 36_500, months: 1_200, endless: undefined };

/** A way of activating an option. */
export const modeSchema = z.strictObject({
  id: entryNumber.min(1).optional().meta({ description: 'Of a mode that is there; left out: a new one' }),
  title: oneLine(200),
  date_from: dayOrNone.default(null),
  date_to: dayOrNone.default(null),
  charge_sum: amountText.default('0.00').meta({ description: 'Charged when the option is activated' }),
  charge_type_id: entryNumber.min(1).nullable().default(null),
  charge_proportional: z.boolean().default(false).meta({ description: 'Of months: for the rest of the calendar month only' }),
  period: z.enum(PERIODS).default('months').meta({ description: 'In what its length is counted' }),
  period_count: z.int().min(1).max(36_500).default(1),
  deactivation: z
    .enum(DEACTIVATIONS)
    .default('at_once')
    .meta({ description: 'How it is ended by hand: at once, with the period that is paid, not at all' }),
});

export type Mode = z.output<typeof modeSchema>;

const wordOf = (column: string, words: readonly string[]): string =>
  `(ARRAY[${words.map((word) => `'${word}'`).join(', ')}])[m.${column} + 1]`;

/** The modes of the option `t`, as they are shown. */
export const MODES_OF_OPTION = `COALESCE((SELECT json_agg(json_build_object('id', m.mode_id, 'title', m.title, 'date_from', m.date_from, 'date_to', m.date_to,
  'charge_sum', m.charge_sum::text, 'charge_type_id', m.charge_type_id, 'charge_proportional', m.charge_proportional,
  'period', ${wordOf('period_mode', PERIODS)}, 'period_count', m.period_count, 'deactivation', ${wordOf('deactivation_mode', DEACTIVATIONS)})
  ORDER BY m.title, m.mode_id) FROM tariff_option_mode m WHERE m.option_id = t.option_id), '[]')`;

export const normalMode = (mode: Mode, at: number): Mode => ({
  ...mode,
  charge_sum: moneyText(readAmount(`modes.${at}.charge_sum`, mode.charge_sum)),
});

function checkMode(mode: Mode, at: number): void {
  const place = (field: string): string => `modes.${at}.${field}`;
  const { date_from: from, date_to: to } = mode;
  if (from !== null && to !== null && from > to)
    throw badValue(place('date_to'), `${to} is before ${from}`, `дата окончания ${to} раньше даты начала ${from}`);
  const sum = readAmount(place('charge_sum'), mode.charge_sum);
  if (sum < 0n) throw badValue(place('charge_sum'), `${mode.charge_sum} is below zero`, 'сумма не может быть отрицательной');
  if (sum > 0n && mode.charge_type_id === null)
    throw badValue(place('charge_type_id'), 'what is charged needs a type of charges', 'для списания нужен тип расхода');
  const longest = LONGEST_PERIOD[mode.period];
  if (longest !== undefined && mode.period_count > longest)
    throw badValue(place('period_count'), `it lasts 1 to ${longest}`, `длительность: от 1 до ${longest}`);
  if (mode.charge_proportional && mode.period !== 'months')
    throw badValue(place('charge_proportional'), 'only months are charged in proportion', 'пропорционально списываются только месяцы');
}

/** @param before the modes that the option has @throws HubError BAD_REQUEST, the place named */
export async function checkModes(tx: Transaction, modes: readonly Mode[], before: readonly Mode[]): Promise<void> {
  const known = new Set(before.map(({ id }) => id));
  const named = modes.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const strange = named.find((id, at) => !known.has(id) || named.indexOf(id) !== at);
  if (strange !== undefined)
    throw badValue(
      'modes',
      `${strange} is no mode of this option, or is named twice`,
      `${strange} — не режим этой опции или указан дважды`,
    );
  const types = modes.flatMap(({ charge_type_id: type }) => (type === null ? [] : [type]));
  await requireReferences(tx, 'modes', 'chargeType', types);
  modes.forEach(checkMode);
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

/** Puts these modes in place of those of the option. @throws HubError CONFLICT: contracts were activated by one that is left out */
export async function storeModes(tx: Transaction, optionId: number, modes: readonly Mode[], before: readonly Mode[]): Promise<void> {
  const kept = new Set(modes.map(({ id }) => id));
  const gone = before.flatMap(({ id }) => (id === undefined || kept.has(id) ? [] : [id]));
  if (gone.length > 0) await removeModes(tx, gone);
  for (const mode of modes) {
    const values = [
      ...[mode.title, mode.date_from, mode.date_to, mode.charge_sum, mode.charge_type_id, mode.charge_proportional],
      ...[PERIODS.indexOf(mode.period), mode.period_count, DEACTIVATIONS.indexOf(mode.deactivation)],
    ];
    if (mode.id === undefined) await insertOptionMode(tx, optionId, ...values);
    else await updateOptionMode(tx, mode.id, ...values);
  }
}
