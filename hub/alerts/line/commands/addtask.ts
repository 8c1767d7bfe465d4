import { addTask as add } from '../../add-task.ts';
import type { LineCommand } from '../call.ts';
import { taskLine } from '../codec/lines/task-lines.ts';
import { taskInput } from '../read-task.ts';

export const addTask: LineCommand<'ADDTASK'> = {
  refusals: { bad_value: 'ERR_BADSYNTAX', other: 'ERR_ADDTASK' },
  async perform(call, _, values) {
    const input = taskInput(call, values);
    taskLine(call.out, call.name, 'OK', await call.write((tx, act) => add(tx, act, input)));
  },
};
