import type { Binding, Call } from '../catalogue/descriptor.ts';
import { deleteCharge } from '../delete-charge.ts';
import { listMoney } from '../list-money.ts';
import { moneyText } from '../money.ts';
import { editableOnly, fits, typeTree } from '../money-type-tree.ts';
import { CHARGES, saveCharge } from '../save-charge.ts';
import { findMoney } from '../save-money.ts';
import { CHARGE_TYPES, findType, saveMoneyType } from '../save-money-type.ts';
import type { MoneyRow } from '../sql/money-rows.ts';
import type { MoneyTypeRow } from '../sql/money-types.ts';
import {
  classFilter,
  type MoneyBean,
  moneyBean,
  moneyInput,
  type PeriodBean,
  rootBean,
  spanOf,
  type TypeBean,
  typeBean,
  typeInput,
} from './money-beans.ts';

const chargeBean = ({ externalId, externalSource, ...row }: MoneyRow) => ({
  ...moneyBean({ ...row, externalId, externalSource }),
  payback: row.payback,
});
const chargeTypeBean = (row: MoneyTypeRow) => ({ ...typeBean(row), payback: row.payback });

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
      const { rows, total } = await listMoney(call.db, call, CHARGES, wanted, Math.max(type, 0));
      return { value: rows.map(chargeBean), out: { holderTotalSum: moneyText(total) } };
    },
    chargeDelete: (call, { contractId, chargeId }: { contractId: number; chargeId: number }) =>
      removeCharge(call, chargeId, contractId || undefined),
    chargeDeleteById: (call, { chargeId }: { chargeId: number }) => removeCharge(call, chargeId, undefined),
    chargeUpdate: (call, { charge }: { charge: MoneyBean | null }) => saveCharge(call.tx, call, moneyInput(call, 'charge', charge)),
    chargeTypeGet: async (call, { chargeTypeId }: { chargeTypeId: number }) =>
      chargeTypeBean(await findType(call.db, CHARGE_TYPES, chargeTypeId)),
    async chargeTypeList(call, { editable, type, isPayback }: { editable: number | null; type: number | null; isPayback: boolean | null }) {
      const filter = { editable: editableOnly(editable), isClass: classFilter(type), payback: isPayback ?? undefined };
      return (await CHARGE_TYPES.table.all(call.db)).filter((row) => fits(filter, row)).map(chargeTypeBean);
    },
    async chargeTypeTree(call, { editable, isPayback, showEmptyRoot }: { editable: number; isPayback: boolean; showEmptyRoot: boolean }) {
      const filter = { editable: editableOnly(editable), payback: isPayback };
      return rootBean(typeTree(await CHARGE_TYPES.table.all(call.db), filter, showEmptyRoot));
    },
    chargeTypeUpdate: (call, { chargeType }: { chargeType: TypeBean | null }) =>
      saveMoneyType(call.tx, call, CHARGE_TYPES, typeInput('chargeType', chargeType)),
  },
};
