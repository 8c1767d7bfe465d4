import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { ConfirmationKind } from './confirmation.ts';

/** Where the pages are, below the hub's own address. */
export const CONFIRM_PATH = '/alerts/confirm';

/**
 * Links in mails on whose page the receiver confirms (specification 4.5): who they are for, and that we have made them. A link names run and target and is
 * signed; it holds no time, because it lives as long as its run, and that is known in the database only (`linkState`).
 */
export interface ConfirmTarget {
  /** Id of the run. */
  readonly run: number;
  /** Number of the target within the run. */
  readonly no: number;
}

const TOKEN = /^([1-9]\d{0,15})\.([1-9]\d{0,15})\.([A-Za-z0-9_-]{22})$/;

/** 128 bits. */
const signature = (target: string, key: Uint8Array): Buffer =>
  createHmac('sha256', key).update('vestnik confirm\0').update(target).digest().subarray(0, 16);

/** The last part of the path of the page: `12.345.` and the signature. @param key the same on every hub of the database */
export function confirmToken({ run, no }: ConfirmTarget, key: Uint8Array): string {
  const target = `${run}.${no}`;
  return `${target}.${signature(target, key).toString('base64url')}`;
}

/** Whose link it is; undefined when it is not one of ours. Takes as long for a wrong signature as for a right one. */
export function readConfirmToken(token: string, key: Uint8Array): ConfirmTarget | undefined {
  const found = TOKEN.exec(token);
  if (!found) return undefined;
  const given = Buffer.from(found[3] as string, 'base64url');
  if (!timingSafeEqual(given, signature(`${found[1]}.${found[2]}`, key))) return undefined;
  const target = { run: Number(found[1]), no: Number(found[2]) };
  return Number.isSafeInteger(target.run) && Number.isSafeInteger(target.no) ? target : undefined;
}

/** What the page of a link is about now. `locked`: too many wrong answers. */
export type LinkState = 'ask' | 'done' | 'locked' | 'expired';

/** @param facts of the target that the link names */
export function linkState(facts: { readonly confirmed: boolean; readonly runOver: boolean; readonly triesLeft: number }): LinkState {
  if (facts.confirmed) return 'done';
  if (facts.runOver) return 'expired';
  return facts.triesLeft > 0 ? 'ask' : 'locked';
}

/**
 * Whether what was sent from the page confirms: the button alone for `key`, else the subscriber's PIN or the code of the run. Compared in constant time.
 * @param answer as it was typed
 * @param expected PIN or code; without one, nothing confirms
 */
export function confirms(kind: ConfirmationKind, answer: string | undefined, expected: string | undefined): boolean {
  if (kind === 'key') return true;
  if (kind === 'none' || expected === undefined || expected === '' || answer === undefined) return false;
  return timingSafeEqual(
    hash('sha256', answer.trim().normalize('NFC'), 'buffer'),
    hash('sha256', expected.trim().normalize('NFC'), 'buffer'),
  );
}

/** Longest answer that is looked at, characters: a PIN has at most 32. */
const ANSWER_MOST = 64;

/** The field `answer` of a sent form. @param body `application/x-www-form-urlencoded` */
export function readConfirmForm(body: string): string | undefined {
  const answer = new URLSearchParams(body).get('answer')?.trim();
  return answer === undefined || answer === '' ? undefined : answer.slice(0, ANSWER_MOST);
}
