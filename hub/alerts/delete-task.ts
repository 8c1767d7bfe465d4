import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { TASK_STATUS } from './kinds.ts';
import { recordChange } from './record-change.ts';
import { isId, refusal } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { lastRun, lockTask } from './sql/runs.ts';
import { lockStoredTask, markTaskDeleted } from './sql/tasks.ts';
import { endRun } from './stop-run.ts';

/**
 * Deletes a task, which disappears from lists; its runs stay, and one that was stopped ends with it (specification of alerts 3.4).
 * @throws HubError NOT_FOUND `unknown_task`, CONFLICT `task_running`, STALE_VERSION
 */
export async function deleteTask(tx: Transaction, act: Act, id: number, version?: number): Promise<void> {
  const [row] = isId(id) ? await lockStoredTask(tx, id) : [];
  if (!row) throw refusal('unknown_task', id);
  requireVersion(`task ${id}`, row.version, version);
  if (row.status === TASK_STATUS.running) throw refusal('task_running', id, 'stop it first');
  const [task] = await lockTask(tx, id);
  const [run] = await lastRun(tx, id);
  if (task && run?.status === TASK_STATUS.stopped) await endRun(tx, task, run);
  await markTaskDeleted(tx, id);
  await recordChange(tx, act, {
    thing: 'task',
    done: 'deleted',
    id,
    before: { name: row.name, type: row.type },
    data: { name: row.name, type: row.type },
    said: `Удалено задание «${row.name}» (${id})`,
  });
}
