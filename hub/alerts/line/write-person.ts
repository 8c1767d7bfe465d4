import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { LocalPerson } from '../person-row.ts';

/** Beginnings of the lines of a subscriber under a command's name. Made once for a listing. */
export interface PersonWords {
  /** Of the line with the 16 values. */
  readonly head: string;
  readonly phone: string;
  readonly email: string;
}

/** @param head what stands behind the name: DATA in listings, OK in answers to edits */
export const personWords = (name: string, head: 'DATA' | 'OK'): PersonWords => ({
  head: `${name} ${head}`,
  phone: `${name} PHONE`,
  email: `${name} EMAIL`,
});

/** Writes the lines of one subscriber: 16 values, then phones and e-mails (specification of alerts 3.5). */
export function writePerson(out: LineWriter, { head, phone, email }: PersonWords, person: LocalPerson): void {
  out
    .word(head)
    .number(person.id)
    .number(person.group_id)
    .number(person.remote)
    .text(person.name)
    .number(person.priority)
    .text(person.exclusion_begin)
    .text(person.exclusion_end)
    .text(person.pin)
    .text(person.ip_address)
    .text(person.created_local)
    .text(person.changed_local)
    .text(person.organization)
    .text(person.department)
    .text(person.rank)
    .text(person.position)
    .text(person.description)
    .end();
  for (const { enabled, number, type } of person.phones)
    out
      .word(phone)
      .number(enabled ? 1 : 0)
      .text(number)
      .number(type)
      .end();
  for (const { address } of person.emails) out.word(email).text(address).end();
}
