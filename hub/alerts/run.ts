import { CHANNEL_KIND } from './channels/driver.ts';
import type { ConfirmationRule } from './confirmation.ts';
import { PHONE_TYPE } from './kinds.ts';
import type { DialWindow } from './schedule.ts';
import type { TaskRule } from './task-settings.ts';

/** What a run keeps as it was at its start: later edits do not change who is told, or what (specification of alerts 4.2.6). */
export interface Frozen {
  readonly task: string;
  readonly list: { readonly id: number; readonly name: string };
  readonly message: { readonly id: number; readonly name: string; readonly type: number; readonly text: string };
  readonly confirmation: ConfirmationRule;
  /** The code that proves a reading, where the confirmation asks for one. */
  readonly code: string | null;
  readonly settings: TaskRule;
  /** The sound that goes with each mail, by its content, which stays while the run may need it; undefined: none does. */
  readonly attachment?: { readonly name: string; readonly sha256: string };
  readonly windows: readonly DialWindow[];
  readonly zone: string;
  /** Data of the event that started it: what `{event.*}` shows. */
  readonly event: Readonly<Record<string, unknown>> | null;
}

/** Who started a run, and how. */
export interface Initiator {
  readonly login: string;
  readonly how: 'line' | 'rest' | 'cli' | 'schedule' | 'rule' | 'sms';
  /** An address, a rule's name, a telephone; '' where there is none. */
  readonly from: string;
}

/** A run as the engine works with it. */
export type RunRow = {
  runId: number;
  taskId: number;
  number: number;
  type: number;
  status: number;
  priority: number;
  channels: string;
  frozen: Frozen;
  initiator: Initiator;
  startedAt: Temporal.Instant;
  endedAt: Temporal.Instant | null;
  total: number;
  /** Whether some of its people share attempts at addresses that they have in common. */
  shares: boolean;
};

/** How a run of a type reaches people: kinds of channel by their numbers, kind of address, types of phone that do. */
export interface Reach {
  readonly channels: readonly number[];
  readonly address: 'phone' | 'email';
  readonly phones: readonly number[];
  readonly call: boolean;
}

/** By type of task (specification of alerts 3.10). */
export const REACH: readonly Reach[] = [
  {
    channels: [CHANNEL_KIND.sip],
    address: 'phone',
    phones: [PHONE_TYPE.city, PHONE_TYPE.mobile, PHONE_TYPE.internal, PHONE_TYPE.sip],
    call: true,
  },
  { channels: [CHANNEL_KIND.loudspeaker], address: 'phone', phones: [PHONE_TYPE.zone], call: false },
  { channels: [CHANNEL_KIND.gsm, CHANNEL_KIND.smpp], address: 'phone', phones: [PHONE_TYPE.mobile], call: false },
  { channels: [CHANNEL_KIND.smtp], address: 'email', phones: [], call: false },
];
