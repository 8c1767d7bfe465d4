import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { TaskStatus, TaskType } from '../kinds.ts';
import { STATUS, TASK_TYPE } from './codec.ts';

/** A task in a listing, in answers and in pushes: `<id> <name> <type> <status>` (specification of alerts 3.4). */
export function writeTask(
  out: LineWriter,
  words: string,
  task: { readonly id: number; readonly name: string; readonly type: number; readonly status: number },
): void {
  out
    .word(words)
    .number(task.id)
    .text(task.name)
    .number(TASK_TYPE.write(task.type as TaskType))
    .number(STATUS.write(task.status as TaskStatus))
    .end();
}
