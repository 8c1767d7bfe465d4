import { notesOf } from '../../core/telemetry/channels.ts';
import type { NewTaskInput } from '../task.ts';
import type { LineCall } from './call.ts';
import { isFault } from './codec/compound.ts';
import { readTask } from './codec/task-values.ts';
import { LineRefusal } from './refuse.ts';

const notes = notesOf('alerts.line');

/** The 13 values of a task as the use cases take them. @throws LineRefusal ERR_BADSYNTAX */
export function taskInput(call: LineCall, values: readonly string[]) {
  const reading = readTask(values, call.context.settings.current().line.strict === 'yes');
  if ('fault' in reading && isFault(reading)) throw new LineRefusal('ERR_BADSYNTAX');
  const { task, notes: kept } = reading;
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
    schedule: task.schedule,
    key_start: task.keyStart,
    pin_start: task.pinStart,
    sms_start: task.smsStart,
    confirmation: task.confirmation,
    settings: task.settings,
  } as NewTaskInput;
}
