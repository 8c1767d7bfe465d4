import { dayOf } from '../act.ts';
import { badValue } from '../bad-value.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { deleteContractTariff, findContractTariff, saveContractTariff } from '../save-contract-tariff.ts';
import { deleteContractTariffGroup, findContractTariffGroup, saveContractTariffGroup } from '../save-contract-tariff-group.ts';
import { type ContractTariffRow, contractTariffGroups, contractTariffs } from '../sql/contract-tariffs.ts';

interface TariffBean {
  readonly id?: number | null;
  readonly contractId?: number | null;
  readonly tariffPlanId?: number | null;
  readonly dateFrom?: Temporal.Instant | null;
  readonly dateTo?: Temporal.Instant | null;
  readonly position?: number | null;
  readonly comment?: string | null;
  readonly entityMid?: number | null;
  readonly entityId?: number | null;
  readonly replacedFromContractTariffId?: number | null;
}

interface GroupBean {
  readonly id?: number | null;
  readonly contractId?: number | null;
  readonly tariffGroupId?: number | null;
  readonly dateFrom?: Temporal.Instant | null;
  readonly dateTo?: Temporal.Instant | null;
  readonly comment?: string | null;
}

interface ListArgs {
  readonly contractId: number;
  readonly date?: Temporal.Instant | null;
  /** -1 any; null and 0: the contract itself. */
  readonly entityMid?: number | null;
  readonly entityId?: number | null;
}

const dayOrNull = (call: Call, at: Temporal.Instant | null | undefined): Temporal.PlainDate | null => (at ? dayOf(call, at) : null);

async function listed(call: Call, { contractId, date, entityMid, entityId }: ListArgs): Promise<ContractTariffRow[]> {
  await findContract(call.db, call, contractId);
  return contractTariffs(call.db, contractId, dayOrNull(call, date), entityMid ?? 0, entityId ?? 0);
}

const beanOf = (row: ContractTariffRow) => ({
  id: row.id,
  contractId: row.contractId,
  tariffPlanId: row.planId,
  dateFrom: row.dateFrom,
  dateTo: row.dateTo,
  position: row.position,
  comment: row.comment,
  entityMid: row.entityMid,
  entityId: row.entityId,
  replacedFromContractTariffId: row.replacedFrom,
});

const entryOf = (row: ContractTariffRow) => ({
  ...beanOf(row),
  title: row.title,
  canCancel: false,
  personal: false,
  replacedFromTariffId: row.replacedPlan,
  treeId: 0,
  availableChangeDates: [],
  availableChangeTariffIds: [],
});

export const contractTariffService: Binding = {
  service: 'ContractTariffService',
  operations: {
    contractTariffGroupUpdate: async (call: Call, { contractTariffGroup: bean }: { contractTariffGroup?: GroupBean | null }) => {
      if (!bean) throw badValue('contractTariffGroup', 'a tariff group is needed', 'не указана группа тарифов');
      const before = bean.id && bean.id > 0 ? await findContractTariffGroup(call.tx, call, bean.id) : undefined;
      return saveContractTariffGroup(call.tx, call, {
        id: before?.id ?? 0,
        contractId: bean.contractId || before?.contractId || 0,
        groupId: bean.tariffGroupId || before?.groupId || 0,
        dateFrom: dayOrNull(call, bean.dateFrom) ?? before?.dateFrom ?? call.today,
        dateTo: dayOrNull(call, bean.dateTo),
        comment: bean.comment ?? before?.comment ?? '',
      });
    },
    contractTariffGroupDelete: (call: Call, { id }: { id: number }) => deleteContractTariffGroup(call.tx, call, id),
    contractTariffGroupList: async (call: Call, { contractId, date }: ListArgs) => {
      await findContract(call.db, call, contractId);
      return (await contractTariffGroups(call.db, contractId, dayOrNull(call, date))).map(({ groupId, title: _, ...row }) => ({
        ...row,
        tariffGroupId: groupId,
      }));
    },
    contractTariffList: async (call: Call, args: ListArgs) => (await listed(call, args)).map(beanOf),
    contractTariffGet: async (call: Call, { id }: { id: number }) => beanOf(await findContractTariff(call.db, call, id)),
    /** What a bean leaves out stays as it was. */
    contractTariffUpdate: async (call: Call, { contractTariff: bean }: { contractTariff?: TariffBean | null }) => {
      if (!bean) throw badValue('contractTariff', 'a contract tariff is needed', 'не указан тариф договора');
      const before = bean.id && bean.id > 0 ? await findContractTariff(call.tx, call, bean.id) : undefined;
      return saveContractTariff(call.tx, call, {
        id: before?.id ?? 0,
        contractId: bean.contractId || before?.contractId || 0,
        planId: bean.tariffPlanId || before?.planId || 0,
        dateFrom: dayOrNull(call, bean.dateFrom) ?? before?.dateFrom ?? call.today,
        dateTo: dayOrNull(call, bean.dateTo),
        position: bean.position ?? undefined,
        comment: bean.comment ?? undefined,
        entityMid: bean.entityMid ?? undefined,
        entityId: bean.entityId ?? undefined,
        replacedFrom: bean.replacedFromContractTariffId ?? undefined,
      });
    },
    contractTariffDelete: (call: Call, { id }: { id: number }) => deleteContractTariff(call.tx, call, id),
    contractTariffEntryList: async (call: Call, args: ListArgs) => (await listed(call, args)).map(entryOf),
  },
};
