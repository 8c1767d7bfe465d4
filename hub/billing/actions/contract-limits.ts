import { readAmount } from '../amount.ts';
import type { ActionBinding } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { listLimitLog, listLimitPlans } from '../list-limits.ts';
import { EVERYTHING } from '../page.ts';
import { EVER } from '../read-balance.ts';
import { cancelLimitPlan, setContractLimit, setTemporaryLimit } from '../set-limit.ts';
import { dateTimeText, dayText } from '../wire/texts.ts';

/** Limits (catalogue 2.3). */
export const contractLimitActions: ActionBinding = {
  module: 'contract',
  actions: {
    async ContractLimit(call, args, out) {
      const contractId = args.needInt('cid');
      const { balanceLimit } = await findContract(call.db, call, contractId);
      const log = await listLimitLog(call.db, call, contractId, EVER, args.page());
      const plans = await listLimitPlans(call.db, call, contractId, 'planned', EVERYTHING);
      const { pageCount, pageIndex, pageSize, recordCount } = log.page;
      out.table(
        log.rows.map(({ at, userName, value, comment, days }) => ({
          f0: dateTimeText(at, call.settings.timeZone),
          f1: userName,
          f2: value,
          comment,
          days: days ?? '',
        })),
        { limitValue: balanceLimit, pageCount, pageIndex, pageSize, recordCount },
      );
      out.table(
        plans.rows.map(({ id, dueOn, userName, value }) => ({ id, f0: dayText(dueOn), f1: userName, f2: value })),
        {},
        'table_lp',
      );
    },
    UpdateContractLimit: (call, args) =>
      setContractLimit(call.tx, call, args.needInt('cid'), readAmount('value', args.needMoney('value')), args.text('comment')),
    UpdateContractLimitPeriod: (call, args) =>
      setTemporaryLimit(
        call.tx,
        call,
        args.needInt('cid'),
        readAmount('limit', args.needMoney('limit')),
        args.needInt('period'),
        args.text('comment'),
      ),
    LimitChangeTaskDelete: (call, args) => cancelLimitPlan(call.tx, call, args.needInt('cid'), args.needInt('id')),
  },
};
