import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { writeFlag } from '../../codec.ts';
import { wireDate } from '../dates.ts';
import { type Head, headOf } from './frame.ts';

/** A user as the line protocol tells of one. */
export interface LineUser {
  readonly login: string;
  readonly name: string;
  /** Bits of 3.1. */
  readonly bits: number;
  readonly enabled: boolean;
  readonly lastLogin: Temporal.Instant | null;
}

/** Writes `<login> <name> <rights> <enabled> <lastlogin>` (specification of alerts 3.3). */
export function userLine(out: LineWriter, name: string, head: Head, user: LineUser, zone: string): void {
  headOf(out, name, head)
    .text(user.login)
    .text(user.name)
    .number(user.bits)
    .number(writeFlag(user.enabled))
    .text(wireDate.write(user.lastLogin, zone))
    .end();
}

/** Answers USERADD: `<login> <name> <rights>`. */
export function addedUserLine(out: LineWriter, name: string, user: LineUser): void {
  headOf(out, name, 'OK').text(user.login).text(user.name).number(user.bits).end();
}

/** Answers USERCHG: `<login> <name> <rights> <enabled>`. */
export function changedUserLine(out: LineWriter, name: string, user: LineUser): void {
  headOf(out, name, 'OK').text(user.login).text(user.name).number(user.bits).number(writeFlag(user.enabled)).end();
}

/** Answers CHECKPASSW and USERDEL: `<login>`. */
export function loginLine(out: LineWriter, name: string, login: string): void {
  headOf(out, name, 'OK').text(login).end();
}
