import type { Queryable, Transaction } from '../core/database/statement.ts';
import { badValue, checkLine } from './bad-value.ts';
import { requireReferences } from './check-references.ts';
import { checkPeriod } from './day-period.ts';
import { namedHolders } from './find-holders.ts';
import type { Managed } from './find-managed.ts';
import { holdersOfTariffGroup } from './sql/holders.ts';
import { replaceGroupPlans, type TariffGroup, tariffGroupPlans, tariffGroupTable } from './sql/tariffs.ts';
import type { Stored } from './stored.ts';

const LONGEST_TITLE = 200;
const MOST_PLANS = 1_000;

async function whole(db: Queryable, rows: readonly Stored<TariffGroup>[]): Promise<Stored<TariffGroup>[]> {
  const plans = Map.groupBy(
    await tariffGroupPlans(
      db,
      rows.map(({ id }) => id),
    ),
    ({ groupId }) => groupId,
  );
  return rows.map((row) => ({
    ...row,
    plans: (plans.get(row.id) ?? []).map(({ id, dateFrom, dateTo }) => ({ planId: id, dateFrom, dateTo })),
  }));
}

async function check(tx: Transaction, group: TariffGroup): Promise<TariffGroup> {
  const title = checkLine('title', group.title, LONGEST_TITLE);
  if (title === '') throw badValue('title', 'a title is needed', 'не указано название');
  if (group.plans.length > MOST_PLANS) throw badValue('plans', `more than ${MOST_PLANS} plans`, `не более ${MOST_PLANS} тарифов`);
  for (const [at, { dateFrom, dateTo }] of group.plans.entries())
    checkPeriod(dateFrom, dateTo, [`plans.${at}.date_from`, `plans.${at}.date_to`]);
  await requireReferences(
    tx,
    'plans',
    'tariffPlan',
    group.plans.map(({ planId }) => planId),
  );
  return { ...group, title };
}

/** Tariff groups (spec 2.8): the plans that a customer may choose from. */
export const TARIFF_GROUPS: Managed<TariffGroup> = {
  name: 'tariff-group',
  words: { en: 'tariff group', ru: 'Группа тарифов', notFound: 'Группа тарифов не найдена' },
  table: tariffGroupTable,
  fresh: { title: '', transferMode: 0, daysForward: 0, position: 0, plans: [] },
  whole,
  check,
  async storeParts(tx, id, { plans }) {
    const column = <K extends keyof (typeof plans)[number]>(name: K) => plans.map((plan) => plan[name]);
    await replaceGroupPlans(tx, id, column('planId'), column('dateFrom'), column('dateTo'));
  },
  holders: namedHolders(holdersOfTariffGroup),
};
