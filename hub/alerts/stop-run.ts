import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { TASK_STATUS, type TaskStatus, type TaskType } from './kinds.ts';
import { refusal } from './refusals.ts';
import type { RunRow } from './run.ts';
import { insertLog } from './sql/log.ts';
import { cancelTargets, lastRun, lockTask, setRunStatus, type TaskRow } from './sql/runs.ts';
import { tellRun, tellTaskStatus } from './tell-task.ts';

/** Where a task stands after a start or a stop. */
export interface TaskStanding {
  readonly taskId: number;
  readonly name: string;
  readonly type: TaskType;
  readonly status: TaskStatus;
  /** Its last run, with its number; undefined before the first. */
  readonly run: { readonly id: number; readonly number: number } | undefined;
  /** Whether something has changed. */
  readonly changed: boolean;
  /** Of a new run: people who will not be reached, or cannot confirm. */
  readonly warnings?: StartWarnings;
}

/** What whoever starts a run should know of its list (specification of alerts 4.5, 10). */
export interface StartWarnings {
  /** Who has no enabled address that does. */
  readonly withoutAddress: number;
  /** Who is told, and asked for a PIN that he has not: received, not confirmed, at best. */
  readonly withoutPin: number;
}

/**
 * Stops the run of a task: no attempt is begun any more, what was handed over goes on collecting receipts, and it can be continued (specification of
 * alerts 4.7). A task that does not run stays as it is.
 * @throws HubError NOT_FOUND `unknown_task`
 */
export async function stopRun(tx: Transaction, act: Act, taskId: number): Promise<TaskStanding> {
  const [task] = await lockTask(tx, taskId);
  if (!task) throw refusal('unknown_task', taskId);
  const [run] = await lastRun(tx, taskId);
  const standing = { taskId, name: task.name, type: task.type as TaskType, run: run && { id: run.runId, number: run.number } };
  if (run?.status !== TASK_STATUS.running) return { ...standing, status: task.status as TaskStatus, changed: false };
  await setRunStatus(tx, run.runId, TASK_STATUS.stopped, false);
  // A client that edits the task says its status back, and 3 would enable one that was disabled while it ran.
  const status = task.enabled ? TASK_STATUS.stopped : TASK_STATUS.disabled;
  await tellTaskStatus(tx, task, status, act.caller.requestId);
  await tellRun(tx, run, 'stopped', { login: act.caller.login });
  await audit(tx, act.caller, { action: 'alerts.task.stop', object: String(taskId), after: { run: run.number } });
  await insertLog(tx, 'info', act.caller.login, `Задание «${task.name}» (${taskId}) остановлено, запуск ${run.number}`);
  return { ...standing, status, changed: true };
}

/** Ends a run for good before a new one of its task: who was not told is not told any more. */
export async function endRun(tx: Transaction, task: TaskRow, run: RunRow): Promise<void> {
  await cancelTargets(tx, run.runId);
  await setRunStatus(tx, run.runId, TASK_STATUS.finished, true);
  await tellRun(tx, run, 'finished', { name: task.name, cancelled: true });
}
