import { readSum } from '../amount.ts';
import { badValue } from '../bad-value.ts';
import type { ActionArgs, ActionBinding, Call, XmlOut } from '../catalogue/descriptor.ts';
import { deleteCharge } from '../delete-charge.ts';
import { deletePayment } from '../delete-payment.ts';
import { listMoney, type RowsWanted } from '../list-money.ts';
import { moneyText } from '../money.ts';
import { type TypeTree, typeTree } from '../money-type-tree.ts';
import { CHARGES, saveCharge } from '../save-charge.ts';
import { findMoney, type MoneyInput } from '../save-money.ts';
import { CHARGE_TYPES, PAYMENT_TYPES, type TypeNoun } from '../save-money-type.ts';
import { PAYMENTS, savePayment } from '../save-payment.ts';
import type { MoneyNoun } from '../settle-money.ts';
import type { MoneyRow } from '../sql/money-rows.ts';
import type { MoneyTypeRow } from '../sql/money-types.ts';
import { dateTimeText, dayText } from '../wire/texts.ts';

/** The contract and the days of a list; left out ends are open. */
export const wantedBy = (args: ActionArgs, members: number): RowsWanted => ({
  contractId: args.needInt('cid'),
  members,
  from: args.day('date1') ?? null,
  to: args.day('date2') ?? null,
});

const row = (call: Call, money: MoneyRow) => ({
  id: money.id,
  f0: money.id,
  f1: money.editable,
  f2: dayText(money.day),
  f3: money.sum,
  f4: money.typeTitle,
  f5: money.comment,
  f6: dateTimeText(money.changedAt, call.settings.timeZone),
  f7: money.userName,
});

const subRow = ({ contractTitle, day, sum, typeTitle }: MoneyRow) => ({
  contract: contractTitle,
  date: dayText(day),
  summa: sum,
  type: typeTitle,
});

/** The contract's own rows in `table`, those of its sub-contracts in `sub_table`. */
async function writeList(call: Call, args: ActionArgs, out: XmlOut, noun: MoneyNoun): Promise<void> {
  const own = await listMoney(call.db, call, noun, wantedBy(args, 1));
  const subs = await listMoney(call.db, call, noun, wantedBy(args, 3));
  out.table(
    own.rows.map((money) => row(call, money)),
    { summa: moneyText(own.total) },
  );
  out.table(subs.rows.map(subRow), { summa: moneyText(subs.total) }, 'sub_table');
}

/** Types without a class, then each class with what it holds behind it: clients group them by this order (observed). */
function* inOrder(trees: readonly TypeTree<MoneyTypeRow>[]): Generator<MoneyTypeRow> {
  for (const { node } of trees) if (!node.isClass) yield node;
  for (const { node, children } of trees) {
    if (!node.isClass) continue;
    yield node;
    yield* inOrder(children);
  }
}

/** One row, or for a new one the types that it may have. */
async function writeOne(call: Call, args: ActionArgs, out: XmlOut, noun: MoneyNoun, types: TypeNoun): Promise<void> {
  const id = args.rowId('id');
  if (id === undefined) {
    const trees = typeTree(await types.table.all(call.db), { editable: true }, false);
    out.element('types', {}, (inside) => {
      for (const type of inOrder(trees)) inside.element('item', { id: type.id, title: type.title, type: type.isClass ? 1 : 0 });
    });
    return;
  }
  const { day, sum, comment, typeId } = await findMoney(call.db, call, noun, id, undefined);
  out.element(noun.name, { date: dayText(day), summa: sum, comment, pt: typeId });
}

const inputOf = (args: ActionArgs): MoneyInput => ({
  id: args.rowId('id'),
  contractId: args.needInt('cid'),
  typeId: args.int('pt'),
  day: args.day('date'),
  sum: readSum(undefined, args.money('summa')),
  comment: args.text('comment'),
});

/** Payments and charges (catalogue 2.3). */
export const contractMoneyActions: ActionBinding = {
  module: 'contract',
  actions: {
    ContractPayments: (call, args, out) => writeList(call, args, out, PAYMENTS),
    ContractCharges: (call, args, out) => writeList(call, args, out, CHARGES),
    ContractPayment: (call, args, out) => writeOne(call, args, out, PAYMENTS, PAYMENT_TYPES),
    ContractCharge: (call, args, out) => writeOne(call, args, out, CHARGES, CHARGE_TYPES),
    async UpdateContractPayment(call, args, out) {
      const externalId = args.text('external_id');
      const { ids } = await savePayment(call.tx, call, { ...inputOf(args), external: externalId ? { id: externalId } : undefined });
      out.root({ id: ids[0] });
    },
    async UpdateContractCharge(call, args, out) {
      // Who sends one relies on it that a repeat is not stored twice; of charges that is not kept.
      if (args.text('external_id')) throw badValue('external_id', 'only payments have one', 'поддерживается только для приходов');
      out.root({ id: await saveCharge(call.tx, call, inputOf(args)) });
    },
    DeleteContractPayment: (call, args) => deletePayment(call.tx, call, { id: args.needInt('id'), contractId: args.needInt('cid') }),
    DeleteContractCharge: (call, args) => deleteCharge(call.tx, call, { id: args.needInt('id'), contractId: args.needInt('cid') }),
  },
};
