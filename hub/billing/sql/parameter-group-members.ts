import { statement } from '../../core/database/statement.ts';

/** Those of the parameters `$1` that are there; they stay until the commit. */
export const heldParameters = statement<{ id: number }>(
  'billing.heldParameters',
  'SELECT parameter_id AS id FROM billing_parameter WHERE parameter_id = ANY ($1::int[]) ORDER BY parameter_id FOR KEY SHARE',
);

export const dropGroupMembers = statement(
  'billing.dropGroupMembers',
  'DELETE FROM billing_parameter_group_member WHERE parameter_group_id = $1',
);

/** `$2` the members as JSON. */
export const addGroupMembers = statement(
  'billing.addGroupMembers',
  `INSERT INTO billing_parameter_group_member (parameter_group_id, parameter_id, position, customer_read, customer_write)
   SELECT $1, m.parameter_id, m.position, m.customer_read, m.customer_write
   FROM json_to_recordset($2::json) AS m (parameter_id int, position int, customer_read boolean, customer_write boolean)`,
);
