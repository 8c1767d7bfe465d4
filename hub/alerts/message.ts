import * as z from 'zod';
import { MESSAGE_TYPE, type MessageType, TASK_TYPE, type TaskType } from './kinds.ts';

const LONGEST_TEXT = 4_000;

const fields = {
  type: z.literal(Object.values(MESSAGE_TYPE)),
  name: z.string().min(1).max(255),
  file: z.string().max(128).nullable().meta({ description: 'Name of a sound file; null for none' }),
  voice: z.string().max(64),
  text: z
    .string()
    .max(LONGEST_TEXT)
    .meta({ description: 'Of a text or a template with placeholders: {name}, {date}, {event.order.number}; {{ for a brace' }),
};

export const newMessageInput = z.strictObject({
  ...fields,
  file: fields.file.default(null),
  voice: fields.voice.default(''),
  text: fields.text.default(''),
});
export type NewMessageInput = z.input<typeof newMessageInput>;
export type MessageValues = z.output<typeof newMessageInput>;

/** Fields left out keep their values. */
export const messageChange = z.strictObject(fields).partial();
export type MessageChange = z.input<typeof messageChange>;

export interface MessageView {
  readonly id: number;
  readonly type: MessageType;
  readonly name: string;
  readonly file: string | null;
  readonly voice: string;
  readonly text: string;
  /** Of the file's sound, milliseconds; null without one. */
  readonly length_ms: number | null;
  readonly version: number;
  readonly created_at: string;
  readonly changed_at: string;
}

const { sound, speech, template, text } = MESSAGE_TYPE;
const ACCEPTED: Readonly<Record<TaskType, readonly MessageType[]>> = {
  [TASK_TYPE.call]: [sound, speech, template],
  [TASK_TYPE.loudspeaker]: [sound, speech],
  [TASK_TYPE.sms]: [text],
  [TASK_TYPE.email]: [text],
};

/** Whether tasks of a type can tell a message of a type (specification of alerts 3.6). */
export const canTell = (task: TaskType, message: MessageType): boolean => ACCEPTED[task].includes(message);

const nameOf = (map: Readonly<Record<string, number>>, value: number): string =>
  Object.keys(map).find((name) => map[name] === value) ?? String(value);
/** The words for types, for messages to people. */
export const taskTypeName = (type: TaskType): string => nameOf(TASK_TYPE, type);
export const messageTypeName = (type: MessageType): string => nameOf(MESSAGE_TYPE, type);
