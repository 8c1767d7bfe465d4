import type { Queryable, Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { badValue, checkLine, checkText } from './bad-value.ts';
import { deleteManaged } from './delete-managed.ts';
import { namedHolders } from './find-holders.ts';
import { findManaged, type Managed } from './find-managed.ts';
import { type Change, saveManaged } from './save-managed.ts';
import { holdersOfTariffPlan } from './sql/holders.ts';
import { type TariffPlan, tariffPlanTable } from './sql/tariffs.ts';
import type { Stored } from './stored.ts';

const LONGEST = { title: 200, mask: 1_000, config: 100_000 };

async function check(_tx: Transaction, plan: TariffPlan): Promise<TariffPlan> {
  const title = checkLine('title', plan.title, LONGEST.title);
  if (title === '') throw badValue('title', 'a title is needed', 'не указано название');
  if (![-1, 0, 1].includes(plan.personType)) throw badValue('face', `${plan.personType} is none of -1, 0 and 1`, 'тип лица: -1, 0 или 1');
  return {
    ...plan,
    title,
    titleWeb: checkLine('titleWeb', plan.titleWeb, LONGEST.title),
    titleMask: checkLine('mask', plan.titleMask, LONGEST.mask),
    config: checkText('config', plan.config, LONGEST.config),
  };
}

/** Tariff plans (spec 2.8). */
export const TARIFF_PLANS: Managed<TariffPlan> = {
  name: 'tariff-plan',
  words: { en: 'tariff plan', ru: 'Тарифный план', notFound: 'Тарифный план не найден' },
  table: tariffPlanTable,
  fresh: { title: '', titleWeb: '', useTitleInWeb: false, used: true, personType: -1, groups: '0', titleMask: '', config: '' },
  check,
  holders: namedHolders(holdersOfTariffPlan),
};

/** @throws HubError NOT_FOUND */
export const needTariffPlan = (db: Queryable, planId: number): Promise<Stored<TariffPlan>> => findManaged(db, TARIFF_PLANS, planId);

export type TariffPlanInput = Change<TariffPlan> & { readonly id: number; readonly version?: number | undefined };

/**
 * Makes a tariff plan or changes one. What it costs is set by `set-tariff-prices.ts`.
 * @param input id 0: a new one
 * @returns its number
 * @throws HubError NOT_FOUND, STALE_VERSION, BAD_REQUEST
 */
export const saveTariffPlan = (tx: Transaction, act: Act, { id, version, ...change }: TariffPlanInput): Promise<number> =>
  saveManaged(tx, act, TARIFF_PLANS, { id, version, change });

/** @throws HubError NOT_FOUND, CONFLICT: a contract, a tariff group or a pattern needs it */
export const deleteTariffPlan = (tx: Transaction, act: Act, id: number): Promise<void> => deleteManaged(tx, act, TARIFF_PLANS, { id });
