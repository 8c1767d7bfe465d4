import type { ActionArgs, ActionBinding, Call, XmlAttributes } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { deleteContractTariff, findContractTariff, saveContractTariff } from '../save-contract-tariff.ts';
import { deleteContractTariffGroup, findContractTariffGroup, saveContractTariffGroup } from '../save-contract-tariff-group.ts';
import { type ContractTariffGroupRow, type ContractTariffRow, contractTariffGroups, contractTariffs } from '../sql/contract-tariffs.ts';
import { type TariffPlanRow, tariffGroupPlans, tariffPlanRows } from '../sql/tariffs.ts';
import { dayText, periodText } from '../wire/texts.ts';

const tariffRow = ({ id, planId, title, dateFrom, dateTo, comment, position }: ContractTariffRow): XmlAttributes => {
  const period = periodText(dateFrom, dateTo);
  return {
    id,
    tpid: planId,
    title,
    date1: dayText(dateFrom),
    date2: dayText(dateTo),
    period,
    comment,
    pos: position,
    f0: id,
    f1: planId,
    f2: title,
    f3: period,
    f4: comment,
    f5: position,
  };
};

const groupRow = ({ id, groupId, title, dateFrom, dateTo, comment }: ContractTariffGroupRow): XmlAttributes => ({
  id,
  tariff_group: title,
  tariff_group_id: groupId,
  period: periodText(dateFrom, dateTo),
  comment,
});

/** Plans that a contract may be given: with `useFilter` only those for its groups, person type and title, with `tariffGroupFilter` those of its groups of tariffs. */
async function choosablePlans(call: Call, args: ActionArgs, planId: number | undefined): Promise<TariffPlanRow[]> {
  const cid = args.int('cid');
  const contract = cid === undefined ? undefined : await findContract(call.db, call, cid);
  const filtered = contract !== undefined && args.flag('useFilter') === true;
  const mask = filtered ? BigInt(contract.groups) : 0n;
  let plans = await tariffPlanRows(call.db, mask, filtered ? contract.personType : null, null, args.flag('showUsed') !== false);
  if (contract && args.flag('tariffGroupFilter')) {
    const groups = await contractTariffGroups(call.db, contract.id, call.today);
    const ofGroups = await tariffGroupPlans(
      call.db,
      groups.map(({ groupId }) => groupId),
    );
    plans = plans.filter(({ id }) => ofGroups.some((plan) => plan.id === id));
  }
  // The plan that the contract has is always among them.
  const present = planId === undefined || plans.some(({ id }) => id === planId);
  return present ? plans : [...plans, ...(await tariffPlanRows(call.db, 0n, null, null, false)).filter(({ id }) => id === planId)];
}

/** Tariffs of contracts (catalogue 2.4). */
export const contractTariffActions: ActionBinding = {
  module: 'contract',
  actions: {
    async ContractTariffPlans(call, args, out) {
      const { id } = await findContract(call.db, call, args.needInt('cid'));
      out.table((await contractTariffs(call.db, id, null, -1, -1)).map(tariffRow));
    },
    async ContractTariffPlan(call, args, out) {
      const id = args.rowId('id');
      const tariff = id === undefined ? undefined : await findContractTariff(call.db, call, id, args.int('cid'));
      out.element('tariffPlan', {
        tpid: tariff?.planId ?? 0,
        date1: dayText(tariff?.dateFrom ?? call.today),
        date2: dayText(tariff?.dateTo),
        comment: tariff?.comment ?? '',
        pos: tariff?.position ?? 0,
      });
      out.items('tariffPlans', await choosablePlans(call, args, tariff?.planId));
    },
    async UpdateContractTariffPlan(call, args) {
      await saveContractTariff(call.tx, call, {
        id: args.rowId('id') ?? 0,
        contractId: args.needInt('cid'),
        planId: args.needInt('tpid'),
        dateFrom: args.needDay('date1'),
        dateTo: args.day('date2') ?? null,
        position: args.int('pos'),
        comment: args.text('comment'),
      });
    },
    DeleteContractTariffPlan: (call, args) => deleteContractTariff(call.tx, call, args.needInt('id'), args.needInt('cid')),
    async ContractTariffGroupTable(call, args, out) {
      const { id } = await findContract(call.db, call, args.needInt('cid'));
      out.table((await contractTariffGroups(call.db, id, null)).map(groupRow));
    },
    async GetContractTariffGroup(call, args, out) {
      const id = args.rowId('id');
      const { id: cid } = await findContract(call.db, call, args.needInt('cid'));
      const row = id === undefined ? undefined : await findContractTariffGroup(call.db, call, id, cid);
      out.element('row', {
        id: row?.id ?? 0,
        tariff_group: row?.groupId ?? 0,
        date1: dayText(row?.dateFrom ?? call.today),
        date2: dayText(row?.dateTo),
        comment: row?.comment ?? '',
      });
    },
    async UpdateContractTariffGroup(call, args) {
      await saveContractTariffGroup(call.tx, call, {
        id: args.rowId('id') ?? 0,
        contractId: args.needInt('cid'),
        groupId: args.needInt('tariff_group'),
        dateFrom: args.day('date1') ?? call.today,
        dateTo: args.day('date2') ?? null,
        comment: args.text('comment') ?? '',
      });
    },
    DeleteContractTariffGroup: (call, args) => deleteContractTariffGroup(call.tx, call, args.needInt('id'), args.needInt('cid')),
  },
};
