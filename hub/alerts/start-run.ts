import { randomInt } from 'node:crypto';
import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkStart } from './check-start.ts';
import { requireProof } from './confirm-start.ts';
import { type Confirmation, confirmationRule } from './confirmation.ts';
import { TASK_STATUS, TASK_TYPE, type TaskType } from './kinds.ts';
import { isFault, PERSON_NAMES, parseTemplate } from './placeholders.ts';
import { refusal } from './refusals.ts';
import { type Frozen, type Initiator, REACH } from './run.ts';
import { NO_SCHEDULE, type Schedule } from './schedule.ts';
import { insertTargets, markSharing } from './sql/expand.ts';
import { fileOfMessage } from './sql/files.ts';
import { insertLog } from './sql/log.ts';
import { insertRun, lastRun, lockTask, setRunStatus, setTotal, type TaskRow } from './sql/runs.ts';
import { startWarnings } from './sql/start-warnings.ts';
import { updateActiveRun } from './sql/tasks.ts';
import { endRun, type StartWarnings, type TaskStanding } from './stop-run.ts';
import { type TaskSettings, taskRule } from './task-settings.ts';
import { tellRun, tellTaskStatus } from './tell-task.ts';

export interface StartOptions {
  /** A new run from scratch, also when one is under way or can be continued. */
  readonly restart: boolean;
  readonly initiator: Initiator;
  /** Data of the event that starts it. */
  readonly event?: Readonly<Record<string, unknown>> | undefined;
  /** When whoever starts it has proved the password; undefined: not at all. */
  readonly provedAt?: Temporal.Instant | undefined;
}

const NO_WARNINGS: StartWarnings = { withoutAddress: 0, withoutPin: 0 };
/** Digits of a code that is made up for a run. */
const CODE_DIGITS = 4;

/** What a run keeps of its task as it is now. */
async function freeze(tx: Transaction, task: TaskRow, { settings }: Act, event: StartOptions['event']): Promise<Frozen> {
  const type = task.type as TaskType;
  const confirmation = confirmationRule(task.confirmation as Confirmation, type);
  // A foreign client's text sets no windows.
  const { windows, zone } = typeof task.schedule === 'string' ? NO_SCHEDULE : (task.schedule as Schedule);
  const rule = taskRule(task.settings as TaskSettings, type);
  const [attachment] = rule.attach && type === TASK_TYPE.email ? await fileOfMessage(tx, task.messageId) : [];
  const madeUp = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
  return {
    task: task.name,
    list: { id: task.listId, name: task.listName },
    message: { id: task.messageId, name: task.messageName, type: task.messageType, text: task.text },
    confirmation,
    code: confirmation.kind === 'code' ? (confirmation.key ?? madeUp) : null,
    settings: rule,
    ...(attachment && { attachment }),
    windows,
    zone: zone ?? settings.zone,
    event: event ?? null,
  };
}

/** Fields of a person that the content shows: two people are told one and the same only when these are equal. */
function shownFields({ message, settings }: Frozen): string[] {
  const texts = [message.text, settings.subject ?? ''];
  const names = texts.map(parseTemplate).flatMap((template) => (isFault(template) ? PERSON_NAMES : template.names));
  return PERSON_NAMES.filter((name) => names.includes(name));
}

/**
 * Starts a task: makes a run with all its targets, or continues the one that was stopped (specification of alerts 4.2 and 4.7). A task that runs, and is not to
 * be restarted, stays as it is.
 * @throws HubError FORBIDDEN `start_not_confirmed`; NOT_FOUND `unknown_task`; CONFLICT `start_not_licensed`, `no_channel`: nothing is stored then
 */
export async function startRun(
  tx: Transaction,
  act: Act,
  taskId: number,
  { restart, initiator, event, provedAt }: StartOptions,
): Promise<TaskStanding> {
  requireProof(act, taskId, initiator.how, provedAt);
  const [task] = await lockTask(tx, taskId);
  if (!task) throw refusal('unknown_task', taskId);
  const [last] = await lastRun(tx, taskId);
  const standing = { taskId, name: task.name, type: task.type as TaskType, status: TASK_STATUS.running };
  const running = last?.status === TASK_STATUS.running;
  if (running && !restart) return { ...standing, run: { id: last.runId, number: last.number }, changed: false };
  await checkStart(tx, act.settings, task, act.now);
  const { requestId, login } = act.caller;
  if (last?.status === TASK_STATUS.stopped && !restart) {
    await setRunStatus(tx, last.runId, TASK_STATUS.running, false);
    // They may have been changed while it stood still.
    await updateActiveRun(tx, taskId, task.priority, task.channels);
    await tellTaskStatus(tx, task, TASK_STATUS.running, requestId);
    await tellRun(tx, last, 'continued', { login, how: initiator.how });
    const after = { run: last.number, how: initiator.how, from: initiator.from };
    await audit(tx, act.caller, { action: 'alerts.task.continue', object: String(taskId), after });
    await insertLog(tx, 'info', login, `Задание «${task.name}» (${taskId}) продолжено, запуск ${last.number}`);
    return { ...standing, run: { id: last.runId, number: last.number }, changed: true };
  }
  if (last && (running || last.status === TASK_STATUS.stopped)) await endRun(tx, task, last);
  const number = task.runs + 1;
  const frozen = await freeze(tx, task, act, event);
  const reach = REACH[task.type];
  const [made] = await insertRun(
    tx,
    taskId,
    number,
    task.type,
    task.priority,
    task.channels,
    JSON.stringify(frozen),
    JSON.stringify(initiator),
  );
  if (!made || !reach) throw new Error(`no run of task ${taskId} was made`);
  const dedup = frozen.settings.dedup && frozen.confirmation.kind !== 'pin';
  const [targets] = await insertTargets(tx, made.runId, task.listId, reach.address, reach.phones, dedup, shownFields(frozen));
  const { total = 0, final = 0, several = 0 } = targets ?? {};
  // Of people with one address each, those who share it are merged already.
  const [{ sharing } = { sharing: 0 }] = dedup && several > 0 ? await markSharing(tx, made.runId, shownFields(frozen)) : [];
  await setTotal(tx, made.runId, total, sharing > 0);
  const [{ withoutAddress, withoutPin } = NO_WARNINGS] = await startWarnings(tx, made.runId, frozen.confirmation.kind === 'pin');
  await tellTaskStatus(tx, { ...task, runs: number }, TASK_STATUS.running, requestId);
  const how = { login: initiator.login, how: initiator.how, from: initiator.from };
  const warned = { without_address: withoutAddress, without_pin: withoutPin };
  await tellRun(tx, { runId: made.runId, taskId, number }, 'started', {
    name: task.name,
    type: task.type,
    total,
    final,
    ...warned,
    ...how,
  });
  await audit(tx, act.caller, {
    action: 'alerts.task.start',
    object: String(taskId),
    after: { run: number, total, how: initiator.how, from: initiator.from },
  });
  const lacks = `${withoutAddress > 0 ? `, без адреса ${withoutAddress}` : ''}${withoutPin > 0 ? `, без ПИН-кода ${withoutPin}` : ''}`;
  const level = lacks === '' ? 'info' : 'warn';
  await insertLog(tx, level, initiator.login, `Задание «${task.name}» (${taskId}) запущено, запуск ${number}, абонентов ${total}${lacks}`);
  return { ...standing, run: { id: made.runId, number }, changed: true, warnings: { withoutAddress, withoutPin } };
}
