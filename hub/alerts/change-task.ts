import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { checkTask } from './check-task.ts';
import { TASK_STATUS, type TaskStatus } from './kinds.ts';
import { showTask } from './list-tasks.ts';
import { differences, recordChange } from './record-change.ts';
import { isId, refusal } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { lockStoredTask, updateActiveRun } from './sql/tasks.ts';
import { storeTask, withoutPinStart } from './store-task.ts';
import { newTaskInput, type TaskChange, type TaskValues, type TaskView, taskChange } from './task.ts';
import { type StoredTaskRow, taskViews } from './task-row.ts';
import { tellTaskStatus } from './tell-task.ts';

/** The values of a stored task, with its PIN whoever asks and its fields in the order of the schema: what a change is compared with. */
function valuesOf(act: Act, row: StoredTaskRow): TaskValues {
  const view = taskViews(act, true)(row);
  const keys = Object.keys(newTaskInput.shape) as (keyof TaskValues)[];
  return newTaskInput.parse(Object.fromEntries(keys.map((key) => [key, view[key]])));
}

/** What a run under way has begun with. */
const FIXED = ['type', 'list_id', 'message_id'] as const;

/**
 * Changes a task. While it runs, its type, list and message stay; priority and channels act at once, the rest from the next run. A change to what is there already
 * changes nothing and is no event.
 * @throws HubError NOT_FOUND `unknown_task`, `unknown_list`, `unknown_message`; VALIDATION as when adding; CONFLICT `task_running`, `type_mismatch`, `pin_taken`,
 * `keyword_taken`; STALE_VERSION
 */
export async function changeTask(
  tx: Transaction,
  act: Act,
  { id, change, version }: { readonly id: number; readonly change: TaskChange; readonly version?: number | undefined },
): Promise<TaskView> {
  const given = validate(taskChange, change, 'body');
  const [row] = isId(id) ? await lockStoredTask(tx, id) : [];
  if (!row) throw refusal('unknown_task', id);
  requireVersion(`task ${id}`, row.version, version);
  const before = valuesOf(act, row);
  const after: TaskValues = { ...before, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
  const changed = differences(before, after);
  if (!changed) return showTask(tx, act, id);
  const { fields } = changed;
  const running = row.status === TASK_STATUS.running;
  if (running && FIXED.some((field) => fields.includes(field)))
    throw refusal('task_running', id, 'its type, list and message stay until the end of the run');
  await checkTask(tx, act, id, after);
  const present = row.status as TaskStatus;
  const status = await storeTask(tx, act, { id, values: after, present, how: 'update' });
  if (running && (fields.includes('priority') || fields.includes('channels')))
    await updateActiveRun(tx, id, after.priority, after.channels);
  const { name, type } = after;
  const told = differences(withoutPinStart(before), withoutPinStart(after));
  await recordChange(tx, act, {
    thing: 'task',
    done: 'changed',
    id,
    ...(told && { before: told.before, after: told.after }),
    data: { name, type, status, fields },
    said: `Изменено задание «${name}» (${id})`,
  });
  if (status !== present) await tellTaskStatus(tx, { taskId: id, name, type, runs: row.runs }, status, act.caller.requestId);
  return showTask(tx, act, id);
}
