import { statement } from '../../core/database/statement.ts';
import type { Kind } from '../parameter-kind.ts';

/** A parameter of contracts, as the directory describes it. */
export type ParameterRow = {
  id: number;
  kind: Kind;
  title: string;
  comment: string;
  position: number;
  history: boolean;
  alwaysVisible: boolean;
  customerRead: boolean;
  customerWrite: boolean;
  customValues: boolean;
};

/** Of `p`, as a ParameterRow has them. */
export const PARAMETER_COLUMNS = `p.parameter_id AS id, p.kind, p.title, p.comment, p.position, p.history, p.always_visible AS "alwaysVisible",
  p.customer_read AS "customerRead", p.customer_write AS "customerWrite", p.custom_values AS "customValues"`;

export const parameterById = statement<ParameterRow>(
  'billing.parameterById',
  `SELECT ${PARAMETER_COLUMNS} FROM billing_parameter p WHERE p.parameter_id = $1`,
);

/** The same, held against others who add values of their own to its list. */
export const lockParameter = statement<{ id: number }>(
  'billing.lockParameter',
  'SELECT parameter_id AS id FROM billing_parameter WHERE parameter_id = $1 FOR NO KEY UPDATE',
);

/** `$1` the kind; 0: all. In their order. */
export const parameters = statement<ParameterRow>(
  'billing.parameters',
  `SELECT ${PARAMETER_COLUMNS} FROM billing_parameter p WHERE $1::int = 0 OR p.kind = $1 ORDER BY p.position, p.parameter_id`,
);

export type ParameterGroupRow = { id: number; title: string; comment: string };

/** `$1` its number; null: all. */
export const parameterGroups = statement<ParameterGroupRow>(
  'billing.parameterGroups',
  `SELECT parameter_group_id AS id, title, comment FROM billing_parameter_group WHERE $1::int IS NULL OR parameter_group_id = $1
   ORDER BY title, parameter_group_id`,
);

/** A parameter as a member of a group: who of the customers may do what is said by the group. */
export type MemberRow = ParameterRow & { groupId: number; order: number };

/** `$1` the groups. */
export const groupMembers = statement<MemberRow>(
  'billing.groupMembers',
  `SELECT ${PARAMETER_COLUMNS.replace('p.customer_read', 'm.customer_read').replace('p.customer_write', 'm.customer_write')}, m.parameter_group_id AS "groupId",
     m.position AS "order"
   FROM billing_parameter_group_member m JOIN billing_parameter p USING (parameter_id)
   WHERE m.parameter_group_id = ANY ($1::int[]) ORDER BY m.parameter_group_id, m.position, p.parameter_id`,
);

export type ItemRow = { id: number; title: string };

export const listItems = statement<ItemRow>(
  'billing.listItems',
  'SELECT item_id AS id, title FROM billing_list_item WHERE parameter_id = $1 ORDER BY position, item_id',
);

/** `$2` the items wanted, in this order; they stay until the commit. */
export const itemsById = statement<ItemRow>(
  'billing.itemsById',
  `SELECT i.item_id AS id, i.title FROM unnest($2::int[]) WITH ORDINALITY AS wanted (item_id, place) JOIN billing_list_item i USING (item_id)
   WHERE i.parameter_id = $1 ORDER BY wanted.place FOR KEY SHARE OF i`,
);

/** The item with this title, made where there was none. The parameter is locked. */
export const addItem = statement<ItemRow>(
  'billing.addItem',
  `WITH present AS (SELECT item_id AS id, title FROM billing_list_item WHERE parameter_id = $1 AND title = $2 ORDER BY item_id LIMIT 1),
   fresh AS (
     INSERT INTO billing_list_item (parameter_id, title, position)
     SELECT $1, $2, COALESCE((SELECT max(position) FROM billing_list_item WHERE parameter_id = $1), 0) + 1 WHERE NOT EXISTS (SELECT FROM present)
     RETURNING item_id AS id, title)
   SELECT id, title FROM present UNION ALL SELECT id, title FROM fresh`,
);
