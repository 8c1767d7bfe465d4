import type { Receipt } from '../driver.ts';

/** What an answer to submit_sm means for the engine (specification of alerts 5.2). */
export interface StatusClass {
  readonly result: 'submitted' | 'slow' | 'temporary' | 'permanent' | 'channel';
  /** Our own parameters are wrong: a person has to look at the settings. */
  readonly alarm: boolean;
  readonly text: string;
}

const row = (result: StatusClass['result'], text: string): StatusClass => ({ result, alarm: result === 'channel', text });

/** Statuses that mean something else than that our parameters are wrong; of those, some that deserve a sentence. */
const STATUSES: ReadonlyMap<number, StatusClass> = new Map([
  [0x00, row('submitted', 'taken')],
  [0x58, row('slow', 'throttled: too many messages')],
  [0x14, row('slow', 'the queue of the centre is full')],
  [0x08, row('temporary', 'system error of the centre')],
  [0x45, row('temporary', 'the centre could not take the message')],
  [0x64, row('temporary', 'the receiving side refused for now')],
  [0xfe, row('temporary', 'delivery failed')],
  [0xff, row('temporary', 'unknown error of the centre')],
  [0x0b, row('permanent', 'the centre does not know this number')],
  [0x65, row('permanent', 'the receiving side refused for good')],
  [0x66, row('permanent', 'the receiving side rejected the message')],
  [0x01, row('channel', 'the centre says that the message has a wrong length')],
  [0x02, row('channel', 'the centre says that the unit has a wrong length')],
  [0x03, row('channel', 'the centre does not know this command')],
  [0x04, row('channel', 'the centre says that the bind does not allow this')],
  [0x0a, row('channel', 'the centre does not allow this sender')],
  [0x15, row('channel', 'the centre does not know this service type')],
  [0x48, row('channel', 'the type of number of the sender is wrong')],
  [0x49, row('channel', 'the numbering plan of the sender is wrong')],
  [0x50, row('channel', 'the type of number of the receiver is wrong')],
  [0x51, row('channel', 'the numbering plan of the receiver is wrong')],
  [0x62, row('channel', 'the validity period is wrong')],
]);

/** Class of a command_status in an answer to submit_sm, or in a generic_nack. */
export const classOfStatus = (status: number): StatusClass =>
  STATUSES.get(status) ?? row('channel', 'the centre does not accept our parameters');

/** As the protocol writes it: `0x00000058`. */
export const statusText = (status: number): string => `0x${status.toString(16).padStart(8, '0').toUpperCase()}`;

const BIND_REFUSALS: ReadonlyMap<number, string> = new Map([
  [0x0d, 'the bind was refused'],
  [0x0e, 'the password is wrong'],
  [0x0f, 'the system id is wrong'],
]);

/** Why a bind will be refused again until somebody changes something; undefined for what may pass by itself. */
export const refusalOfBind = (status: number): string | undefined => BIND_REFUSALS.get(status);

/** Final states of a receipt, by their first seven letters: some centres write the words out. Others say that the message is still under way. */
const RECEIPT_STATES: ReadonlyMap<string, Receipt['result']> = new Map([
  ['DELIVRD', 'delivered'],
  ['DELIVER', 'delivered'],
  ['EXPIRED', 'temporary'],
  ['UNDELIV', 'temporary'],
  ['REJECTD', 'permanent'],
  ['REJECTE', 'permanent'],
  ['DELETED', 'permanent'],
]);

/** @param state of the text of a receipt, such as `DELIVRD`. @returns undefined while the message is under way */
export const classOfReceipt = (state: string): Receipt['result'] | undefined => RECEIPT_STATES.get(state.slice(0, 7).toUpperCase());

/** States of the option message_state (5.3.2.35) in the words of the text. */
const STATE_WORDS: readonly (string | undefined)[] = [
  undefined,
  'ENROUTE',
  'DELIVRD',
  'EXPIRED',
  'DELETED',
  'UNDELIV',
  'ACCEPTD',
  'UNKNOWN',
  'REJECTD',
];
export const wordOfState = (state: number): string | undefined => STATE_WORDS[state];
