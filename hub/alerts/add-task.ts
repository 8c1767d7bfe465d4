import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { checkTask } from './check-task.ts';
import { TASK_STATUS } from './kinds.ts';
import { showTask } from './list-tasks.ts';
import { recordChange } from './record-change.ts';
import { newTaskId } from './sql/tasks.ts';
import { storeTask, withoutPinStart } from './store-task.ts';
import { type NewTaskInput, newTaskInput, type TaskView } from './task.ts';

/**
 * Adds a task. It is waiting when its schedule has a start to come, disabled when it is not enabled, else idle.
 * @throws HubError VALIDATION (also `bad_value`, `bad_placeholder`), NOT_FOUND `unknown_list`, `unknown_message`, CONFLICT `type_mismatch`, `pin_taken`, `keyword_taken`
 */
export async function addTask(tx: Transaction, act: Act, input: NewTaskInput): Promise<TaskView> {
  const values = validate(newTaskInput, input, 'body');
  const [{ id } = { id: 0 }] = await newTaskId(tx);
  await checkTask(tx, act, id, values);
  const status = await storeTask(tx, act, { id, values, present: TASK_STATUS.idle, how: 'insert' });
  const { name, type } = values;
  await recordChange(tx, act, {
    thing: 'task',
    done: 'added',
    id,
    after: withoutPinStart(values),
    data: { name, type, status },
    said: `Добавлено задание «${name}» (${id})`,
  });
  return showTask(tx, act, id);
}
