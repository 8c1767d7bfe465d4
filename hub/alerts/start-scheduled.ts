import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import type { Act } from './act.ts';
import { TASK_STATUS } from './kinds.ts';
import { lateMinutes, nextOccurrence, type Schedule } from './schedule.ts';
import { insertLog } from './sql/log.ts';
import { type DueTaskRow, dueTasks, insertOccurrence, lastRun, setNextStart, settleOccurrenceRow } from './sql/runs.ts';
import { startRun } from './start-run.ts';

/** Tasks that are started in one transaction. */
const MOST = 20;

/** Why a start by the schedule was not made. */
type Skipped = 'missed' | 'overlap' | 'refused';
const SAID: Readonly<Record<Skipped, string>> = {
  missed: 'пропущен: время начала прошло слишком давно',
  overlap: 'пропущен: прошлый запуск ещё идёт',
  refused: 'не состоялся',
};

/**
 * Starts tasks whose time has come (specification of alerts 4.6). An occurrence is a row, made with its run: there is no second start after a restart, a step of the
 * clock, or on another hub.
 * @returns how many were looked at
 */
export async function startScheduled(tx: Transaction, act: Act): Promise<number> {
  const due = await dueTasks(tx, act.now, MOST);
  for (const task of due) {
    const schedule = task.schedule as Schedule;
    const next = nextOccurrence(schedule, task.nextStartAt, act.settings.zone);
    // First: what follows may write the status that goes with it.
    await setNextStart(tx, task.taskId, next?.instant ?? null, next?.local ?? null);
    const [first] = await insertOccurrence(tx, task.taskId, task.nextLocal);
    if (!first) continue;
    const outcome = await startOne(tx, act, task, schedule);
    await settleOccurrence(tx, act, task, outcome);
  }
  return due.length;
}

type Started = { readonly run: number } | { readonly skipped: Skipped; readonly reason: string };

async function startOne(tx: Transaction, act: Act, task: DueTaskRow, schedule: Schedule): Promise<Started> {
  const late = act.now.since(task.nextStartAt).total('minutes');
  if (late > lateMinutes(schedule)) return { skipped: 'missed', reason: `${Math.floor(late)} minutes late` };
  const [last] = await lastRun(tx, task.taskId);
  if (last?.status === TASK_STATUS.running) return { skipped: 'overlap', reason: `run ${last.number} is still under way` };
  try {
    const initiator = { login: act.caller.login, how: 'schedule', from: task.nextLocal } as const;
    const { run } = await startRun(tx, act, task.taskId, { restart: true, initiator });
    return { run: run?.id ?? 0 };
  } catch (error) {
    // Its checks write nothing, so the transaction goes on.
    if (!(error instanceof HubError) || error.code !== 'CONFLICT') throw error;
    return { skipped: 'refused', reason: error.message };
  }
}

async function settleOccurrence(tx: Transaction, act: Act, task: DueTaskRow, outcome: Started): Promise<void> {
  if ('run' in outcome) {
    await settleOccurrenceRow(tx, task.taskId, task.nextLocal, outcome.run, null);
    return;
  }
  const { skipped, reason } = outcome;
  await settleOccurrenceRow(tx, task.taskId, task.nextLocal, null, skipped);
  const data = { task_id: task.taskId, name: task.name, local: task.nextLocal, reason };
  await publish(tx, { type: `vestnik.alerts.start.${skipped}`, subject: `task/${task.taskId}`, data });
  await insertLog(
    tx,
    'warn',
    act.caller.login,
    `Задание «${task.name}» (${task.taskId}): запуск по расписанию ${task.nextLocal} ${SAID[skipped]}`,
  );
}
