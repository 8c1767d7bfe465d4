import { changeTask } from '../../change-task.ts';
import { showTask } from '../../list-tasks.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { keepUnsendable } from '../keep-unsendable.ts';
import { taskInput } from '../read-task.ts';
import { required } from '../refuse.ts';
import { writeTask } from '../write-task.ts';

export const updateTask: LineCommand = {
  refusals: { unknown_task: 'ERR_GETTASK', bad_value: 'ERR_BADSYNTAX', other: 'ERR_UPDATETASK' },
  async perform(call, [tid = '', ...values]) {
    const id = required(readId(tid));
    const input = taskInput(call, values);
    const task = await call.write(async (tx, act) => {
      const stored = await showTask(tx, act, id);
      return changeTask(tx, act, { id, change: { ...input, name: keepUnsendable(input.name, stored.name) } });
    });
    writeTask(call.out, 'UPDATETASK OK', task);
  },
};
