/**
 * What the source document leaves open, in one place (specification of alerts, chapter 11): whoever has to match a real client edits this file
 * and the folder codec/ beside it, and nothing else. Larger parts have files of their own there: commands.ts, errors.ts, the compound
 * values of 3.10 in schedule.ts, remote-start.ts, confirm.ts, addinfo.ts and dates.ts, and in lines/ the lines that the server sends, answers and pushes
 * alike. Splitting, escapes and windows-1251 are protocol/line/. test/codec-boundary.test.ts finds values that are written or read anywhere else.
 */
import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { CHANNEL_KINDS, CHANNEL_STATES, type ChannelKind } from '../channels/driver.ts';
import {
  MESSAGE_TYPE as MESSAGES,
  type MessageType,
  PHONE_TYPE as PHONES,
  type PhoneType,
  REMOTE as REMOTES,
  type Remote,
  TASK_STATUS,
  type TaskStatus,
  type TaskType,
  TASK_TYPE as TYPES,
} from '../kinds.ts';
import { RESULT as RESULTS, type Result } from '../result.ts';
import { ERRORS, type LineErrorCode } from './codec/errors.ts';
import { readId } from './codec/ids.ts';
import { numbering } from './codec/numbering.ts';

/** TCP port of the line protocol. */
export const DEFAULT_PORT = 8500;

/** Numbers on the wire of the words of kinds.ts and result.ts. */
export const TASK_TYPE = numbering<TaskType>([
  [TYPES.call, 0],
  [TYPES.loudspeaker, 1],
  [TYPES.sms, 2],
  [TYPES.email, 3],
]);

/** One code space for `status` and `tstatus`. */
export const STATUS = numbering<TaskStatus>([
  [TASK_STATUS.idle, 0],
  [TASK_STATUS.waiting, 1],
  [TASK_STATUS.running, 2],
  [TASK_STATUS.stopped, 3],
  [TASK_STATUS.finished, 4],
  [TASK_STATUS.failed, 5],
  [TASK_STATUS.disabled, 6],
]);

export const MESSAGE_TYPE = numbering<MessageType>([
  [MESSAGES.sound, 0],
  [MESSAGES.speech, 1],
  [MESSAGES.template, 2],
  [MESSAGES.text, 3],
]);

export const PHONE_TYPE = numbering<PhoneType>([
  [PHONES.city, 0],
  [PHONES.mobile, 1],
  [PHONES.internal, 2],
  [PHONES.zone, 3],
  [PHONES.sip, 4],
]);

export const REMOTE = numbering<Remote>([
  [REMOTES.person, 0],
  [REMOTES.serverByName, 1],
  [REMOTES.serverById, 2],
]);

export const RESULT = numbering<Result>([
  [RESULTS.queued, 0],
  [RESULTS.underWay, 1],
  [RESULTS.notified, 2],
  [RESULTS.confirmed, 3],
  [RESULTS.noAnswer, 4],
  [RESULTS.busy, 5],
  [RESULTS.refused, 6],
  [RESULTS.wrongCode, 7],
  [RESULTS.machine, 8],
  [RESULTS.excluded, 9],
  [RESULTS.noAddress, 10],
  [RESULTS.channelError, 11],
  [RESULTS.cancelled, 12],
  [RESULTS.unconfirmed, 13],
  [RESULTS.unknown, 14],
  [RESULTS.expired, 15],
]);

/** Channels by `kind` and `state` of 3.7. */
export const CHANNEL_KIND = numbering<ChannelKind>([
  ['sip', 0],
  ['gsm', 1],
  ['loudspeaker', 2],
  ['smpp', 3],
  ['smtp', 4],
  ['server', 5],
]);

export const CHANNEL_STATE = numbering<(typeof CHANNEL_STATES)[number]>([
  ['off', 0],
  ['free', 1],
  ['dialling', 2],
  ['ringing', 3],
  ['talking', 4],
  ['sending', 5],
  ['fault', 6],
]);

/** Kind and state of a channel, by the numbers that the database has for them. */
export const writeChannelKind = (kind: number): number => CHANNEL_KIND.write(CHANNEL_KINDS[kind]!);
export const writeChannelState = (state: number): number => CHANNEL_STATE.write(CHANNEL_STATES[state]!);

/** `1` and `0`; undefined for anything else. */
export function readFlag(text: string): boolean | undefined {
  return text === '1' ? true : text === '0' ? false : undefined;
}

