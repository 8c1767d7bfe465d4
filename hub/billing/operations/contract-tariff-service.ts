import { dayOf } from '../act.ts';
import { badValue } from '../bad-value.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { deleteContractTariff, findContractTariff, saveContractTariff } from '../save-contract-tariff.ts';
import { deleteContractTariffGroup, findContractTariffGroup, saveContractTariffGroup } from '../save-contract-tariff-group.ts';
import { type ContractTariffRow, contractTariffGroups, contractTariffs } from '../sql/contract-tariffs.ts';

/** What both beans of a request begin with. */
interface PeriodOfContract {
  readonly id?: number | null;
  readonly contractId?: number | null;
  readonly dateFrom?: Temporal.Instant | null;
  readonly dateTo?: Temporal.Instant | null;
  readonly comment?: string | null;
}

interface TariffBean extends PeriodOfContract {
  readonly tariffPlanId?: number | null;
  readonly position?: number | null;
  readonly entityMid?: number | null;
  readonly entityId?: number | null;
  readonly replacedFromContractTariffId?: number | null;
}

interface GroupBean extends PeriodOfContract {
  readonly tariffGroupId?: number | null;
}

interface ListArgs {
  readonly contractId: number;
  readonly date?: Temporal.Instant | null;
  /** -1 any; null and 0: the contract itself. */
  readonly entityMid?: number | null;
  readonly entityId?: number | null;
}

const dayOrNull = (call: Call, at: Temporal.Instant | null | undefined): Temporal.PlainDate | null => (at ? dayOf(call, at) : null);

/** @throws HubError BAD_REQUEST: there is no bean */
function given<B>(bean: B | null | undefined, name: string, noun: string, russian: string): B {
  if (!bean) throw badValue(name, `${noun} is needed`, `нужен параметр: ${russian}`);
  return bean;
}

/** The row that a bean changes; undefined: it makes one. */
const storedBefore = async <R>({ id }: PeriodOfContract, find: (id: number) => Promise<R>): Promise<R | undefined> =>
  id && id > 0 ? find(id) : undefined;

/** What a bean leaves out of these stays as it was; the end is open unless it is said. */
const whoseAndWhen = (
  call: Call,
  { contractId, dateFrom, dateTo }: PeriodOfContract,
  before: { readonly id: number; readonly contractId: number; readonly dateFrom: Temporal.PlainDate } | undefined,
) => ({
  id: before?.id ?? 0,
  contractId: contractId || before?.contractId || 0,
  dateFrom: dayOrNull(call, dateFrom) ?? before?.dateFrom ?? call.today,
  dateTo: dayOrNull(call, dateTo),
});

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
    contractTariffGroupUpdate: async (call: Call, { contractTariffGroup }: { contractTariffGroup?: GroupBean | null }) => {
      const bean = given(contractTariffGroup, 'contractTariffGroup', 'a tariff group', 'группа тарифов');
      const before = await storedBefore(bean, (id) => findContractTariffGroup(call.tx, call, id));
      return saveContractTariffGroup(call.tx, call, {
        ...whoseAndWhen(call, bean, before),
        groupId: bean.tariffGroupId || before?.groupId || 0,
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
    contractTariffUpdate: async (call: Call, { contractTariff }: { contractTariff?: TariffBean | null }) => {
      const bean = given(contractTariff, 'contractTariff', 'a contract tariff', 'тариф договора');
      const before = await storedBefore(bean, (id) => findContractTariff(call.tx, call, id));
      return saveContractTariff(call.tx, call, {
        ...whoseAndWhen(call, bean, before),
        planId: bean.tariffPlanId || before?.planId || 0,
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
