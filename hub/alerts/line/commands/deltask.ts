import { deleteTask } from '../../delete-task.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { idLine } from '../codec/lines/id-lines.ts';
import { required } from '../refuse.ts';

/** The refusal of a running task has the code of adding and the words of deleting, as the source prints them. */
export const delTask: LineCommand<'DELTASK'> = {
  refusals: { unknown_task: 'ERR_GETTASK', other: 'ERR_ADDTASK' },
  form: 'deletion',
  async perform(call, { id: tid }) {
    const id = required(readId(tid));
    await call.changeTask(
      id,
      (tx, act) => deleteTask(tx, act, id),
      () => true,
    );
    idLine(call.out, call.name, id);
  },
};
