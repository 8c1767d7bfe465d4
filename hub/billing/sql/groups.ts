import { statement } from '../../core/database/statement.ts';

export type GroupRow = { id: number; title: string; enabled: boolean; notEditable: boolean; comment: string };

const COLUMNS = 'group_id AS id, title, enabled, not_editable AS "notEditable", comment';

export const groupRows = statement<GroupRow>('billing.groups', `SELECT ${COLUMNS} FROM billing_group ORDER BY group_id`);

export const groupById = statement<GroupRow>('billing.groupById', `SELECT ${COLUMNS} FROM billing_group WHERE group_id = $1::int`);

export const storeGroup = statement(
  'billing.storeGroup',
  `INSERT INTO billing_group (group_id, title, enabled, not_editable) VALUES ($1, $2, $3, $4)
   ON CONFLICT (group_id) DO UPDATE SET title = excluded.title, enabled = excluded.enabled, not_editable = excluded.not_editable`,
);

/** Nobody else makes or changes a group meanwhile. */
export const lockGroups = statement('billing.lockGroups', 'LOCK TABLE billing_group IN SHARE ROW EXCLUSIVE MODE');
