import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { badValue, checkLine, checkText } from './bad-value.ts';
import {
  deleteTariffPlanRow,
  insertTariffPlan,
  type TariffPlanRow,
  tariffPlanById,
  tariffPlanHolders,
  updateTariffPlan,
} from './sql/tariffs.ts';

const LONGEST = { title: 200, mask: 1_000, config: 100_000 };

/** @throws HubError NOT_FOUND */
export async function needTariffPlan(db: Queryable, planId: number): Promise<TariffPlanRow> {
  const [row] = await tariffPlanById(db, planId);
  if (!row)
    throw new HubError('NOT_FOUND', `there is no tariff plan ${planId}`, {
      reason: 'tariff_plan',
      russian: `Тарифный план не найден: ${planId}`,
    });
  return row;
}

const valuesOf = ({ title, titleWeb, useTitleInWeb, used, personType, groups, titleMask, config }: Omit<TariffPlanRow, 'id'>) =>
  [title, titleWeb, useTitleInWeb, used, personType, groups, titleMask, config] as const;

function checkPlan(plan: TariffPlanRow): TariffPlanRow {
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

/**
 * Makes a tariff plan or changes one (spec 2.8). What it costs is set by `set-tariff-prices.ts`.
 * @param input id 0: a new one
 * @returns its number
 * @throws HubError NOT_FOUND, BAD_REQUEST
 */
export async function saveTariffPlan(tx: Transaction, act: Act, input: TariffPlanRow): Promise<number> {
  const plan = checkPlan(input);
  const before = plan.id === 0 ? undefined : await needTariffPlan(tx, plan.id);
  const [made] = before ? [] : await insertTariffPlan(tx, ...valuesOf(plan));
  if (before) await updateTariffPlan(tx, plan.id, ...valuesOf(plan));
  const id = made?.id ?? plan.id;
  await audit(tx, act.caller, {
    action: before ? 'billing.tariff-plan.change' : 'billing.tariff-plan.create',
    object: `tariff-plan/${id}`,
    ...(before && { before: { ...before } }),
    after: { ...plan, id },
  });
  return id;
}

/** @throws HubError NOT_FOUND, CONFLICT: a contract or a tariff group holds it */
export async function deleteTariffPlan(tx: Transaction, act: Act, planId: number): Promise<void> {
  const before = await needTariffPlan(tx, planId);
  const holders = (await tariffPlanHolders(tx, planId)).map(({ title }) => title);
  if (holders.length > 0)
    throw new HubError('CONFLICT', `tariff plan ${planId} is held by ${holders.join(', ')}`, {
      reason: 'tariff_plan_held',
      russian: `Тарифный план «${before.title}» используется: ${holders.join(', ')}`,
    });
  await deleteTariffPlanRow(tx, planId);
  await audit(tx, act.caller, { action: 'billing.tariff-plan.delete', object: `tariff-plan/${planId}`, before: { ...before } });
}
