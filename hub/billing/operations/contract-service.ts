import { attachModules, detachModules } from '../attach-modules.ts';
import type { Binding } from '../catalogue/descriptor.ts';
import { changeContract } from '../change-contract.ts';
import { createContract } from '../create-contract.ts';
import { fenceValues } from '../fence.ts';
import { findContract } from '../find-contract.ts';
import { findParameterGroup, groupBeans, parameterMap, readParameter } from '../list-parameters.ts';
import { markContract } from '../mark-contract.ts';
import { setContractPassword } from '../set-contract-password.ts';
import { findContractByTitle, showContract, summaryJson } from '../show-contract.ts';
import { contractBean, contractBeans } from '../show-contract-bean.ts';
import { attributeBean } from '../show-parameter.ts';
import { hasModule, membersOf } from '../sql/contract-info.ts';
import { parameterGroups } from '../sql/parameters.ts';
import { CONTRACT_ATTRIBUTES } from './contract-attributes.ts';
import { listContracts } from './list-contracts.ts';

interface OfContract {
  readonly contractId: number;
}
interface CreateData {
  readonly title?: string | null;
  readonly customTitle?: string | null;
  readonly password?: string | null;
  readonly patternId?: number | null;
  readonly contractSuperId?: number | null;
  readonly contractSubMode?: number | null;
  readonly dateFrom?: Temporal.PlainDate | null;
}

/** Contracts: record, groups, modules and parameters (catalogue 4.1). */
export const contractService: Binding = {
  service: 'ContractService',
  operations: {
    ...CONTRACT_ATTRIBUTES,
    contractGet: async (call, { contractId }: OfContract) => contractBean(call, await findContract(call.db, call, contractId)),
    contractGroupAdd: (call, { contractId, contractGroupId }: OfContract & { contractGroupId: number }) =>
      markContract(call.tx, call, contractId, contractGroupId, true),
    contractGroupRemove: (call, { contractId, contractGroupId }: OfContract & { contractGroupId: number }) =>
      markContract(call.tx, call, contractId, contractGroupId, false),
    async contractSubList(call, { contractId, subMode, withSuperCid }: OfContract & { subMode: number; withSuperCid: boolean }) {
      const head = await findContract(call.db, call, contractId);
      const members = await membersOf(call.db, contractId, ...fenceValues(call.fence), subMode);
      return contractBeans(call.db, call, withSuperCid ? [head, ...members] : members);
    },
    contractList: listContracts,
    contractList0: listContracts,
    contractByTitle: async (call, { contractTitle }: { contractTitle: string }) =>
      contractBean(call, await findContractByTitle(call.db, call, contractTitle)),
    contractPasswordUpdate: (call, { contractId, password, generate }: OfContract & { password: string | null; generate: boolean }) =>
      setContractPassword(call.tx, call, contractId, generate ? undefined : (password ?? '')),
    async hasModuleInstance(call, { arg0, arg1 }: { arg0: number; arg1: number }) {
      await findContract(call.db, call, arg0);
      return (await hasModule(call.db, arg0, arg1))[0]?.has ?? false;
    },
    contractParameterMap: async (call, { contractId, paramGroupId }: OfContract & { paramGroupId: number }) => ({
      data: { entry: await parameterMap(call.db, call, contractId, paramGroupId) },
    }),
    contractParameterGroupGet: async (call, { id }: { id: number }) =>
      (await groupBeans(call.db, call, [await findParameterGroup(call.db, id)]))[0],
    contractParameterGroupList: async (call) => groupBeans(call.db, call, await parameterGroups(call.db, null)),
    async contractCreate(call, { contractCreateData: data }: { contractCreateData: CreateData | null }) {
      const { id } = await createContract(call.tx, call, {
        patternId: data?.patternId ?? 0,
        title: data?.customTitle || data?.title || '',
        password: data?.password ?? '',
        superId: data?.contractSuperId ?? 0,
        subMode: data?.contractSubMode ?? 0,
        ...(data?.dateFrom && { dateFrom: data.dateFrom }),
      });
      return id;
    },
    contractInfoGet: async (call, { contractId }: OfContract) => ({ json: summaryJson(await showContract(call.db, call, contractId)) }),
    contractTitleAndCommentUpdate: (
      call,
      { contractId, title, comment, patternId }: OfContract & { title: string | null; comment: string | null; patternId: number },
    ) =>
      changeContract(call.tx, call, contractId, {
        ...(title !== null && title !== undefined && { title }),
        ...(comment !== null && comment !== undefined && { comment }),
        ...(patternId > 0 && { patternId }),
      }),
    contractDateToUpdate: (call, { contractId, dateTo }: OfContract & { dateTo: Temporal.PlainDate | null }) =>
      changeContract(call.tx, call, contractId, { dateTo: dateTo ?? null }),
    contractModuleAdd: (call, { contractId, moduleIds }: OfContract & { moduleIds: readonly number[] | null }) =>
      attachModules(call.tx, call, contractId, moduleIds ?? []),
    contractModuleDelete: (call, { contractId, moduleIds }: OfContract & { moduleIds: readonly number[] | null }) =>
      detachModules(call.tx, call, contractId, moduleIds ?? []),
    async contractParameterGet(call, { contractId, parameterId }: OfContract & { parameterId: number }) {
      const { parameter, value } = await readParameter(call.db, call, contractId, parameterId);
      return value ? attributeBean(contractId, parameter, value) : null;
    },
    contractParameterGroupSet: (call, { contractId, paramGroupId }: OfContract & { paramGroupId: number }) =>
      changeContract(call.tx, call, contractId, { parameterGroupId: paramGroupId }),
  },
};
