import * as z from 'zod';
import { badValue } from '../bad-value.ts';
import { requireReferences } from '../check-references.ts';
import { type Entry, entryNumber } from '../directory-entry.ts';
import { namedHolders } from '../find-holders.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { holdersOfTariffGroup } from '../sql/holders.ts';
import { replaceGroupPlans } from '../sql/tariffs.ts';
import { type Directory, directory } from './directory.ts';
import { dayOrNone, line, members, number } from './fields.ts';

const MOST_PLANS = 1_000;

const offered = z.strictObject({ plan_id: entryNumber.min(1), date_from: dayOrNone.default(null), date_to: dayOrNone.default(null) });

/** A plan that a group offers from day to day; null: an open end. */
type OfferedPlan = z.output<typeof offered>;

export type TariffGroup = Entry & {
  title: string;
  position: number;
  transfer_mode: number;
  days_forward: number;
  plans: readonly OfferedPlan[];
};

const PLANS = `COALESCE((SELECT json_agg(json_build_object('plan_id', m.plan_id, 'date_from', m.date_from, 'date_to', m.date_to) ORDER BY p.title, m.member_id)
  FROM tariff_group_plan m JOIN tariff_plan p USING (plan_id) WHERE m.tariff_group_id = t.tariff_group_id), '[]')`;

/** Tariff groups (spec 2.8): the plans that a customer may choose from. */
export const TARIFF_GROUPS: Directory<TariffGroup> = directory<TariffGroup>({
  name: 'tariff-group',
  path: 'tariff-groups',
  below: '',
  one: { en: 'tariff group', ru: 'группа тарифов' },
  many: { en: 'tariff groups', ru: 'группы тарифов' },
  notFound: 'Группа тарифов не найдена',
  table: directoryTable({
    name: 'tariffGroup',
    table: 'tariff_group',
    id: 'tariff_group_id',
    columns: { title: 'title', position: 'position', transfer_mode: 'transfer_mode', days_forward: 'days_forward' },
    shown: { plans: PLANS },
    apart: true,
  }),
  fields: {
    title: line(200, { en: 'name', ru: 'название' }),
    position: number(-1_000_000, 1_000_000, { en: 'place among the groups', ru: 'место среди групп' }, { default: 0 }),
    transfer_mode: number(
      0,
      1_000,
      { en: 'how customers change over, kept for programs', ru: 'режим перехода, хранится для программ' },
      { default: 0 },
    ),
    days_forward: number(
      0,
      36_500,
      { en: 'so many days ahead, kept for programs', ru: 'на сколько дней вперёд, хранится для программ' },
      { default: 0 },
    ),
    plans: members(offered, MOST_PLANS, { en: 'its plans, all of them, with days', ru: 'её тарифы, все, с днями' }, 'plans'),
  },
  columns: ['title', 'position', 'plans'],
  byFile: true,
  async check(tx, _act, { plans }) {
    for (const [at, { date_from: from, date_to: to }] of plans.entries())
      if (from !== null && to !== null && from > to)
        throw badValue(`plans.${at}.date_to`, `${to} is before ${from}`, `дата окончания ${to} раньше даты начала ${from}`);
    const ids = plans.map(({ plan_id: id }) => id);
    await requireReferences(tx, 'plans', 'tariffPlan', ids);
  },
  async stored(tx, _act, { id, plans }) {
    const days = (name: 'date_from' | 'date_to') => plans.map((plan) => plan[name]);
    const ids = plans.map((plan) => plan.plan_id);
    await replaceGroupPlans(tx, id, ids, days('date_from'), days('date_to'));
  },
  uses: namedHolders(holdersOfTariffGroup),
  heldReason: 'tariff_group_held',
});
