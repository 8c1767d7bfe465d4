import { HubError } from '../../core/errors.ts';
import { dayOf } from '../act.ts';
import { badValue } from '../bad-value.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { deleteEntry } from '../delete-entry.ts';
import { TARIFF_GROUPS } from '../directories/tariff-groups.ts';
import { likeText } from '../match-title.ts';
import { saveTariffGroup } from '../save-tariff-group.ts';
import { deleteTariffPlan, needTariffPlan, saveTariffPlan } from '../save-tariff-plan.ts';
import { type TariffGroupRow, type TariffPlanRow, tariffGroupPlans, tariffGroupRows, tariffPlanRows } from '../sql/tariffs.ts';

interface PlanBean {
  readonly id?: number | null;
  readonly title?: string | null;
  readonly titleWeb?: string | null;
  readonly useTitleInWeb?: boolean | null;
  readonly used?: boolean | null;
  readonly config?: string | null;
  readonly filterFace?: number | null;
  readonly filterGroups?: bigint | null;
  readonly filterMask?: string | null;
}

interface GroupBean {
  readonly id?: number | null;
  readonly title?: string | null;
  readonly transferMode?: number | null;
  readonly daysForward?: number | null;
  readonly pos?: number | null;
  readonly planList?:
    | readonly {
        readonly id?: number | null;
        readonly date1?: Temporal.Instant | null;
        readonly date2?: Temporal.Instant | null;
      }[]
    | null;
}

const dayIn = (call: Call, at: Temporal.Instant | null | undefined): Temporal.PlainDate | null => (at ? dayOf(call, at) : null);

/** What a new plan is like where nothing is said. */
const NEW_PLAN: TariffPlanRow = {
  id: 0,
  title: '',
  titleWeb: '',
  useTitleInWeb: false,
  used: true,
  personType: -1,
  groups: '0',
  titleMask: '',
  config: '',
};

const beanOf = ({ id, title, titleWeb, useTitleInWeb, used, personType, groups, titleMask, config }: TariffPlanRow) => ({
  id,
  title,
  titleWeb,
  useTitleInWeb,
  used,
  config,
  filterFace: personType,
  filterGroups: BigInt(groups),
  filterMask: titleMask,
});

async function groupBeans(call: Call, groups: readonly TariffGroupRow[]) {
  const plans = await tariffGroupPlans(
    call.db,
    groups.map(({ id }) => id),
  );
  return groups.map(({ id, title, transferMode, daysForward, position }) => ({
    id,
    title,
    transferMode,
    daysForward,
    pos: position,
    planList: plans
      .filter(({ groupId }) => groupId === id)
      .map((plan) => ({ id: plan.id, title: plan.title, date1: plan.dateFrom, date2: plan.dateTo })),
  }));
}

interface ListArgs {
  readonly groupMask: bigint;
  readonly personType?: number | null;
  readonly title?: string | null;
}

export const tariffService: Binding = {
  service: 'TariffService',
  operations: {
    tariffPlanList: async (call: Call, { groupMask, personType, title }: ListArgs) =>
      (await tariffPlanRows(call.db, groupMask, personType ?? null, title ? likeText(title) : null, false)).map(beanOf),
    tariffPlanGet: async (call: Call, { id }: { id: number }) => beanOf(await needTariffPlan(call.db, id)),
    tariffPlanDelete: (call: Call, { id }: { id: number }) => deleteTariffPlan(call.tx, call, id),
    /** What a bean leaves out stays as it was. */
    tariffPlanUpdate: async (call: Call, { tariffPlan }: { tariffPlan?: PlanBean | null }) => {
      if (!tariffPlan) throw badValue('tariffPlan', 'a tariff plan is needed', 'не указан тарифный план');
      const { id, title, titleWeb, useTitleInWeb, used, config, filterFace, filterGroups, filterMask } = tariffPlan;
      const before = id && id > 0 ? await needTariffPlan(call.tx, id) : NEW_PLAN;
      return saveTariffPlan(call.tx, call, {
        id: before.id,
        title: title ?? before.title,
        titleWeb: titleWeb ?? before.titleWeb,
        useTitleInWeb: useTitleInWeb ?? before.useTitleInWeb,
        used: used ?? before.used,
        config: config ?? before.config,
        personType: filterFace ?? before.personType,
        groups: (filterGroups ?? before.groups).toString(),
        titleMask: filterMask ?? before.titleMask,
      });
    },
    tariffGroupGet: async (call: Call, { id }: { id: number }) => {
      const [bean] = await groupBeans(call, await tariffGroupRows(call.db, id));
      if (!bean)
        throw new HubError('NOT_FOUND', `there is no tariff group ${id}`, {
          reason: 'tariff_group',
          russian: `Группа тарифов не найдена: ${id}`,
        });
      return bean;
    },
    tariffGroupDelete: (call: Call, { id }: { id: number }) => deleteEntry(call.tx, call, TARIFF_GROUPS, { id }),
    /** What a bean leaves out stays as it was; a list of plans is taken as a whole. */
    tariffGroupUpdate: async (call: Call, { tariffGroup }: { tariffGroup?: GroupBean | null }) => {
      if (!tariffGroup) throw badValue('tariffGroup', 'a tariff group is needed', 'не указана группа тарифов');
      const { id, title, transferMode, daysForward, pos, planList } = tariffGroup;
      return saveTariffGroup(call.tx, call, {
        id: id ?? 0,
        title: title ?? undefined,
        transferMode: transferMode ?? undefined,
        daysForward: daysForward ?? undefined,
        position: pos ?? undefined,
        plans: planList?.map((plan) => ({ planId: plan.id ?? 0, dateFrom: dayIn(call, plan.date1), dateTo: dayIn(call, plan.date2) })),
      });
    },
    tariffGroupList: async (call: Call) => groupBeans(call, await tariffGroupRows(call.db, null)),
  },
};
