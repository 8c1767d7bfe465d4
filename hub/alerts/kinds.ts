/**
 * The closed lists of the alerts' language (specification of alerts 1.1 and 3.10); results stand in result.ts, channels in channels/driver.ts.
 * These numbers are in the database. On the wire they are the same, which line/codec.ts says once more and may say otherwise.
 */

/** How a task reaches people. */
export const TASK_TYPE = { call: 0, loudspeaker: 1, sms: 2, email: 3 } as const;
export type TaskType = (typeof TASK_TYPE)[keyof typeof TASK_TYPE];

/** `idle`: nothing planned; `waiting`: for its schedule; `stopped`: can be continued; `disabled`: nothing starts it by itself, a person still can. */
export const TASK_STATUS = { idle: 0, waiting: 1, running: 2, stopped: 3, finished: 4, failed: 5, disabled: 6 } as const;
export type TaskStatus = (typeof TASK_STATUS)[keyof typeof TASK_STATUS];

/** What a message is: a recorded sound, static speech, a template of speech, or text for SMS and e-mail. */
export const MESSAGE_TYPE = { sound: 0, speech: 1, template: 2, text: 3 } as const;
export type MessageType = (typeof MESSAGE_TYPE)[keyof typeof MESSAGE_TYPE];

/** What stands behind a phone number: `zone` names a loudspeaker zone, `sip` is a SIP URI. */
export const PHONE_TYPE = { city: 0, mobile: 1, internal: 2, zone: 3, sip: 4 } as const;
export type PhoneType = (typeof PHONE_TYPE)[keyof typeof PHONE_TYPE];

/** What a subscriber is: a person, or a subordinate server whose task of the same name, or of the id that our task names, is started. */
export const REMOTE = { person: 0, serverByName: 1, serverById: 2 } as const;
export type Remote = (typeof REMOTE)[keyof typeof REMOTE];

/** Whether a type reaches people in writing: its waits are longer, and replies confirm. */
export const isWritten = (type: TaskType): boolean => type === TASK_TYPE.sms || type === TASK_TYPE.email;
