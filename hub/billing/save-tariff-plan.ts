import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue, checkLine, checkText, requireTitle } from './bad-value.ts';
import { deleteEntry } from './delete-entry.ts';
import { PLAN_PERSONS, TARIFF_PLANS } from './directories/tariff-plans.ts';
import { groupsOf } from './group-mask.ts';
import { saveEntry } from './save-entry.ts';
import { type TariffPlanRow, tariffPlanById } from './sql/tariffs.ts';

const LONGEST = { title: 200, mask: 1_000, config: 100_000 };

/** @throws HubError NOT_FOUND */
export async function needTariffPlan(db: Queryable, planId: number): Promise<TariffPlanRow & { readonly version: number }> {
  const [plan] = await tariffPlanById(db, planId);
  if (plan) return plan;
  throw new HubError('NOT_FOUND', `there is no tariff plan ${planId}`, {
    reason: 'tariff_plan',
    russian: `Тарифный план не найден: ${planId}`,
  });
}

/** @throws HubError BAD_REQUEST */
function personWord(personType: number): (typeof PLAN_PERSONS)[number] {
  const word = PLAN_PERSONS[personType + 1];
  if (word === undefined) throw badValue('face', `${personType} is none of -1, 0 and 1`, 'тип лица: -1, 0 или 1');
  return word;
}

/**
 * Makes a tariff plan or changes one, as the old protocols name its fields. What it costs is set by `set-tariff-prices.ts`.
 * @param plan id 0: a new one
 * @returns its number
 * @throws HubError NOT_FOUND, STALE_VERSION, BAD_REQUEST
 */
export const saveTariffPlan = (
  tx: Transaction,
  act: Act,
  { id, version, ...plan }: TariffPlanRow & { readonly version?: number },
): Promise<number> =>
  saveEntry(tx, act, TARIFF_PLANS, {
    id,
    version,
    change: {
      title: requireTitle(plan.title, LONGEST.title),
      title_web: checkLine('titleWeb', plan.titleWeb, LONGEST.title),
      use_title_in_web: plan.useTitleInWeb,
      used: plan.used,
      person_type: personWord(plan.personType),
      groups: groupsOf(BigInt(plan.groups)),
      title_mask: checkLine('mask', plan.titleMask, LONGEST.mask),
      config: checkText('config', plan.config, LONGEST.config),
    },
  });

/** @throws HubError NOT_FOUND, CONFLICT: a contract, a tariff group or a pattern needs it */
export const deleteTariffPlan = (tx: Transaction, act: Act, id: number): Promise<void> => deleteEntry(tx, act, TARIFF_PLANS, { id });
