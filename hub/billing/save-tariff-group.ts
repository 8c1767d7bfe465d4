import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { badValue, requireTitle } from './bad-value.ts';
import { checkPeriod } from './day-period.ts';
import { TARIFF_GROUPS } from './directories/tariff-groups.ts';
import { saveEntry } from './save-entry.ts';

const LONGEST_TITLE = 200;
const MOST_PLANS = 1_000;
/** The bounds that REST has by its schema. */
const BOUNDS = { transferMode: [0, 1_000], daysForward: [0, 36_500], position: [-1_000_000, 1_000_000] } as const;

/** A tariff group as the old protocols name its fields; what is left out stays, or has its default. */
export interface TariffGroupInput {
  /** 0 or below: a new one. */
  readonly id: number;
  readonly title?: string | undefined;
  readonly transferMode?: number | undefined;
  readonly daysForward?: number | undefined;
  readonly position?: number | undefined;
  /** All of them, with the days on which they are offered; null: an open end. */
  readonly plans?:
    | readonly { readonly planId: number; readonly dateFrom: Temporal.PlainDate | null; readonly dateTo: Temporal.PlainDate | null }[]
    | undefined;
}

/**
 * Makes a tariff group or changes one (spec 2.8).
 * @returns its number
 * @throws HubError NOT_FOUND, BAD_REQUEST: the place is named
 */
export async function saveTariffGroup(tx: Transaction, act: Act, group: TariffGroupInput): Promise<number> {
  const { id, title, transferMode, daysForward, position, plans } = group;
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = group[name as keyof typeof BOUNDS];
    if (value !== undefined && (value < least || value > most))
      throw badValue(name, `${value} is outside ${least}..${most}`, `${value} вне пределов ${least}..${most}`);
  }
  if (plans && plans.length > MOST_PLANS) throw badValue('planList', `more than ${MOST_PLANS} plans`, `не более ${MOST_PLANS} тарифов`);
  for (const { dateFrom, dateTo } of plans ?? []) checkPeriod(dateFrom, dateTo, ['date1', 'date2']);
  return saveEntry(tx, act, TARIFF_GROUPS, {
    id,
    change: {
      title: id > 0 && title === undefined ? undefined : requireTitle(title ?? '', LONGEST_TITLE),
      transfer_mode: transferMode,
      days_forward: daysForward,
      position,
      plans: plans?.map(({ planId, dateFrom, dateTo }) => ({
        plan_id: planId,
        date_from: dateFrom?.toString() ?? null,
        date_to: dateTo?.toString() ?? null,
      })),
    },
  });
}
