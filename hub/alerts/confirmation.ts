import { isWritten, TASK_TYPE, type TaskType } from './kinds.ts';

/**
 * What proves that a human has received a message (specification of alerts, 3.10 and 4.5). A value as it was set; null: the default.
 * A text in place of the whole is a foreign client's value that does not parse: it is returned unchanged and treated as `none`.
 */
export interface Confirmation {
  readonly kind: ConfirmationKind;
  /** How long a proof is waited for: seconds of a call, minutes of an SMS or e-mail. */
  readonly wait: number | null;
  readonly tries: number | null;
  /** Of `key`: the only key that counts. Of `code`: the code, in place of a random one. */
  readonly key: string | null;
  /** Of `none`: seconds of the message that must have been played. */
  readonly heard: number | null;
}

/** `none`: nothing is asked; `key`: any key; `pin`: the subscriber's own; `code`: the one that the message tells. */
export type ConfirmationKind = 'none' | 'key' | 'pin' | 'code';

/** A confirmation with its defaults, as the engine uses it. */
export interface ConfirmationRule {
  readonly kind: ConfirmationKind;
  /** Milliseconds. */
  readonly wait: number;
  readonly tries: number;
  readonly key: string | null;
  /** Seconds. */
  readonly heard: number;
}

export const NO_CONFIRMATION: Confirmation = { kind: 'none', wait: null, tries: null, key: null, heard: null };

const MOST_WAIT = 86_400;
const MOST_TRIES = 10;
const MOST_HEARD = 600;
const KEY = /^[0-9*#]$/;
const CODE = /^\d{1,12}$/;

/** What is wrong with a confirmation, in a sentence; undefined for a good one. */
export function confirmationFault({ kind, wait, tries, key, heard }: Confirmation): string | undefined {
  if (wait !== null && !inRange(wait, 1, MOST_WAIT)) return `the wait is ${wait}; right would be 1 to ${MOST_WAIT}`;
  if (tries !== null && !inRange(tries, 1, MOST_TRIES)) return `the tries are ${tries}; right would be 1 to ${MOST_TRIES}`;
  if (heard !== null && !inRange(heard, 0, MOST_HEARD)) return `the seconds to be heard are ${heard}; right would be 0 to ${MOST_HEARD}`;
  if (heard !== null && kind !== 'none') return 'seconds to be heard belong to a task without confirmation';
  if (key === null) return undefined;
  if (kind === 'key') return KEY.test(key) ? undefined : `the key is ${key}; right would be one of 0 to 9, * and #`;
  if (kind === 'code') return CODE.test(key) ? undefined : `the code is ${key}; right would be 1 to 12 digits`;
  return 'a key or code belongs to a confirmation by key or by code';
}

/** Whether tasks of a type can ask for it: a broadcast cannot prove a listener. */
export function fitsTaskType(confirmation: Confirmation | string, type: TaskType): boolean {
  return type !== TASK_TYPE.loudspeaker || typeof confirmation === 'string' || confirmation.kind === 'none';
}

/** Fills in the defaults of a task's type. */
export function confirmationRule(confirmation: Confirmation | string, type: TaskType): ConfirmationRule {
  const { kind, wait, tries, key, heard } = typeof confirmation === 'string' ? NO_CONFIRMATION : confirmation;
  const written = isWritten(type);
  return {
    kind,
    wait: (wait ?? (written ? 60 : 10)) * (written ? 60_000 : 1_000),
    tries: tries ?? 3,
    key,
    heard: heard ?? 3,
  };
}

function inRange(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
