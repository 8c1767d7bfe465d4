import { taskStandings } from '../../sql/task-standings.ts';
import type { LineCommand } from '../call.ts';
import { writeTask } from '../write-task.ts';

export const getTasks: LineCommand = {
  async perform(call) {
    const tasks = await taskStandings(call.context.database.work);
    call.out.line('GETTASKS BEGIN', tasks.length);
    for (const task of tasks) {
      writeTask(call.out, 'GETTASKS DATA', task);
      const full = call.piece();
      if (full) await full;
    }
    call.out.line('GETTASKS END');
  },
};
