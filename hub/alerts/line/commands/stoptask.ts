import { stopRun } from '../../stop-run.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { taskLine } from '../codec/lines/task-lines.ts';
import { required } from '../refuse.ts';

/** Answers as UPDATETASK, also for a task that does not run; its errors carry its own name. */
export const stopTask: LineCommand<'STOPTASK'> = {
  refusals: { other: 'ERR_GETTASK' },
  async perform(call, { id: tid }) {
    const id = required(readId(tid));
    const standing = await call.changeTask(
      id,
      (tx, act) => stopRun(tx, act, id),
      ({ changed }) => changed,
    );
    taskLine(call.out, 'UPDATETASK', 'OK', { id, ...standing });
  },
};
