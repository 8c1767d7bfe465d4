import type { Transaction } from '../../core/database/statement.ts';
import { SYSTEM } from '../../core/identity/caller.ts';
import { TASK_STATUS, type TaskStatus } from '../kinds.ts';
import { insertLog } from '../sql/log.ts';
import { lockTask, runsById, runsToEnd, setRunStatus, type TaskRow } from '../sql/runs.ts';
import { tellRun, tellTaskStatus } from '../tell-task.ts';

/** Ends runs of which every target is final. @returns how many */
export async function endRuns(tx: Transaction): Promise<number> {
  const ready = await runsToEnd(tx);
  if (ready.length === 0) return 0;
  const seen = await runsById(
    tx,
    ready.map(({ runId }) => runId),
  );
  // Somebody may have stopped it before its task was locked.
  const runs = seen.filter(({ status }) => status === TASK_STATUS.running);
  for (const run of runs) {
    await setRunStatus(tx, run.runId, TASK_STATUS.finished, true);
    const [task] = await lockTask(tx, run.taskId);
    if (task) {
      const status = restingStatus(task);
      await tellTaskStatus(tx, task, status, undefined);
    }
    await tellRun(tx, run, 'finished', { name: run.frozen.task });
    await insertLog(tx, 'info', SYSTEM.login, `Задание «${run.frozen.task}» (${run.taskId}) выполнено, запуск ${run.number}`);
  }
  return runs.length;
}

/** How a task stands whose run is over. */
const restingStatus = ({ enabled, nextStartAt }: TaskRow): TaskStatus =>
  !enabled ? TASK_STATUS.disabled : nextStartAt === null ? TASK_STATUS.finished : TASK_STATUS.waiting;
