import { statement } from '../../core/database/statement.ts';

export interface GroupRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly version: number;
  readonly createdAt: Temporal.Instant;
  readonly changedAt: Temporal.Instant;
}

const COLUMNS = 'g.group_id AS id, g.name, g.description, g.version, g.created_at AS "createdAt", g.changed_at AS "changedAt"';

/** None when the name is taken. */
export const insertGroup = statement<GroupRow>(
  'alerts.insertGroup',
  `INSERT INTO alerts_group AS g (name, description) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
);
export const lockGroup = statement<GroupRow>('alerts.lockGroup', `SELECT ${COLUMNS} FROM alerts_group g WHERE group_id = $1 FOR UPDATE`);
export const groupByName = statement<GroupRow>('alerts.groupByName', `SELECT ${COLUMNS} FROM alerts_group g WHERE lower(name) = lower($1)`);
export const updateGroup = statement<GroupRow>(
  'alerts.updateGroup',
  `UPDATE alerts_group g SET name = $2, description = $3, version = version + 1, changed_at = now() WHERE group_id = $1 RETURNING ${COLUMNS}`,
);
export const deleteGroupRow = statement('alerts.deleteGroup', 'DELETE FROM alerts_group WHERE group_id = $1');

/** Which of these groups there are; they stay until our transaction ends. */
export const holdGroups = statement<{ id: number }>(
  'alerts.holdGroups',
  'SELECT group_id AS id FROM alerts_group WHERE group_id = ANY($1::int[]) ORDER BY group_id FOR KEY SHARE',
);

export const groupHasPeople = statement<{ found: boolean }>(
  'alerts.groupHasPeople',
  'SELECT EXISTS (SELECT FROM alerts_person WHERE group_id = $1) AS found',
);

/** Groups behind an id, of a list or (null) all, with the number of their people. */
export const groupPage = statement<GroupRow & { people: number }>(
  'alerts.groupPage',
  `SELECT ${COLUMNS}, (SELECT count(*)::int FROM alerts_person p WHERE p.group_id = g.group_id) AS people
   FROM alerts_group g
   WHERE g.group_id > $1 AND ($2::int IS NULL OR EXISTS (SELECT FROM alerts_list_group l WHERE l.list_id = $2 AND l.group_id = g.group_id))
   ORDER BY g.group_id LIMIT $3`,
);
export const groupWithPeople = statement<GroupRow & { people: number }>(
  'alerts.groupWithPeople',
  `SELECT ${COLUMNS}, (SELECT count(*)::int FROM alerts_person p WHERE p.group_id = g.group_id) AS people
   FROM alerts_group g WHERE g.group_id = $1`,
);
