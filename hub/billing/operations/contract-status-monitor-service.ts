import type { Binding, Call } from '../catalogue/descriptor.ts';
import { changeSeveral, statusBeans } from './contract-status-service.ts';

interface ChangeArgs {
  readonly cid?: readonly number[] | null;
  readonly statusId: number;
  readonly dateFrom?: Temporal.Instant | null;
  readonly dateTo?: Temporal.Instant | null;
  readonly comment?: string | null;
}

export const contractStatusMonitorService: Binding = {
  service: 'ContractStatusMonitorService',
  operations: {
    getStatusList: (call: Call, { onlyManual }: { onlyManual: boolean }) => statusBeans(call, onlyManual),
    changeContractStatus: (call: Call, { cid, ...rest }: ChangeArgs) => changeSeveral(call, { ...rest, contracts: cid }),
  },
};
