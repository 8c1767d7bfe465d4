/**
 * The closed lists of the alerts' language (specification of alerts 1.1 and 3.10); results stand in result.ts, channels in channels/driver.ts.
 * Faces show the words; the database holds the place of a word in its list, from 0. On the wire it is the same number, which line/codec.ts says
 * once more and may say otherwise.
 */

/** How a task reaches people. */
export const TASK_TYPES = ['call', 'loudspeaker', 'sms', 'email'] as const;
export type TaskType = (typeof TASK_TYPES)[number];

/** `idle`: nothing planned; `waiting`: for its schedule; `stopped`: can be continued; `disabled`: nothing starts it. */
export const TASK_STATUSES = ['idle', 'waiting', 'running', 'stopped', 'finished', 'failed', 'disabled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** What a message is: a recorded sound, static speech, a template of speech, or text for SMS and e-mail. */
export const MESSAGE_TYPES = ['sound', 'speech', 'template', 'text'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** What stands behind a phone number: `zone` names a loudspeaker zone, `sip` is a SIP URI. */
export const PHONE_TYPES = ['city', 'mobile', 'internal', 'zone', 'sip'] as const;
export type PhoneType = (typeof PHONE_TYPES)[number];

/** What a subscriber is: a person, or a subordinate server whose task of the same name, or of the id that our task names, is started. */
export const REMOTE_KINDS = ['person', 'server-by-name', 'server-by-id'] as const;
export type RemoteKind = (typeof REMOTE_KINDS)[number];

/** Whether a type reaches people in writing: its waits are longer, and replies confirm. */
export const isWritten = (type: TaskType): boolean => type === 'sms' || type === 'email';
