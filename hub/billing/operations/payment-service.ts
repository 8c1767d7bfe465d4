import type { Binding } from '../catalogue/descriptor.ts';
import { longListOf } from '../catalogue/long-list.ts';
import { deletePayment } from '../delete-payment.ts';
import { listMoneyInPortions } from '../list-money.ts';
import { moneyText } from '../money.ts';
import { findMoney } from '../save-money.ts';
import { PAYMENT_TYPES } from '../save-money-type.ts';
import { PAYMENTS, savePayment } from '../save-payment.ts';
import type { MoneyRow } from '../sql/money-rows.ts';
import { type MoneyBean, moneyBean, moneyInput, type PeriodBean, spanOf } from './money-beans.ts';
import { moneyTypes, type TypeBean } from './money-types.ts';

interface PaymentBean extends MoneyBean {
  /** By which its sender knows it (spec 9.2). */
  readonly externalId?: string | null;
  readonly source?: string | null;
}

const paymentBean = (row: MoneyRow) => ({ ...moneyBean(row), externalId: row.externalId, source: row.externalSource });
const types = moneyTypes(PAYMENT_TYPES);

/** Payments and their types (catalogue 4.2). */
export const paymentService: Binding = {
  service: 'PaymentService',
  operations: {
    paymentGet: async (call, { paymentId }: { paymentId: number }) =>
      paymentBean(await findMoney(call.db, call, PAYMENTS, paymentId, undefined)),
    async paymentList(call, { contractId, period, members }: { contractId: number; period: PeriodBean | null; members: number }) {
      const { rows, total } = await listMoneyInPortions(call.db, call, PAYMENTS, { contractId, members, ...spanOf(call, period) });
      return { value: await longListOf(rows, (some) => some.map(paymentBean)), out: { holderTotalSum: moneyText(total) } };
    },
    /** Answers the payment's number. A contract that is not given is not compared. */
    async paymentDelete(call, { contractId, paymentId }: { contractId: number; paymentId: number }) {
      await deletePayment(call.tx, call, { id: paymentId, contractId: contractId || undefined });
      return paymentId;
    },
    async paymentUpdate(call, { payment, distribution }: { payment: PaymentBean | null; distribution: string | null }) {
      const { externalId, source } = payment ?? {};
      const external = externalId == null ? undefined : { id: externalId, source: source ?? undefined };
      const input = { ...moneyInput(call, 'payment', payment), distribution: distribution ?? undefined, external };
      return (await savePayment(call.tx, call, input)).ids;
    },
    paymentTypeGet: (call, { paymentTypeId }: { paymentTypeId: number }) => types.get(call, paymentTypeId),
    paymentTypeList: (call, wish: { editable: number | null; type: number | null }) => types.list(call, wish),
    paymentTypeTree: (call, { editable, showEmptyRoot }: { editable: number; showEmptyRoot: boolean }) =>
      types.tree(call, editable, showEmptyRoot),
    paymentTypeUpdate: (call, { paymentType }: { paymentType: TypeBean | null }) => types.save(call, 'paymentType', paymentType),
  },
};
