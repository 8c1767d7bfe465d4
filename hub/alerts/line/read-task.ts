import { notesOf } from '../../core/telemetry/channels.ts';
import type { NewTaskInput, TaskChange, TaskView } from '../task.ts';
import type { LineCall } from './call.ts';
import { isFault } from './codec/compound.ts';
import { asSent, keepUnsendable } from './codec/keep-unsendable.ts';
import { compoundsOf } from './codec/lines/task-lines.ts';
import { type CompoundField, readTask } from './codec/task-values.ts';
import { LineRefusal } from './refuse.ts';

const notes = notesOf('alerts.line');

/** The compound values of a task as GETTASK has sent them. */
const sentCompounds = (task: TaskView): string[] => compoundsOf(task).map(asSent);

/** The 13 values of a task as the use cases take them. @throws LineRefusal ERR_BADSYNTAX */
export function taskInput(call: LineCall, values: readonly string[]): NewTaskInput {
  return inputOf(call, values, undefined) as NewTaskInput;
}

/**
 * The same for a task that is changed: what came back exactly as it was sent is left out, so it stays as it is stored (specification of alerts 2.13).
 * @param stored undefined: there is no such task, and what is wrong with the values is told first
 * @throws LineRefusal ERR_BADSYNTAX
 */
export function taskChange(call: LineCall, values: readonly string[], stored: TaskView | undefined): TaskChange {
  const input = inputOf(call, values, stored) as NewTaskInput;
  return stored === undefined ? input : { ...input, name: keepUnsendable(input.name, stored.name) };
}

function inputOf(call: LineCall, values: readonly string[], stored: TaskView | undefined) {
  const reading = readTask(values, call.context.settings.current().line.strict === 'yes', stored && sentCompounds(stored));
  if ('fault' in reading && isFault(reading)) throw new LineRefusal('ERR_BADSYNTAX');
  const { task, notes: kept, untouched } = reading;
  const given = <F extends CompoundField>(field: F) => (untouched.has(field) ? undefined : task[field]);
  if (kept.length > 0)
    notes.warn('values of a task were kept without being understood', { login: call.operator.login, fields: kept.length });
  return {
    type: task.type,
    enabled: task.enabled,
    name: task.name,
    list_id: task.listId,
    message_id: task.messageId,
    priority: task.priority,
    channels: task.channels,
    schedule: given('schedule'),
    key_start: given('keyStart'),
    pin_start: given('pinStart'),
    sms_start: given('smsStart'),
    confirmation: given('confirmation'),
    settings: given('settings'),
  };
}
