import { changeTask } from '../../change-task.ts';
import { showTask } from '../../list-tasks.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { taskLine } from '../codec/lines/task-lines.ts';
import { taskChange } from '../read-task.ts';
import { required } from '../refuse.ts';

export const updateTask: LineCommand<'UPDATETASK'> = {
  refusals: { unknown_task: 'ERR_GETTASK', bad_value: 'ERR_BADSYNTAX', other: 'ERR_UPDATETASK' },
  async perform(call, { id: tid }, [, ...values]) {
    const id = required(readId(tid));
    const { task } = await call.changeTask(
      id,
      async (tx, act) => {
        const stored = await showTask(tx, act, id).catch((error: unknown) => {
          taskChange(call, values, undefined);
          throw error;
        });
        return { stored, task: await changeTask(tx, act, { id, change: taskChange(call, values, stored) }) };
      },
      ({ stored, task }) => task.version !== stored.version,
    );
    taskLine(call.out, call.name, 'OK', task);
  },
};
