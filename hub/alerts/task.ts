import * as z from 'zod';
import { type Confirmation, NO_CONFIRMATION } from './confirmation.ts';
import { TASK_STATUS, TASK_TYPE, type TaskStatus, type TaskType } from './kinds.ts';
import { HIGHEST_ID } from './refusals.ts';
import type { KeyStart, PinStart, SmsStart } from './remote-start.ts';
import type { Schedule } from './schedule.ts';
import type { TaskSettings } from './task-settings.ts';

const time = z.string().max(8);
const start = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('once'), at: z.string().max(32).meta({ description: 'YYYY-MM-DDTHH:MM:SS by the clock of the zone' }) }),
  z.strictObject({
    kind: z.literal('weekly'),
    days: z.array(z.int()).max(7).meta({ description: '1 Monday to 7 Sunday' }),
    times: z.array(time).max(288).meta({ description: 'HH:MM' }),
  }),
  z.strictObject({
    kind: z.literal('monthly'),
    day: z.int().meta({ description: '1 to 31; a day that a month lacks is its last' }),
    time,
  }),
]);

export const scheduleInput = z.strictObject({
  start,
  windows: z
    .array(z.strictObject({ from: time, to: time }))
    .max(24)
    .default([])
    .meta({ description: 'Hours in which attempts are made; none: at any time' }),
  zone: z.string().max(64).nullable().default(null).meta({ description: 'null: that of the alerts' }),
  late: z.int().nullable().default(null).meta({ description: 'Minutes by which a start may be late before it is skipped; null: 15' }),
});
export const confirmationInput = z.strictObject({
  kind: z.enum(['none', 'key', 'pin', 'code']),
  wait: z.int().nullable().default(null).meta({ description: 'Seconds of a call, minutes of an SMS or e-mail; null: 10 and 60' }),
  tries: z.int().nullable().default(null),
  key: z.string().max(32).nullable().default(null).meta({ description: 'Of key: the only one that counts; of code: the code' }),
  heard: z.int().nullable().default(null).meta({ description: 'Of none: seconds of a call that must have been played' }),
});
export const settingsInput = z
  .array(z.strictObject({ key: z.string().min(1).max(64), value: z.string().max(1_000), raw: z.string().max(2_000).optional() }))
  .max(100);
export const keyStartInput = z.strictObject({
  input: z.string().max(64),
  front: z.enum(['closing', 'opening']),
  hold: z.int().nullable().default(null).meta({ description: 'Seconds in which further pulses are ignored; null: 10' }),
});
const numbers = z.array(z.string().max(64)).max(100).default([]);
export const pinStartInput = z.strictObject({ pin: z.string().max(12), callers: numbers });
export const smsStartInput = z.strictObject({ keyword: z.string().max(32), senders: numbers });

/** What a foreign client of the line protocol has sent and nobody can read: kept as it came. */
const kept = z.string().max(4_000);

const fields = {
  type: z.literal(Object.values(TASK_TYPE)),
  name: z.string().min(1).max(255),
  list_id: z.int().min(1).max(HIGHEST_ID),
  message_id: z.int().min(1).max(HIGHEST_ID),
  priority: z.int().min(1).max(9),
  channels: z.string().max(4_096),
  schedule: z.union([scheduleInput, kept]),
  confirmation: z.union([confirmationInput, kept]),
  settings: z.union([settingsInput, kept]),
  key_start: z.union([keyStartInput, kept]).nullable(),
  pin_start: z.union([pinStartInput, kept]).nullable(),
  sms_start: z.union([smsStartInput, kept]).nullable(),
  enabled: z.boolean(),
};

export const newTaskInput = z.strictObject({
  ...fields,
  priority: fields.priority.default(5),
  channels: fields.channels.default(''),
  schedule: fields.schedule.default({ start: { kind: 'none' }, windows: [], zone: null, late: null }),
  confirmation: fields.confirmation.default({ ...NO_CONFIRMATION }),
  settings: fields.settings.default([]),
  key_start: fields.key_start.default(null),
  pin_start: fields.pin_start.default(null),
  sms_start: fields.sms_start.default(null),
  enabled: fields.enabled.default(true),
});
export type NewTaskInput = z.input<typeof newTaskInput>;
export type TaskValues = z.output<typeof newTaskInput>;

/** Fields left out keep their values. */
export const taskChange = z.strictObject(fields).partial();
export type TaskChange = z.input<typeof taskChange>;

/** A task as the use cases answer it. A text in place of a value is a foreign client's that nobody can read. */
export interface TaskView {
  readonly id: number;
  readonly type: TaskType;
  readonly name: string;
  readonly list_id: number;
  readonly message_id: number;
  readonly priority: number;
  readonly channels: string;
  readonly schedule: Schedule | string;
  readonly confirmation: Confirmation | string;
  readonly settings: TaskSettings | string;
  readonly key_start: KeyStart | string | null;
  /** The PIN is '' for those who may not edit tasks; so is the text of a foreign client. */
  readonly pin_start: PinStart | string | null;
  readonly sms_start: SmsStart | string | null;
  readonly enabled: boolean;
  readonly status: TaskStatus;
  /** Number of the last run; 0 before the first. */
  readonly runs: number;
  /** The next start by the schedule, and what its clock says there. */
  readonly next_start_at: string | null;
  readonly next_local: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly changed_at: string;
}

/** How a task stands after an edit: a run that is under way or stopped goes on being what it is. */
export function statusAfterEdit(present: TaskStatus, enabled: boolean, hasNext: boolean): TaskStatus {
  if (present === TASK_STATUS.running) return present;
  if (!enabled) return TASK_STATUS.disabled;
  if (present === TASK_STATUS.stopped) return present;
  if (hasNext) return TASK_STATUS.waiting;
  return present === TASK_STATUS.waiting || present === TASK_STATUS.disabled ? TASK_STATUS.idle : present;
}
