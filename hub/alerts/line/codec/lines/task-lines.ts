import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { TaskStatus, TaskType } from '../../../kinds.ts';
import type { TaskView } from '../../../task.ts';
import { STATUS, TASK_TYPE } from '../../codec.ts';
import { writeCompounds } from '../task-values.ts';
import { type Head, headOf } from './frame.ts';

/** Writes a task in a listing, in answers and in pushes: `<id> <name> <type> <status>` (specification of alerts 3.4). */
export function taskLine(
  out: LineWriter,
  name: string,
  head: Head,
  task: { readonly id: number; readonly name: string; readonly type: number; readonly status: number },
): void {
  headOf(out, name, head)
    .number(task.id)
    .text(task.name)
    .number(TASK_TYPE.write(task.type as TaskType))
    .number(STATUS.write(task.status as TaskStatus))
    .end();
}

/** The compound values of a task as GETTASK writes them, from `shedule` to `addinfo`. */
export const compoundsOf = (task: TaskView): string[] =>
  writeCompounds({
    schedule: task.schedule,
    keyStart: task.key_start,
    pinStart: task.pin_start,
    smsStart: task.sms_start,
    confirmation: task.confirmation,
    settings: task.settings,
  });

/** Answers GETTASK: the id and 12 values, without the status. */
export function taskValuesLine(out: LineWriter, name: string, task: TaskView): void {
  headOf(out, name, 'OK')
    .number(task.id)
    .number(TASK_TYPE.write(task.type))
    .text(task.name)
    .number(task.list_id)
    .number(task.message_id)
    .number(task.priority)
    .text(task.channels);
  for (const value of compoundsOf(task)) out.text(value);
  out.end();
}
