import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { LocalPerson } from '../../../person-row.ts';
import { PHONE_TYPE, REMOTE, writeFlag } from '../../codec.ts';
import { writeLocal } from '../dates.ts';
import type { Head } from './frame.ts';

/** Beginnings of the lines of a subscriber under a command's name. Made once for a listing. */
export interface PersonWords {
  /** Of the line with the 16 values. */
  readonly head: string;
  readonly phone: string;
  readonly email: string;
}

/** @param head what stands behind the name: DATA in listings, OK in answers to edits */
export const personWords = (name: string, head: Extract<Head, 'DATA' | 'OK'>): PersonWords => ({
  head: `${name} ${head}`,
  phone: `${name} PHONE`,
  email: `${name} EMAIL`,
});

/** Writes the lines of one subscriber: 16 values, then phones and e-mails (specification of alerts 3.5). */
export function personLines(out: LineWriter, { head, phone, email }: PersonWords, person: LocalPerson): void {
  out
    .word(head)
    .number(person.id)
    .number(person.group_id)
    .number(REMOTE.write(person.remote))
    .text(person.name)
    .number(person.priority)
    .text(writeLocal(person.exclusion_begin))
    .text(writeLocal(person.exclusion_end))
    .text(person.pin)
    .text(person.ip_address)
    .text(writeLocal(person.created_local))
    .text(writeLocal(person.changed_local))
    .text(person.organization)
    .text(person.department)
    .text(person.rank)
    .text(person.position)
    .text(person.description)
    .end();
  for (const { enabled, number, type } of person.phones)
    out.word(phone).number(writeFlag(enabled)).text(number).number(PHONE_TYPE.write(type)).end();
  for (const { address } of person.emails) out.word(email).text(address).end();
}

const SPACE = 0x20;
/** `pin` stands behind so many spaces of the line above: two words are its head, and seven values come before. */
const SPACES_BEFORE_PIN = 9;

/**
 * Copies the lines of one subscriber, from `begin` to `end`, to `at`, with the PIN left empty.
 * @returns the place behind them
 */
export function copyWithoutPin(from: Uint8Array, begin: number, end: number, to: Uint8Array, at: number): number {
  let pin = begin;
  for (let spaces = 0; spaces < SPACES_BEFORE_PIN; pin += 1) if (from[pin] === SPACE) spaces += 1;
  const rest = from.indexOf(SPACE, pin);
  to.set(from.subarray(begin, pin), at);
  to.set(from.subarray(rest, end), at + pin - begin);
  return at + pin - begin + end - rest;
}
