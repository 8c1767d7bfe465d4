import { taskStandings } from '../../sql/task-standings.ts';
import type { LineCommand } from '../call.ts';
import { beginLine, endLine } from '../codec/lines/frame.ts';
import { taskLine } from '../codec/lines/task-lines.ts';

export const getTasks: LineCommand<'GETTASKS'> = {
  async perform(call) {
    const tasks = await taskStandings(call.context.database.work);
    beginLine(call.out, call.name, tasks.length);
    for (const task of tasks) {
      taskLine(call.out, call.name, 'DATA', task);
      const full = call.piece();
      if (full) await full;
    }
    endLine(call.out, call.name);
  },
};
