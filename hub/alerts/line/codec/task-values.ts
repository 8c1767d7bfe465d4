import { type ChannelMask, maskFault } from '../../channel-mask.ts';
import type { Confirmation } from '../../confirmation.ts';
import { TASK_STATUS, type TaskType } from '../../kinds.ts';
import type { KeyStart, PinStart, SmsStart } from '../../remote-start.ts';
import type { Schedule } from '../../schedule.ts';
import type { TaskSettings } from '../../task-settings.ts';
import { STATUS, TASK_TYPE } from '../codec.ts';
import { addinfo } from './addinfo.ts';
import { type FieldCodec, isFault, readKept, type WireFault, writeKept } from './compound.ts';
import { confirm } from './confirm.ts';
import { readId, readNumber } from './ids.ts';
import { rkey, rpin, rsms } from './remote-start.ts';
import { schedule } from './schedule.ts';

/** A task as its 13 values say it. A text in place of a compound value is a foreign client's, kept as it came. */
export interface TaskValues {
  readonly type: TaskType;
  /** Of `tstatus` only this is the client's to say: 6 disables, any other status enables. */
  readonly enabled: boolean;
  readonly name: string;
  readonly listId: number;
  readonly messageId: number;
  readonly priority: number;
  readonly channels: ChannelMask;
  readonly schedule: Schedule | string;
  readonly keyStart: KeyStart | string | null;
  readonly pinStart: PinStart | string | null;
  readonly smsStart: SmsStart | string | null;
  readonly confirmation: Confirmation | string;
  readonly settings: TaskSettings | string;
}

/** Fields with a form of their own, in the order of the wire, and the place of the first among the 13 values. */
const COMPOUNDS = ['schedule', 'keyStart', 'pinStart', 'smsStart', 'confirmation', 'settings'] as const;
export type CompoundField = (typeof COMPOUNDS)[number];
const FIRST_COMPOUND = 7;

/**
 * Reads the 13 values of ADDTASK, or those behind the id of UPDATETASK. Names, and whether list, message and type fit together, are for the use
 * case to judge.
 * @param strict `alerts.line.strict`
 * @param sent of a task that is changed: its compound values as the client was sent them; one that comes back so is not read
 * @returns beside the task what was kept without being understood, a sentence a field, for the log; and the fields that came back as they were sent
 */
export function readTask(
  values: readonly string[],
  strict: boolean,
  sent: readonly string[] = [],
): { readonly task: TaskValues; readonly notes: readonly string[]; readonly untouched: ReadonlySet<CompoundField> } | WireFault {
  const [ttype = '', tstatus = '', name = '', listid = '', messageid = '', priorityText = '', channels = ''] = values;
  const type = TASK_TYPE.read(ttype);
  if (type === undefined) return { fault: `"${ttype}" is no type of task` };
  const status = STATUS.read(tstatus);
  if (status === undefined) return { fault: `"${tstatus}" is no status` };
  const listId = readId(listid);
  const messageId = readId(messageid);
  if (listId === undefined || messageId === undefined) return { fault: `"${listid}" or "${messageid}" is no id` };
  const priority = readNumber(priorityText, 1, 9);
  if (priority === undefined) return { fault: `"${priorityText}" is no priority; right would be 1 to 9` };
  const mask = maskFault(channels);
  if (mask !== undefined) return { fault: mask };

  const notes: string[] = [];
  const untouched = new Set<CompoundField>();
  let fault: string | undefined;
  const compound = <T>(field: string, codec: FieldCodec<T>, place: number): T | string => {
    const text = values[place] ?? '';
    if (sent[place - FIRST_COMPOUND] === text) {
      untouched.add(COMPOUNDS[place - FIRST_COMPOUND]!);
      return text;
    }
    const reading = readKept(codec, text, strict);
    if (isFault(reading)) {
      fault ??= `${field}: ${reading.fault}`;
      return text;
    }
    if (reading.note !== undefined) notes.push(`${field}: ${reading.note}`);
    return reading.value;
  };
  const task: TaskValues = {
    type,
    enabled: status !== TASK_STATUS.disabled,
    name,
    listId,
    messageId,
    priority,
    channels,
    schedule: compound('shedule', schedule, FIRST_COMPOUND),
    keyStart: compound('rkey', rkey, FIRST_COMPOUND + 1),
    pinStart: compound('rpin', rpin, FIRST_COMPOUND + 2),
    smsStart: compound('rsms', rsms, FIRST_COMPOUND + 3),
    confirmation: compound('confirm', confirm, FIRST_COMPOUND + 4),
    settings: compound('addinfo', addinfo, FIRST_COMPOUND + 5),
  };
  return fault === undefined ? { task, notes, untouched } : { fault };
}

/** The compound values of a task as GETTASK writes them, from `shedule` to `addinfo`. */
export function writeCompounds(task: Pick<TaskValues, CompoundField>): string[] {
  return [
    writeKept(schedule, task.schedule),
    writeKept(rkey, task.keyStart),
    writeKept(rpin, task.pinStart),
    writeKept(rsms, task.smsStart),
    writeKept(confirm, task.confirmation),
    writeKept(addinfo, task.settings),
  ];
}
