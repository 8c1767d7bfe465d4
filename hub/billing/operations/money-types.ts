import { badValue } from '../bad-value.ts';
import type { Call } from '../catalogue/descriptor.ts';
import { editableOnly, fits, type TypeFilter, type TypeTree, typeTree } from '../money-type-tree.ts';
import { findType, saveMoneyType, type TypeInput, type TypeNoun } from '../save-money-type.ts';
import type { MoneyTypeRow } from '../sql/money-types.ts';

/** The beans `paymentType` and `chargeType` of a request. */
export interface TypeBean {
  readonly id: number;
  readonly title: string | null;
  readonly parentId: number | null;
  readonly type: number;
  readonly editable: boolean;
  readonly payback?: boolean;
}

/** What a list of types is asked for by; numbers as old callers say them. */
export interface TypeWish {
  readonly editable: number | null;
  /** 0 types, 1 classes; null and anything else: both. */
  readonly type: number | null;
  readonly payback?: boolean | undefined;
}

const typeBean = (row: MoneyTypeRow) => ({
  id: row.id,
  title: row.title,
  parentId: row.parentId ?? 0,
  type: row.isClass ? 1 : 0,
  editable: row.editable,
});

/** @throws HubError BAD_REQUEST */
function typeInput(name: string, bean: TypeBean | null): TypeInput {
  if (!bean) throw badValue(name, 'the type is needed', 'не указан тип');
  const { id, title, parentId, type, editable, payback } = bean;
  if (type !== 0 && type !== 1) throw badValue('type', `${type} is neither 0 (a type) nor 1 (a class)`, 'допустимы 0 (тип) и 1 (класс)');
  return { id, title: title ?? undefined, parentId: parentId ?? undefined, isClass: type === 1, editable, payback };
}

const treeBean = ({ node, children }: TypeTree<MoneyTypeRow>): Record<string, unknown> => ({
  $type: 'paymentTypeItem',
  ...typeBean(node),
  children: children.length > 0 ? children.map(treeBean) : null,
});

/** The root of a tree of types (observed). */
const rootBean = (trees: readonly TypeTree<MoneyTypeRow>[]): Record<string, unknown> => ({
  $type: 'paymentTypeItem',
  id: 0,
  title: 'Типы',
  parentId: null,
  type: 1,
  editable: true,
  children: trees.map(treeBean),
});

const onlyClasses = (type: number | null): boolean | undefined => (type === 0 || type === 1 ? type === 1 : undefined);

/** What both services do with the types of their money. */
export function moneyTypes(types: TypeNoun) {
  const bean = types.name === 'charge' ? (row: MoneyTypeRow) => ({ ...typeBean(row), payback: row.payback }) : typeBean;
  return {
    get: async (call: Call, id: number) => bean(await findType(call.db, types, id)),
    async list(call: Call, { editable, type, payback }: TypeWish) {
      const filter: TypeFilter = { editable: editableOnly(editable), isClass: onlyClasses(type), payback };
      return (await types.table.all(call.db)).filter((row) => fits(filter, row)).map(bean);
    },
    async tree(call: Call, editable: number, showEmpty: boolean, payback?: boolean) {
      return rootBean(typeTree(await types.table.all(call.db), { editable: editableOnly(editable), payback }, showEmpty));
    },
    /** @param name of the parameter. @returns the type's number */
    save: (call: Call, name: string, sent: TypeBean | null) => saveMoneyType(call.tx, call, types, typeInput(name, sent)),
  };
}
