import { statement } from '../../core/database/statement.ts';

export interface ListRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly version: number;
  readonly createdAt: Temporal.Instant;
  readonly changedAt: Temporal.Instant;
}

/** How many people and groups are in a list themselves. */
export interface ListCounts {
  readonly people: number;
  readonly groups: number;
}

const COLUMNS = 'l.list_id AS id, l.name, l.description, l.version, l.created_at AS "createdAt", l.changed_at AS "changedAt"';
const COUNTS = `(SELECT count(*)::int FROM alerts_list_person m WHERE m.list_id = l.list_id) AS people,
  (SELECT count(*)::int FROM alerts_list_group m WHERE m.list_id = l.list_id) AS groups`;

/** None when the name is taken. */
export const insertList = statement<ListRow>(
  'alerts.insertList',
  `INSERT INTO alerts_list AS l (name, description) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
);
export const lockList = statement<ListRow>('alerts.lockList', `SELECT ${COLUMNS} FROM alerts_list l WHERE list_id = $1 FOR UPDATE`);
export const listByName = statement<ListRow>('alerts.listByName', `SELECT ${COLUMNS} FROM alerts_list l WHERE lower(name) = lower($1)`);
export const updateList = statement<ListRow>(
  'alerts.updateList',
  `UPDATE alerts_list l SET name = $2, description = $3, version = version + 1, changed_at = now() WHERE list_id = $1 RETURNING ${COLUMNS}`,
);
export const touchList = statement(
  'alerts.touchList',
  'UPDATE alerts_list SET version = version + 1, changed_at = now() WHERE list_id = $1',
);
export const deleteListRow = statement('alerts.deleteList', 'DELETE FROM alerts_list WHERE list_id = $1');
export const taskOfList = statement<{ id: number }>(
  'alerts.taskOfList',
  'SELECT task_id AS id FROM alerts_task WHERE list_id = $1 AND deleted_at IS NULL ORDER BY task_id LIMIT 1',
);
export const listPage = statement<ListRow & ListCounts>(
  'alerts.listPage',
  `SELECT ${COLUMNS}, ${COUNTS} FROM alerts_list l WHERE l.list_id > $1 ORDER BY l.list_id LIMIT $2`,
);
export const listWithCounts = statement<ListRow & ListCounts>(
  'alerts.listWithCounts',
  `SELECT ${COLUMNS}, ${COUNTS} FROM alerts_list l WHERE l.list_id = $1`,
);

/** Each answers the ids that were not there before, or were there. */
export const insertListPeople = statement<{ id: number }>(
  'alerts.insertListPeople',
  `INSERT INTO alerts_list_person (list_id, person_id) SELECT $1, unnest($2::int[]) ON CONFLICT DO NOTHING RETURNING person_id AS id`,
);
export const insertListGroups = statement<{ id: number }>(
  'alerts.insertListGroups',
  `INSERT INTO alerts_list_group (list_id, group_id) SELECT $1, unnest($2::int[]) ON CONFLICT DO NOTHING RETURNING group_id AS id`,
);
export const deleteListPeople = statement<{ id: number }>(
  'alerts.deleteListPeople',
  'DELETE FROM alerts_list_person WHERE list_id = $1 AND person_id = ANY($2::int[]) RETURNING person_id AS id',
);
export const deleteListGroups = statement<{ id: number }>(
  'alerts.deleteListGroups',
  'DELETE FROM alerts_list_group WHERE list_id = $1 AND group_id = ANY($2::int[]) RETURNING group_id AS id',
);
export const clearListPeople = statement<{ people: number }>(
  'alerts.clearListPeople',
  'WITH gone AS (DELETE FROM alerts_list_person WHERE list_id = $1 RETURNING 1) SELECT count(*)::int AS people FROM gone',
);
export const clearListGroups = statement<{ groups: number }>(
  'alerts.clearListGroups',
  'WITH gone AS (DELETE FROM alerts_list_group WHERE list_id = $1 RETURNING 1) SELECT count(*)::int AS groups FROM gone',
);
