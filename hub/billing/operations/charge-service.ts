import type { Binding, Call } from '../catalogue/descriptor.ts';
import { longListOf } from '../catalogue/long-list.ts';
import { deleteCharge } from '../delete-charge.ts';
import { listMoneyInPortions } from '../list-money.ts';
import { moneyText } from '../money.ts';
import { CHARGES, saveCharge } from '../save-charge.ts';
import { findMoney } from '../save-money.ts';
import { CHARGE_TYPES } from '../save-money-type.ts';
import type { MoneyRow } from '../sql/money-rows.ts';
import { type MoneyBean, moneyBean, moneyInput, type PeriodBean, spanOf } from './money-beans.ts';
import { moneyTypes, type TypeBean } from './money-types.ts';

const chargeBean = (row: MoneyRow) => ({ ...moneyBean(row), payback: row.payback });
const types = moneyTypes(CHARGE_TYPES);

/** Answers the charge's number. */
async function removeCharge(call: Call, id: number, contractId: number | undefined): Promise<number> {
  await deleteCharge(call.tx, call, { id, contractId });
  return id;
}

/** Charges and their types (catalogue 4.2). */
export const chargeService: Binding = {
  service: 'ChargeService',
  operations: {
    chargeGet: async (call, { chargeId }: { chargeId: number }) => chargeBean(await findMoney(call.db, call, CHARGES, chargeId, undefined)),
    /** `type`: only charges of this type; 0 and less: all. Paybacks are among them. */
    async chargeList(
      call,
      { contractId, type, period, members }: { contractId: number; type: number; period: PeriodBean | null; members: number },
    ) {
      const wanted = { contractId, members, ...spanOf(call, period) };
      const { rows, total } = await listMoneyInPortions(call.db, call, CHARGES, wanted, Math.max(type, 0));
      return { value: await longListOf(rows, (some) => some.map(chargeBean)), out: { holderTotalSum: moneyText(total) } };
    },
    chargeDelete: (call, { contractId, chargeId }: { contractId: number; chargeId: number }) =>
      removeCharge(call, chargeId, contractId || undefined),
    chargeDeleteById: (call, { chargeId }: { chargeId: number }) => removeCharge(call, chargeId, undefined),
    chargeUpdate: (call, { charge }: { charge: MoneyBean | null }) => saveCharge(call.tx, call, moneyInput(call, 'charge', charge)),
    chargeTypeGet: (call, { chargeTypeId }: { chargeTypeId: number }) => types.get(call, chargeTypeId),
    chargeTypeList: (call, { isPayback, ...wish }: { editable: number | null; type: number | null; isPayback: boolean | null }) =>
      types.list(call, { ...wish, payback: isPayback ?? undefined }),
    chargeTypeTree: (call, { editable, isPayback, showEmptyRoot }: { editable: number; isPayback: boolean; showEmptyRoot: boolean }) =>
      types.tree(call, editable, showEmptyRoot, isPayback),
    chargeTypeUpdate: (call, { chargeType }: { chargeType: TypeBean | null }) => types.save(call, 'chargeType', chargeType),
  },
};
