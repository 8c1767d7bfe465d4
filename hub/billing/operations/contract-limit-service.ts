import { readAmount } from '../amount.ts';
import { badValue } from '../bad-value.ts';
import type { Binding } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { listLimitLog, listLimitPlans, type PageOf } from '../list-limits.ts';
import { wishOf } from '../page.ts';
import { cancelLimitPlan, setContractLimit, setTemporaryLimit } from '../set-limit.ts';
import { type PeriodBean, spanOf } from './money-beans.ts';

interface Search {
  readonly contractId: number;
  readonly sort: readonly string[] | null;
  readonly page: { readonly pageIndex: number; readonly pageSize: number } | null;
}

/** The newest come first whatever `sort` says: it is repeated in the answer only. */
const found = <R>({ sort }: Search, period: PeriodBean | null, { rows, page }: PageOf<R>, bean: (row: R) => Record<string, unknown>) => ({
  list: rows.map(bean),
  page,
  period,
  sort,
  attributes: null,
  sum: null,
});

const needLimit = (limit: string | null) => {
  if (limit === null) throw badValue('limit', 'an amount is needed', 'не указан лимит');
  return readAmount('limit', limit);
};

/** Limits (catalogue 4.3). */
export const contractLimitService: Binding = {
  service: 'ContractLimitService',
  operations: {
    async searchContractLimitLogList(call, args: Search & { period: PeriodBean | null }) {
      const log = await listLimitLog(call.db, call, args.contractId, spanOf(call, args.period), wishOf(args.page));
      return found(args, args.period, log, (row) => ({
        $type: 'contractLimitLog',
        id: row.id,
        contractId: args.contractId,
        date: row.at,
        limitValue: row.value,
        days: row.days,
        comment: row.comment,
        userId: row.operatorId ?? 0,
        userName: row.userName,
      }));
    },
    async searchContractLimitAvtoList(call, args: Search & { status: string | null }) {
      const plans = await listLimitPlans(call.db, call, args.contractId, args.status, wishOf(args.page));
      return found(args, null, plans, (row) => ({
        $type: 'contractLimitAvto',
        id: row.id,
        date: row.dueOn,
        value: row.value,
        status: row.state,
        userId: row.operatorId ?? 0,
      }));
    },
    contractLimitGet: async (call, { contractId }: { contractId: number }) => (await findContract(call.db, call, contractId)).balanceLimit,
    updateContractLimit: (call, { contractId, limit, comment }: { contractId: number; limit: string | null; comment: string | null }) =>
      setContractLimit(call.tx, call, contractId, needLimit(limit), comment ?? ''),
    updateContractLimitPeriod: (
      call,
      { contractId, limit, period, comment }: { contractId: number; limit: string | null; period: number; comment: string | null },
    ) => setTemporaryLimit(call.tx, call, contractId, needLimit(limit), period, comment ?? ''),
    async cancelLimitChangeTask(call, { contractId, taskIds }: { contractId: number; taskIds: readonly number[] | null }) {
      for (const id of new Set(taskIds)) await cancelLimitPlan(call.tx, call, contractId, id);
    },
  },
};
