import { addTask as add } from '../../add-task.ts';
import type { LineCommand } from '../call.ts';
import { taskInput } from '../read-task.ts';
import { writeTask } from '../write-task.ts';

export const addTask: LineCommand = {
  refusals: { bad_value: 'ERR_BADSYNTAX', other: 'ERR_ADDTASK' },
  async perform(call, params) {
    const input = taskInput(call, params);
    writeTask(call.out, 'ADDTASK OK', await call.write((tx, act) => add(tx, act, input)));
  },
};
