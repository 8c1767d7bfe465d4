import { statement } from '../../core/database/statement.ts';

/** A type of payments or charges, or a class, which holds types. */
export type MoneyTypeRow = {
  id: number;
  parentId: number | null;
  title: string;
  isClass: boolean;
  editable: boolean;
  /** Of charges only. */
  payback: boolean;
};

function typeTable(kind: 'payment' | 'charge') {
  const isCharge = kind === 'charge';
  const table = `${kind}_type`;
  const select = `SELECT type_id AS id, parent_id AS "parentId", title, is_class AS "isClass", editable, ${isCharge ? 'payback' : 'false AS payback'} FROM ${table}`;
  return {
    all: statement<MoneyTypeRow>(`billing.${kind}Type.all`, `${select} ORDER BY title, type_id`),
    byId: statement<MoneyTypeRow>(`billing.${kind}Type.byId`, `${select} WHERE type_id = $1`),
    /** The tree is changed by one at a time, so that two changes together make no circle. */
    lock: statement(`billing.${kind}Type.lock`, `LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`),
    insert: statement<{ id: number }>(
      `billing.${kind}Type.insert`,
      `INSERT INTO ${table} (parent_id, title, is_class, editable${isCharge ? ', payback' : ''}) VALUES ($1, $2, $3, $4${isCharge ? ', $5' : ''}) RETURNING type_id AS id`,
    ),
    update: statement(
      `billing.${kind}Type.update`,
      `UPDATE ${table} SET parent_id = $1, title = $2, is_class = $3, editable = $4${isCharge ? ', payback = $5' : ''} WHERE type_id = $${isCharge ? 6 : 5}`,
    ),
    used: statement<{ used: boolean }>(
      `billing.${kind}Type.used`,
      `SELECT EXISTS (SELECT FROM contract_${kind} WHERE type_id = $1) AS used`,
    ),
  };
}

export type TypeTable = ReturnType<typeof typeTable>;
export const paymentTypes = typeTable('payment');
export const chargeTypes = typeTable('charge');
