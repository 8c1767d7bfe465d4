import type { Transaction, Value } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import type { TaskStatus } from './kinds.ts';
import { refusal, refusedBy } from './refusals.ts';
import { nextOccurrence } from './schedule.ts';
import { byDatabase } from './sql/clock.ts';
import { insertTask, updateTask } from './sql/tasks.ts';
import { statusAfterEdit, type TaskValues } from './task.ts';
import { sealPinStart } from './task-row.ts';

/**
 * Writes a task that has been checked, with its next start and its status.
 * @param present its status before; of a new one `idle`
 * @returns its status now
 * @throws HubError CONFLICT `keyword_taken`, where somebody else was faster
 */
export async function storeTask(
  tx: Transaction,
  act: Act,
  {
    id,
    values,
    present,
    how,
  }: { readonly id: number; readonly values: TaskValues; readonly present: TaskStatus; readonly how: 'insert' | 'update' },
): Promise<TaskStatus> {
  const { schedule, sms_start: smsStart } = values;
  const next = values.enabled ? nextOccurrence(schedule, await byDatabase(tx, act.now), act.settings.zone) : undefined;
  const status = statusAfterEdit(present, values.enabled, next !== undefined);
  const columns: Value[] = [
    values.type,
    values.name,
    values.list_id,
    values.message_id,
    values.priority,
    values.channels,
    JSON.stringify(schedule),
    JSON.stringify(values.confirmation),
    JSON.stringify(values.settings),
    JSON.stringify(values.key_start),
    sealPinStart(act, id, values.pin_start),
    JSON.stringify(smsStart),
    smsStart === null || typeof smsStart === 'string' ? null : smsStart.keyword,
    values.enabled,
    status,
    next?.instant ?? null,
    next?.local ?? null,
  ];
  const keyword = typeof smsStart === 'object' ? (smsStart?.keyword ?? '') : '';
  await refusedBy(
    { alerts_task_keyword: () => refusal('keyword_taken', keyword, '', '/sms_start') },
    (how === 'insert' ? insertTask : updateTask)(tx, id, ...columns),
  );
  return status;
}

/** What may be told of a task's values: never a PIN, nor a text that may hold one. */
export const withoutPinStart = ({ pin_start: pinStart, ...rest }: TaskValues) => ({
  ...rest,
  pin_start: pinStart === null ? null : typeof pinStart === 'string' ? '***' : { ...pinStart, pin: '***' },
});
