import { statement } from '../../core/database/statement.ts';

/** Where every task stands, in the order of their ids. */
export const taskStandings = statement<{ id: number; name: string; type: number; status: number }>(
  'alerts.taskStandings',
  'SELECT task_id AS id, name, type, status FROM alerts_task WHERE deleted_at IS NULL ORDER BY task_id',
);
