import { showTask } from '../../list-tasks.ts';
import { answerKept } from '../answer-kept.ts';
import type { LineCommand } from '../call.ts';
import { RIGHT } from '../codec/command.ts';
import { readId } from '../codec/ids.ts';
import { writeCompounds } from '../codec/task-values.ts';
import { TASK_TYPE } from '../codec.ts';
import { required } from '../refuse.ts';

export const getTask: LineCommand = {
  refusals: { other: 'ERR_GETTASK' },
  perform(call, [tid = '']) {
    const id = required(readId(tid));
    const { database, kept } = call.context;
    return answerKept(call, kept.tasks, { id, visible: call.may(RIGHT.tasks) }, async (out) => {
      const task = await showTask(database.work, call.act, id);
      const compounds = writeCompounds({
        schedule: task.schedule,
        keyStart: task.key_start,
        pinStart: task.pin_start,
        smsStart: task.sms_start,
        confirmation: task.confirmation,
        settings: task.settings,
      });
      const { type, name, list_id, message_id, priority, channels } = task;
      out.line('GETTASK OK', id, TASK_TYPE.write(type), name, list_id, message_id, priority, channels, ...compounds);
    });
  },
};
