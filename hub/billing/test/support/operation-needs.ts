import { operationExamples } from '../../catalogue/examples.ts';
import type { ServedOperation, ServedService } from '../../catalogue/registry.ts';
import { parseJson } from '../../wire/json/parse.ts';

export type Params = Record<string, unknown>;

/** What an operation needs that is not in its example: the example names everything by 1. Rows are those of `seedCatalogue`. */
const NEEDS: Readonly<Record<string, (params: Params) => Params>> = {
  'ContractService.contractCreate': ({ contractCreateData }) => ({
    contractCreateData: { ...(contractCreateData as Params), title: 'new', customTitle: '', contractSuperId: 0 },
  }),
  'ContractService.contractModuleDelete': () => ({ moduleIds: [3] }),
  'ContractService.contractParameterListUpdate': () => ({ parameter: { entitySpecAttrId: 7, value: 1 } }),
  'ContractService.contractParameterDateUpdate': () => ({ parameter: { entitySpecAttrId: 6, value: '2026-03-01' } }),
  'ContractService.contractParameterAddressUpdate': () => ({ parameter: { entitySpecAttrId: 2, houseId: 1, flat: '5', pod: 1, floor: 2 } }),
  'ContractService.contractParameterPhoneUpdate': () => ({
    parameter: { entitySpecAttrId: 9, contactList: [{ phone: '79000000000', comment: '' }] },
  }),
  'ContractService.contractParameterEmailUpdate': () => ({ parameter: { entitySpecAttrId: 3, value: 'a@example.org' } }),
  'ContractParameterService.contractParameterListItemList': () => ({ parameterTypeId: 7 }),
  'BalanceService.contractBalanceGet': () => ({ year: 2026, month: 3 }),
  'BalanceService.contractAccountList': () => ({ period: null }),
  'BalanceService.contractBalanceList': () => ({ period: null }),
  'BalanceService.balanceDetailList': () => ({ period: null }),
  'PaymentService.paymentList': () => ({ period: null }),
  'ChargeService.chargeList': () => ({ period: null }),
  'PaymentService.paymentUpdate': ({ payment }) => ({ payment: { ...(payment as Params), id: 0 }, distribution: null }),
  'PaymentService.paymentTypeUpdate': ({ paymentType }) => ({ paymentType: { ...(paymentType as Params), parentId: 2, type: 0 } }),
  'ChargeService.chargeTypeUpdate': ({ chargeType }) => ({ chargeType: { ...(chargeType as Params), parentId: 2, type: 0 } }),
  'ContractStatusService.contractStatusChange': ({ contractStatus }) => ({ contractStatus: { ...(contractStatus as Params), status: 4 } }),
  'ContractStatusService.changeContractStatus': () => ({ statusId: 4 }),
  'ContractStatusMonitorService.changeContractStatus': () => ({ statusId: 4 }),
  'ContractLimitService.searchContractLimitAvtoList': () => ({ status: 'planned' }),
  'TariffService.tariffPlanDelete': () => ({ id: 2 }),
  'TariffService.tariffGroupDelete': () => ({ id: 2 }),
  'TariffOptionService.contractTariffOptionActivate': () => ({ optionId: 2, modeId: 2 }),
  'ServiceService.serviceDelete': () => ({ id: 3 }),
  'SchedulerService.getAvailableSchedulerTasks': () => ({ moduleId: '1' }),
  'EntityService.entitySpecAttrListItemList': () => ({ arg0: 7 }),
  'InetServService.inetServUpdate': ({ inetServ }) => ({
    inetServ: { ...(inetServ as Params), id: 0, parentId: 0, addrFrom: 'CgAAAQ==', addrTo: 'CgAAAQ==', macList: ['CgsMDQ4P'] },
  }),
};

/** Places for which something is needed. */
export const NEEDY: readonly string[] = Object.keys(NEEDS);

/** Parameters in the words of JSON with which an operation succeeds on the rows of `seedCatalogue`. Exact numbers are `ExactNumber`. */
export function workingParams({ service, shapes }: ServedService, { operation }: ServedOperation): Params {
  const example = (parseJson(Buffer.from(operationExamples({ service, shapes }, operation).json)) as { params: Params }).params;
  return { ...example, ...NEEDS[`${operation.service}.${operation.name}`]?.(example) };
}
