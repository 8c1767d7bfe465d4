import { showTask } from '../../list-tasks.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { writeCompounds } from '../codec/task-values.ts';
import { TASK_TYPE } from '../codec.ts';
import { required } from '../refuse.ts';

export const getTask: LineCommand = {
  refusals: { other: 'ERR_GETTASK' },
  async perform(call, [id = '']) {
    const task = await showTask(call.context.database.work, call.act, required(readId(id)));
    const compounds = writeCompounds({
      schedule: task.schedule,
      keyStart: task.key_start,
      pinStart: task.pin_start,
      smsStart: task.sms_start,
      confirmation: task.confirmation,
      settings: task.settings,
    });
    call.ok(task.id, TASK_TYPE.write(task.type), task.name, task.list_id, task.message_id, task.priority, task.channels, ...compounds);
  },
};
