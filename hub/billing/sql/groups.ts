import { statement } from '../../core/database/statement.ts';

export type GroupRow = { id: number; title: string; enabled: boolean; notEditable: boolean; comment: string };

const COLUMNS = 'group_id AS id, title, enabled, not_editable AS "notEditable", comment';

export const groupRows = statement<GroupRow>('billing.groups', `SELECT ${COLUMNS} FROM billing_group ORDER BY group_id`);

/** The group stays until the commit: whoever deletes it waits, and sees then who has it. */
export const holdGroup = statement<GroupRow>(
  'billing.holdGroup',
  `SELECT ${COLUMNS} FROM billing_group WHERE group_id = $1::int FOR KEY SHARE`,
);

export const groupById = statement<GroupRow>('billing.groupById', `SELECT ${COLUMNS} FROM billing_group WHERE group_id = $1::int`);
