import { type Act, dayOf } from '../act.ts';
import { readSum } from '../amount.ts';
import { badValue } from '../bad-value.ts';
import type { TypeTree } from '../money-type-tree.ts';
import { EVER, type Span } from '../read-balance.ts';
import type { MoneyInput } from '../save-money.ts';
import type { TypeInput } from '../save-money-type.ts';
import type { MoneyRow } from '../sql/money-rows.ts';
import type { MoneyTypeRow } from '../sql/money-types.ts';

/** The bean `period` of a request. */
export interface PeriodBean {
  readonly dateFrom: Temporal.Instant | null;
  readonly dateTo: Temporal.Instant | null;
}

/** The days of a period where the billing is; without one all time. */
export const spanOf = (act: Act, period: PeriodBean | null): Span =>
  period ? { from: period.dateFrom && dayOf(act, period.dateFrom), to: period.dateTo && dayOf(act, period.dateTo) } : EVER;

/** The beans `payment` and `charge` of a request. */
export interface MoneyBean {
  readonly id: number;
  readonly contractId: number;
  readonly typeId: number;
  readonly date: Temporal.Instant | null;
  readonly sum: string | null;
  readonly summa: string | null;
  readonly comment: string | null;
  readonly externalId?: string | null;
  readonly source?: string | null;
}

/** What is asked for; who it was and when are not taken from a request. @throws HubError BAD_REQUEST */
export function moneyInput(act: Act, name: string, bean: MoneyBean | null): MoneyInput {
  if (!bean) throw badValue(name, 'it is needed', 'не указан');
  return {
    id: bean.id,
    contractId: bean.contractId || undefined,
    typeId: bean.typeId || undefined,
    day: bean.date ? dayOf(act, bean.date) : undefined,
    sum: readSum(bean.sum, bean.summa),
    comment: bean.comment ?? undefined,
  };
}

/** The amount travels under both of its names. */
export const moneyBean = (row: MoneyRow) => ({
  id: row.id,
  contractId: row.contractId,
  typeId: row.typeId,
  date: row.day,
  sum: row.sum,
  summa: row.sum,
  comment: row.comment,
  userId: row.operatorId ?? 0,
  timeChange: row.changedAt,
  externalId: row.externalId,
  source: row.externalSource,
});

/** The beans `paymentType` and `chargeType` of a request. */
export interface TypeBean {
  readonly id: number;
  readonly title: string | null;
  readonly parentId: number | null;
  readonly type: number;
  readonly editable: boolean;
  readonly payback?: boolean;
}

/** @throws HubError BAD_REQUEST */
export function typeInput(name: string, bean: TypeBean | null): TypeInput {
  if (!bean) throw badValue(name, 'the type is needed', 'не указан тип');
  const { id, title, parentId, type, editable, payback } = bean;
  if (type !== 0 && type !== 1) throw badValue('type', `${type} is neither 0 (a type) nor 1 (a class)`, 'допустимы 0 (тип) и 1 (класс)');
  return { id, title: title ?? undefined, parentId: parentId ?? undefined, isClass: type === 1, editable, payback };
}

export const typeBean = (row: MoneyTypeRow) => ({
  id: row.id,
  title: row.title,
  parentId: row.parentId ?? 0,
  type: row.isClass ? 1 : 0,
  editable: row.editable,
});

const treeBean = ({ node, children }: TypeTree<MoneyTypeRow>): Record<string, unknown> => ({
  $type: 'paymentTypeItem',
  ...typeBean(node),
  children: children.length > 0 ? children.map(treeBean) : null,
});

/** The root of a tree of types (observed). */
export const rootBean = (trees: readonly TypeTree<MoneyTypeRow>[]): Record<string, unknown> => ({
  $type: 'paymentTypeItem',
  id: 0,
  title: 'Типы',
  parentId: null,
  type: 1,
  editable: true,
  children: trees.map(treeBean),
});

/** A filter by 0 types, 1 classes; null and anything else: both. */
export const classFilter = (type: number | null): boolean | undefined => (type === 0 || type === 1 ? type === 1 : undefined);
