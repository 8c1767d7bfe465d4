import { run, type Transaction } from '../core/database/statement.ts';
import { HubError, isDatabaseAway } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import type { Act } from './act.ts';
import { TASK_STATUS } from './kinds.ts';
import { lateMinutes, nextOccurrence, type Schedule } from './schedule.ts';
import { insertLog } from './sql/log.ts';
import { type DueTaskRow, dueTasks, insertOccurrence, lastRun, lockTask, setNextStart, settleOccurrenceRow } from './sql/runs.ts';
import { startRun } from './start-run.ts';
import { tellRefusedStart, tellTaskStatus } from './tell-task.ts';

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
 * clock, or on another hub. One that fails takes none of the others with it: nothing of it is stored, and it is tried again with the next look.
 * @param act its time is the database's
 * @param failed tasks that are passed over, with why they failed; those that fail now are added
 * @returns how many were looked at
 * @throws what the database throws when it is away
 */
export async function startScheduled(tx: Transaction, act: Act, failed: Map<number, unknown> = new Map()): Promise<number> {
  const due = await dueTasks(tx, act.now, MOST, [...failed.keys()]);
  for (const task of due) {
    await run(tx, 'SAVEPOINT occurrence');
    try {
      await startDue(tx, act, task);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      await run(tx, 'ROLLBACK TO SAVEPOINT occurrence');
      failed.set(task.taskId, error);
    }
    await run(tx, 'RELEASE SAVEPOINT occurrence');
  }
  return due.length;
}

async function startDue(tx: Transaction, act: Act, task: DueTaskRow): Promise<void> {
  const schedule = task.schedule as Schedule;
  const allowed = Temporal.Duration.from({ minutes: lateMinutes(schedule) });
  // After an outage it goes on with the first start that is not too late; those before it are told of together.
  const soonest = act.now.subtract(allowed).subtract({ milliseconds: 1 });
  const after = Temporal.Instant.compare(soonest, task.nextStartAt) > 0 ? soonest : task.nextStartAt;
  const next = nextOccurrence(schedule, after, act.settings.zone);
  const missed = countMissed(schedule, task.nextStartAt, after, act.settings.zone);
  // First: what follows may write the status that goes with it.
  await setNextStart(tx, task.taskId, next?.instant ?? null, next?.local ?? null);
  const [first] = await insertOccurrence(tx, task.taskId, task.nextLocal);
  if (!first) return;
  const outcome = await startOne(tx, act, task, schedule);
  await settleOccurrence(tx, act, task, outcome, missed);
  if ('skipped' in outcome) await tellStanding(tx, task.taskId, outcome.skipped);
}

/** Starts that are counted; more are said to be at least so many. */
const MOST_COUNTED = 1_000;

/** How many starts lie between two instants, the first included. */
function countMissed(schedule: Schedule, first: Temporal.Instant, until: Temporal.Instant, zone: string): number {
  let count = 1;
  for (let at = first; count < MOST_COUNTED; count += 1) {
    const next = nextOccurrence(schedule, at, zone);
    if (!next || Temporal.Instant.compare(next.instant, until) > 0) break;
    at = next.instant;
  }
  return count;
}

/** How a task stands that was not started: a refusal is a failure; one that waits for nothing more does not wait. */
async function tellStanding(tx: Transaction, taskId: number, skipped: Skipped): Promise<void> {
  if (skipped === 'refused') return tellRefusedStart(tx, taskId);
  const [task] = await lockTask(tx, taskId);
  if (task?.status !== TASK_STATUS.waiting || task.nextStartAt !== null) return;
  await tellTaskStatus(tx, task, task.runs > 0 ? TASK_STATUS.finished : TASK_STATUS.idle, undefined);
}

type Started = { readonly run: number } | { readonly skipped: Skipped; readonly reason: string };

async function startOne(tx: Transaction, act: Act, task: DueTaskRow, schedule: Schedule): Promise<Started> {
  const late = act.now.since(task.nextStartAt).total('minutes');
  if (late > lateMinutes(schedule)) return { skipped: 'missed', reason: `${Math.floor(late)} minutes late` };
  const [last] = await lastRun(tx, task.taskId);
  if (last?.status === TASK_STATUS.running) return { skipped: 'overlap', reason: `run ${last.number} is still under way` };
  try {
    const initiator = { login: act.caller.login, how: 'schedule', from: task.nextLocal } as const;
    const started = await startRun(tx, act, task.taskId, { restart: true, initiator });
    return { run: started.run?.id ?? 0 };
  } catch (error) {
    // Its checks write nothing, so the transaction goes on.
    if (!(error instanceof HubError) || error.code !== 'CONFLICT') throw error;
    return { skipped: 'refused', reason: error.message };
  }
}

async function settleOccurrence(tx: Transaction, act: Act, task: DueTaskRow, outcome: Started, missed: number): Promise<void> {
  if ('run' in outcome) {
    await settleOccurrenceRow(tx, task.taskId, task.nextLocal, outcome.run, null);
    return;
  }
  const { skipped, reason } = outcome;
  await settleOccurrenceRow(tx, task.taskId, task.nextLocal, null, skipped);
  const data = { task_id: task.taskId, name: task.name, local: task.nextLocal, reason, starts: missed };
  await publish(tx, { type: `vestnik.alerts.start.${skipped}`, subject: `task/${task.taskId}`, data });
  await insertLog(
    tx,
    'warn',
    act.caller.login,
    `Задание «${task.name}» (${task.taskId}): запуск по расписанию ${task.nextLocal} ${SAID[skipped]}${missed > 1 ? `, всего таких запусков: ${missed === MOST_COUNTED ? 'не меньше ' : ''}${missed}` : ''}`,
  );
}
