import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { TASK_STATUS, type TaskStatus } from './kinds.ts';
import { lockTask, setTaskStatus } from './sql/runs.ts';

/** Gives a task another status, and tells it: what the line protocol pushes as `UPDATETASK OK` (specification of alerts 3.12). */
export async function tellTaskStatus(
  tx: Transaction,
  task: { readonly taskId: number; readonly name: string; readonly type: number; readonly runs: number },
  status: TaskStatus,
  requestId: string | undefined,
): Promise<void> {
  await setTaskStatus(tx, task.taskId, status, task.runs);
  const data = {
    task_id: task.taskId,
    name: task.name,
    type: task.type,
    status,
    runs: task.runs,
    request_id: requestId ?? null,
  };
  await publish(tx, { type: 'vestnik.alerts.task.status', subject: `task/${task.taskId}`, data });
}

/** Makes a task failed that was to start by itself and was refused (specification of alerts 5.8.4); one that runs, or is disabled, stays as it is. */
export async function tellRefusedStart(tx: Transaction, taskId: number): Promise<void> {
  const [task] = await lockTask(tx, taskId);
  if (!task || [TASK_STATUS.running, TASK_STATUS.disabled, TASK_STATUS.failed].some((status) => status === task.status)) return;
  await tellTaskStatus(tx, task, TASK_STATUS.failed, undefined);
}

/** Tells what became of a run. */
export async function tellRun(
  tx: Transaction,
  run: { readonly runId: number; readonly taskId: number; readonly number: number },
  done: 'started' | 'continued' | 'stopped' | 'finished',
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const data = { run: run.runId, task_id: run.taskId, number: run.number, ...more };
  await publish(tx, { type: `vestnik.alerts.run.${done}`, subject: `run/${run.runId}`, data });
}
