import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { maskFault } from './channel-mask.ts';
import { confirmationFault, fitsTaskType } from './confirmation.ts';
import { type MessageType, TASK_TYPE } from './kinds.ts';
import { canTell, messageTypeName, taskTypeName } from './message.ts';
import { isFault, parseTemplate } from './placeholders.ts';
import { refusal } from './refusals.ts';
import { keyStartFault, pinStartFault, smsStartFault } from './remote-start.ts';
import { scheduleFault } from './schedule.ts';
import { holdList, holdMessage, lockPins, sealedPins, taskOfKeyword } from './sql/tasks.ts';
import type { TaskValues } from './task.ts';
import { openPinStart } from './task-row.ts';
import { settingsFault, type TaskSettings } from './task-settings.ts';

/** A value that can be read is checked; the text of a foreign client means nothing, so nothing is wrong with it. */
const faultOf = <V extends object>(value: V | string | null, fault: (value: V) => string | undefined): string | undefined =>
  value === null || typeof value === 'string' ? undefined : fault(value);

/** @throws HubError VALIDATION `bad_value`, `bad_placeholder` */
function checkValues({ settings: alerts }: Pick<Act, 'settings'>, values: TaskValues): void {
  const { type, confirmation, settings } = values;
  const faults = {
    channels: maskFault(values.channels),
    schedule: faultOf(values.schedule, scheduleFault),
    confirmation: faultOf(confirmation, confirmationFault),
    settings: faultOf(settings as TaskSettings | string, settingsFault),
    key_start: faultOf(values.key_start, keyStartFault),
    pin_start: faultOf(values.pin_start, pinStartFault),
    sms_start: faultOf(values.sms_start, smsStartFault),
  };
  for (const [field, fault] of Object.entries(faults)) if (fault !== undefined) throw refusal('bad_value', field, fault, `/${field}`);
  if (!fitsTaskType(confirmation, type))
    throw refusal('bad_value', 'confirmation', 'a loudspeaker cannot prove that somebody listens; right would be none', '/confirmation');
  const confirms = typeof confirmation !== 'string' && confirmation.kind !== 'none';
  if (type === TASK_TYPE.email && confirms && alerts.publicUrl === undefined)
    throw refusal(
      'bad_value',
      'confirmation',
      'receivers of mails confirm on a page of this hub, which has no address for them: set alerts.publicUrl, or ask for none',
      '/confirmation',
    );
  const subject = typeof settings === 'string' ? undefined : settings.find(({ key }) => key === 'subject')?.value;
  const parsed = subject === undefined ? undefined : parseTemplate(subject);
  if (parsed && isFault(parsed)) throw refusal('bad_placeholder', subject ?? '', `character ${parsed.at}: ${parsed.what}`, '/settings');
}

/** @throws HubError CONFLICT `pin_taken`, `keyword_taken` */
async function checkUnique(tx: Transaction, act: Act, id: number, { pin_start: pinStart, sms_start: smsStart }: TaskValues): Promise<void> {
  if (pinStart !== null && typeof pinStart !== 'string') {
    await lockPins(tx);
    for (const other of await sealedPins(tx)) {
      if (other.id === id) continue;
      const start = openPinStart(act, other.id, other.pinStart);
      if (start !== null && typeof start !== 'string' && start.pin === pinStart.pin) throw refusal('pin_taken', '', '', '/pin_start');
    }
  }
  if (smsStart !== null && typeof smsStart !== 'string') {
    const [other] = await taskOfKeyword(tx, smsStart.keyword);
    if (other && other.id !== id) throw refusal('keyword_taken', smsStart.keyword, '', '/sms_start');
  }
}

/**
 * Checks a task before it is written; its list and its message stay until our transaction ends (specification of alerts 3.4, 3.6, 3.10).
 * @throws HubError VALIDATION `bad_value`, `bad_placeholder`; NOT_FOUND `unknown_list`, `unknown_message`; CONFLICT `type_mismatch`, `pin_taken`, `keyword_taken`
 */
export async function checkTask(tx: Transaction, act: Act, id: number, values: TaskValues): Promise<void> {
  checkValues(act, values);
  if ((await holdList(tx, values.list_id)).length === 0) throw refusal('unknown_list', values.list_id, '', '/list_id');
  const [message] = await holdMessage(tx, values.message_id);
  if (!message) throw refusal('unknown_message', values.message_id, '', '/message_id');
  const messageType = message.type as MessageType;
  if (!canTell(values.type, messageType))
    throw refusal('type_mismatch', taskTypeName(values.type), messageTypeName(messageType), '/message_id');
  await checkUnique(tx, act, id, values);
}