export function writeFlag(value: boolean): 1 | 0 {
  return value ? 1 : 0;
}

/** Formats of GETREPORT, in any case; the first is the default where the configuration says nothing else. */
export const REPORT_FORMATS = ['HTML', 'XLS'] as const;

/** @returns undefined for what is no format */
export function readReportFormat(text: string): (typeof REPORT_FORMATS)[number] | undefined {
  return REPORT_FORMATS.find((format) => format === text.toUpperCase());
}

/** `crc32` of SENDRAWFILE: 8 hexadecimal digits. @returns undefined for anything else */
export function readCrc32(text: string): number | undefined {
  return /^[0-9A-Fa-f]{8}$/.test(text) ? Number.parseInt(text, 16) : undefined;
}

/** ADDABONENT and UPDATEABONENT, whose last line the source does not say (3.8). */
export const BLOCK_RULES = {
  /** Milliseconds of silence after which a block without END is complete, where the configuration says nothing else. */
  silence: 500,
  /** Milliseconds after such a completion in which further PHONE and EMAIL lines reopen the block. */
  reopen: 30_000,
  phones: 20,
  emails: 20,
} as const;

/** Files and reports in hexadecimal digits: upper case, contiguous; bytes of a line that we send, and the most that we take. */
export const HEX = { bytesSent: 2048, bytesTaken: 16_384 } as const;

/** Lines that nobody has asked for (2.24, 3.12). Masks of MONITORING; pings and REPORTREADY only to sessions that asked. */
export const PUSHES = {
  mask: { tasks: 1, channels: 2, log: 4, directory: 8 },
  everyMask: 15,
  /** Milliseconds of silence before a PING, and only to sessions that have used PING or MONITORING. */
  ping: 60_000,
  /** Bit of the mask that brings REPORTREADY. */
  reportReady: 1,
} as const;

/** A list as a filter means its direct members, not those who are in it by way of groups. */
const LIST_FILTER_DIRECT = true;

/** Whom GETABONENTS is asked for; undefined: no such condition. */
export interface AbonentsFilter {
  readonly group: number | undefined;
  readonly list: number | undefined;
  /** Whether the list means its direct members only. */
  readonly direct: boolean;
}

/**
 * Reads `GETABONENTS [gid] [lid]`; a group 0 or empty means none.
 * @returns undefined for what is no id
 */
export function abonentsFilter([gid, lid]: readonly string[]): AbonentsFilter | undefined {
  const group = gid === undefined || gid === '' || gid === '0' ? 'none' : readId(gid);
  const list = lid === undefined || lid === '' || lid === '0' ? 'none' : readId(lid);
  if (group === undefined || list === undefined) return undefined;
  return { group: group === 'none' ? undefined : group, list: list === 'none' ? undefined : list, direct: LIST_FILTER_DIRECT };
}

/** The licence as the HASP line tells it. */
export interface HaspFields {
  readonly present: boolean;
  readonly boards: number;
  readonly gsmModems: number;
  readonly dynamicTts: boolean;
  readonly email: boolean;
  readonly e1: boolean;
}

/** Writes a greeting and its licence: the answer to a LOGIN. The greeting is one parameter. */
export function welcomeLine(out: LineWriter, name: string, version: string, licence: HaspFields): void {
  out.line('LOGIN OK', `Здравствуйте, ${name}. Vestnik ${version}`);
  haspLine(out, licence);
}

/** Writes the licence alone: what is pushed when it changes. */
export function haspLine(out: LineWriter, { present, boards, gsmModems, dynamicTts, email, e1 }: HaspFields): void {
  out.line('HASP', writeFlag(present), boards, gsmModems, writeFlag(dynamicTts), writeFlag(email), writeFlag(e1));
}

/**
 * Writes a refusal: the words of Appendix B are one parameter.
 * @param name of the command as it was spelled
 * @param form `deletion` for DELTASK, LISTDELABONENTS and LISTDELGROUPS, whose codes are those of adding with words of their own
 */
export function errorLine(out: LineWriter, name: string, code: LineErrorCode, form?: 'deletion'): void {
  const { text, deletion } = ERRORS[code];
  out
    .word(name)
    .word(' ')
    .word(code)
    .text(form === 'deletion' ? (deletion ?? text) : text)
    .end();
}
