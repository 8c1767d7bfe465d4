import { showTask } from '../../list-tasks.ts';
import { answerKept } from '../answer-kept.ts';
import type { LineCommand } from '../call.ts';
import { RIGHT } from '../codec/command.ts';
import { readId } from '../codec/ids.ts';
import { taskValuesLine } from '../codec/lines/task-lines.ts';
import { required } from '../refuse.ts';

export const getTask: LineCommand<'GETTASK'> = {
  refusals: { other: 'ERR_GETTASK' },
  perform(call, { id: tid }) {
    const id = required(readId(tid));
    const { database, kept } = call.context;
    return answerKept(call, kept.tasks, { id, visible: call.may(RIGHT.tasks) }, async (out) => {
      const task = await showTask(database.work, call.act, id);
      taskValuesLine(out, call.name, task);
    });
  },
};
