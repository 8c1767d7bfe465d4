import type { ActionBinding, Call } from '../catalogue/descriptor.ts';
import { statusPeriodsOf } from '../change-status.ts';
import { findContract } from '../find-contract.ts';
import { statusLog, statusRows } from '../sql/statuses.ts';
import { dateTimeText, periodText } from '../wire/texts.ts';

async function statusTitles({ db }: Call): Promise<(status: number) => string> {
  const titles = new Map((await statusRows(db)).map(({ status, title }) => [status, title]));
  return (status) => titles.get(status) ?? String(status);
}

/** Statuses of contracts (catalogue 2.5). */
export const contractStatusActions: ActionBinding = {
  module: 'contract.status',
  actions: {
    async StatusList(call, args, out) {
      const onlyManual = args.flag('onlyManual') ?? false;
      const rows = (await statusRows(call.db)).filter(({ manual }) => manual || !onlyManual);
      out.items(
        'list',
        rows.map(({ status, title }) => ({ id: status, title })),
      );
    },
    async ContractStatusTable(call, args, out) {
      const periods = await statusPeriodsOf(call.db, await findContract(call.db, call, args.needInt('cid')));
      const titleOf = await statusTitles(call);
      out.table(
        periods.map(({ id, status, dateFrom, dateTo, comment }) => ({
          id,
          status: titleOf(status),
          period: periodText(dateFrom, dateTo),
          comment,
        })),
      );
    },
    async ContractStatusLog(call, args, out) {
      const { id } = await findContract(call.db, call, args.needInt('cid'));
      const titleOf = await statusTitles(call);
      const rows = await statusLog(call.db, id, call.settings.mostRows, 0);
      out.table(
        rows.map(({ at, login, status, dateFrom, dateTo, comment }) => ({
          date: dateTimeText(at, call.settings.timeZone),
          user: login,
          status: titleOf(status),
          period: periodText(dateFrom, dateTo),
          comment,
        })),
      );
    },
  },
};
