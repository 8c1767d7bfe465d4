import type { Binding } from '../catalogue/descriptor.ts';
import { deletePayment } from '../delete-payment.ts';
import { listMoney } from '../list-money.ts';
import { moneyText } from '../money.ts';
import { editableOnly, fits, typeTree } from '../money-type-tree.ts';
import { findMoney } from '../save-money.ts';
import { findType, PAYMENT_TYPES, saveMoneyType } from '../save-money-type.ts';
import { PAYMENTS, savePayment } from '../save-payment.ts';
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

/** Payments and their types (catalogue 4.2). */
export const paymentService: Binding = {
  service: 'PaymentService',
  operations: {
    paymentGet: async (call, { paymentId }: { paymentId: number }) =>
      moneyBean(await findMoney(call.db, call, PAYMENTS, paymentId, undefined)),
    async paymentList(call, { contractId, period, members }: { contractId: number; period: PeriodBean | null; members: number }) {
      const { rows, total } = await listMoney(call.db, call, PAYMENTS, { contractId, members, ...spanOf(call, period) });
      return { value: rows.map(moneyBean), out: { holderTotalSum: moneyText(total) } };
    },
    /** Answers the payment's number. A contract that is not given is not compared. */
    async paymentDelete(call, { contractId, paymentId }: { contractId: number; paymentId: number }) {
      await deletePayment(call.tx, call, { id: paymentId, contractId: contractId || undefined });
      return paymentId;
    },
    async paymentUpdate(call, { payment, distribution }: { payment: MoneyBean | null; distribution: string | null }) {
      const { externalId, source } = payment ?? {};
      const external = externalId == null ? undefined : { id: externalId, source: source ?? undefined };
      const input = { ...moneyInput(call, 'payment', payment), distribution: distribution ?? undefined, external };
      return (await savePayment(call.tx, call, input)).ids;
    },
    paymentTypeGet: async (call, { paymentTypeId }: { paymentTypeId: number }) =>
      typeBean(await findType(call.db, PAYMENT_TYPES, paymentTypeId)),
    async paymentTypeList(call, { editable, type }: { editable: number | null; type: number | null }) {
      const filter = { editable: editableOnly(editable), isClass: classFilter(type) };
      return (await PAYMENT_TYPES.table.all(call.db)).filter((row) => fits(filter, row)).map(typeBean);
    },
    async paymentTypeTree(call, { editable, showEmptyRoot }: { editable: number; showEmptyRoot: boolean }) {
      return rootBean(typeTree(await PAYMENT_TYPES.table.all(call.db), { editable: editableOnly(editable) }, showEmptyRoot));
    },
    paymentTypeUpdate: (call, { paymentType }: { paymentType: TypeBean | null }) =>
      saveMoneyType(call.tx, call, PAYMENT_TYPES, typeInput('paymentType', paymentType)),
  },
};
