import type { Act } from './act.ts';
import type { Confirmation } from './confirmation.ts';
import type { TaskStatus, TaskType } from './kinds.ts';
import type { KeyStart, PinStart, SmsStart } from './remote-start.ts';
import type { Schedule } from './schedule.ts';
import type { TaskView } from './task.ts';
import type { TaskSettings } from './task-settings.ts';

/** A task that is not deleted, as it stands in its table. */
export interface StoredTaskRow {
  readonly id: number;
  readonly type: number;
  readonly name: string;
  readonly listId: number;
  readonly messageId: number;
  readonly priority: number;
  readonly channels: string;
  readonly schedule: unknown;
  readonly confirmation: unknown;
  readonly settings: unknown;
  readonly keyStart: unknown;
  readonly pinStart: Buffer | null;
  readonly smsStart: unknown;
  readonly enabled: boolean;
  readonly status: number;
  readonly runs: number;
  readonly nextStartAt: Temporal.Instant | null;
  readonly nextLocal: string | null;
  readonly version: number;
  readonly createdAt: Temporal.Instant;
  readonly changedAt: Temporal.Instant;
}

/** Purpose under which starts by telephone are sealed; the context is the id of the task. */
const PIN_START_PURPOSE = 'alerts.task.pin-start';

export const sealPinStart = ({ secretKey }: Pick<Act, 'secretKey'>, taskId: number, start: PinStart | string | null): Buffer | null =>
  start === null ? null : secretKey.seal(PIN_START_PURPOSE, JSON.stringify(start), String(taskId));

/** The start by telephone of a task, with its PIN; for whoever has to compare it. */
export const openPinStart = ({ secretKey }: Pick<Act, 'secretKey'>, taskId: number, sealed: Uint8Array | null): PinStart | string | null =>
  sealed === null ? null : (JSON.parse(secretKey.open(PIN_START_PURPOSE, sealed, String(taskId)).toString('utf8')) as PinStart | string);

const hidden = (start: PinStart | string | null): PinStart | string | null =>
  start === null ? null : typeof start === 'string' ? '' : { ...start, pin: '' };

/** Makes tasks of rows, as they are shown to one who sees start PINs, or does not. */
export function taskViews(act: Pick<Act, 'secretKey'>, seesPins: boolean): (row: StoredTaskRow) => TaskView {
  return (row) => {
    const pinStart = openPinStart(act, row.id, row.pinStart);
    return {
      id: row.id,
      type: row.type as TaskType,
      name: row.name,
      list_id: row.listId,
      message_id: row.messageId,
      priority: row.priority,
      channels: row.channels,
      schedule: row.schedule as Schedule | string,
      confirmation: row.confirmation as Confirmation | string,
      settings: row.settings as TaskSettings | string,
      key_start: row.keyStart as KeyStart | string | null,
      pin_start: seesPins ? pinStart : hidden(pinStart),
      sms_start: row.smsStart as SmsStart | string | null,
      enabled: row.enabled,
      status: row.status as TaskStatus,
      runs: row.runs,
      next_start_at: row.nextStartAt?.toString() ?? null,
      next_local: row.nextLocal,
      version: row.version,
      created_at: row.createdAt.toString(),
      changed_at: row.changedAt.toString(),
    };
  };
}
