import { dayOf } from '../act.ts';
import { badValue } from '../bad-value.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { changeStatus, statusPeriodsOf } from '../change-status.ts';
import { changeStatuses } from '../change-statuses.ts';
import { findContract } from '../find-contract.ts';
import { boundsOf, type PageBean, pageBean, requireBounded, wishOf } from '../page.ts';
import { statusLog, statusRows } from '../sql/statuses.ts';
import { periodOn } from '../status-periods.ts';

interface StatusBean {
  readonly dateFrom?: Temporal.Instant | null;
  readonly dateTo?: Temporal.Instant | null;
  readonly status: number;
  readonly comment?: string | null;
}

/** What `changeContractStatus` takes, of both services. */
interface SeveralArgs {
  readonly contracts: readonly number[] | null | undefined;
  readonly statusId: number;
  readonly dateFrom?: Temporal.Instant | null;
  readonly dateTo?: Temporal.Instant | null;
  readonly comment?: string | null;
}

const dayOrToday = (call: Call, at: Temporal.Instant | null | undefined): Temporal.PlainDate => (at ? dayOf(call, at) : call.today);
const dayOrOpen = (call: Call, at: Temporal.Instant | null | undefined): Temporal.PlainDate | null => (at ? dayOf(call, at) : null);

/** `confirmChecked` and `objectId` are accepted and change nothing (spec 2.6). */
export const changeSeveral = (call: Call, { contracts, statusId, dateFrom, dateTo, comment }: SeveralArgs): Promise<void> =>
  changeStatuses(call.tx, call, contracts ?? [], {
    status: statusId,
    dateFrom: dayOrToday(call, dateFrom),
    dateTo: dayOrOpen(call, dateTo),
    comment: comment ?? '',
  });

/** Statuses as beans. @param onlyManual without those that the server alone sets */
export async function statusBeans(call: Call, onlyManual: boolean): Promise<{ id: number; title: string }[]> {
  const rows = await statusRows(call.db);
  return rows.filter(({ manual }) => manual || !onlyManual).map(({ status, title }) => ({ id: status, title }));
}

export const contractStatusService: Binding = {
  service: 'ContractStatusService',
  operations: {
    contractStatusList: async (call: Call, { contractId, date }: { contractId: number; date?: Temporal.Instant | null }) => {
      const periods = await statusPeriodsOf(call.db, await findContract(call.db, call, contractId));
      const shown = date ? [periodOn(periods, dayOf(call, date))].filter((period) => period !== undefined) : periods;
      return shown.map((period) => ({ ...period, contractId }));
    },
    statusList: (call: Call) => statusBeans(call, false),
    contractStatusChange: (call: Call, { contractId, contractStatus }: { contractId: number; contractStatus?: StatusBean | null }) => {
      if (!contractStatus) throw badValue('contractStatus', 'a status is needed', 'не указан статус');
      const { status, dateFrom, dateTo, comment } = contractStatus;
      const change = { status, dateFrom: dayOrToday(call, dateFrom), dateTo: dayOrOpen(call, dateTo), comment: comment ?? '' };
      return changeStatus(call.tx, call, contractId, change, { reason: 'manual' });
    },
    getStatusList: (call: Call, { onlyManual }: { onlyManual: boolean }) => statusBeans(call, onlyManual),
    changeContractStatus: (call: Call, { contractId, ...rest }: Omit<SeveralArgs, 'contracts'> & { contractId: number[] }) =>
      changeSeveral(call, { ...rest, contracts: contractId }),
    contractStatusLogSearch: async (call: Call, { contractId, page }: { contractId: number; page?: PageBean | null }) => {
      await findContract(call.db, call, contractId);
      const wish = wishOf(page);
      const { limit, offset } = boundsOf(wish, call.settings);
      const rows = await statusLog(call.db, contractId, limit, offset);
      requireBounded(wish, rows.length, call.settings);
      // A page behind the last one has no row that says how many there are.
      const [first] = rows.length > 0 ? rows : await statusLog(call.db, contractId, 1, 0);
      const list = rows.map(({ id, at, operatorId, status, dateFrom, dateTo, comment }) => ({
        id,
        date: at,
        userId: operatorId ?? 0,
        status,
        dateFrom,
        dateTo,
        comment,
      }));
      return { list, page: pageBean(wish, first?.total ?? 0) };
    },
    statusFutureTasks: async (call: Call, { entityId }: { entityType: string; entityId: number; taskStatus: string }) => {
      const periods = await statusPeriodsOf(call.db, await findContract(call.db, call, entityId));
      return periods
        .filter(({ dateFrom }) => Temporal.PlainDate.compare(dateFrom, call.today) > 0)
        .map(({ id, dateFrom, status, comment }) => ({ id, date: dateFrom, statusId: status, comment }));
    },
  },
};
