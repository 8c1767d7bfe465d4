import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { allows } from '../core/identity/caller.ts';
import type { Act } from './act.ts';
import { listCursor } from './list-cursor.ts';
import { isId, refusal } from './refusals.ts';
import { taskById, taskPage } from './sql/tasks.ts';
import type { TaskView } from './task.ts';
import { taskViews } from './task-row.ts';

const seesPins = ({ caller }: Pick<Act, 'caller'>): boolean => allows(caller, 'alerts.tasks');

/** Tasks in the order of their ids; deleted ones are not among them. @throws HubError BAD_REQUEST on a damaged cursor */
export async function listTasks(
  db: Queryable,
  act: Pick<Act, 'secretKey' | 'caller'>,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<TaskView>> {
  const rows = await taskPage(db, listCursor.idOf(after), limit + 1);
  return pageOf(rows.map(taskViews(act, seesPins(act))), limit, ({ id }) => listCursor.after(id));
}

/** @throws HubError NOT_FOUND `unknown_task` */
export async function showTask(db: Queryable, act: Pick<Act, 'secretKey' | 'caller'>, id: number): Promise<TaskView> {
  const [row] = isId(id) ? await taskById(db, id) : [];
  if (!row) throw refusal('unknown_task', id);
  return taskViews(act, seesPins(act))(row);
}
