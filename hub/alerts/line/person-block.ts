import { addPerson } from '../add-person.ts';
import { changePerson } from '../change-person.ts';
import type { ExclusionEdge } from '../exclusion.ts';
import { showLocalPerson } from '../list-people.ts';
import type { PersonChange, Phone } from '../person.ts';
import type { LocalPerson } from '../person-row.ts';
import { lockPeople } from '../sql/people.ts';
import type { BlockCollector, LineCall } from './call.ts';
import type { PartOf } from './codec/commands.ts';
import { isFault, type Reading } from './codec/compound.ts';
import { asSent, keepUnsendable } from './codec/keep-unsendable.ts';
import { endLine } from './codec/lines/frame.ts';
import { personLines, personWords } from './codec/lines/person-lines.ts';
import { type PersonValues, readPerson } from './codec/person-values.ts';
import { BLOCK_RULES, PHONE_TYPE, readFlag } from './codec.ts';
import { LineRefusal, required } from './refuse.ts';

/** @throws LineRefusal ERR_BADSYNTAX */
function read<T>(reading: Reading<T>): T {
  if (isFault(reading)) throw new LineRefusal('ERR_BADSYNTAX');
  return reading.value;
}

/** A day as a day, an instant as an instant: as the use cases take it. */
const edgeText = (edge: ExclusionEdge | null): string | null => edge && (edge.date ?? edge.instant.toString());

/** The values as the use cases take them; phones and e-mails come by lines of their own. */
const inputOf = ({ exclusion, ...values }: PersonValues) => ({
  ...values,
  exclusion_begin: edgeText(exclusion.begin),
  exclusion_end: edgeText(exclusion.end),
});

const TEXTS = ['name', 'ip_address', 'organization', 'department', 'rank', 'position', 'description', 'pin'] as const;

/** For each received address the stored one that was sent so, each stored one once; undefined where there is none. */
function pairs<R, S>(received: readonly R[], stored: readonly S[], same: (one: R, other: S) => boolean): (readonly [R, S | undefined])[] {
  const left = new Set(stored);
  return received.map((one) => {
    const found = [...left].find((other) => same(one, other));
    if (found !== undefined) left.delete(found);
    return [one, found];
  });
}

/**
 * What came back exactly as it was sent stays as it is stored (specification of alerts 2.13), and so does an e-mail that was switched off: the wire has no word
 * for that.
 */
function asStored(values: PersonValues, phones: readonly Phone[], emails: readonly string[], stored: LocalPerson): PersonChange {
  const { exclusion_begin: begin, exclusion_end: end, ...rest } = inputOf(values);
  return {
    ...rest,
    ...Object.fromEntries(TEXTS.map((field) => [field, keepUnsendable(values[field], stored[field])])),
    ...(values.exclusion.beginText !== stored.exclusion_begin && { exclusion_begin: begin }),
    ...(values.exclusion.endText !== stored.exclusion_end && { exclusion_end: end }),
    phones: pairs(phones, stored.phones, (one, other) => one.type === other.type && one.number === asSent(other.number)).map(
      ([phone, kept]) => ({ ...phone, number: kept?.number ?? phone.number }),
    ),
    emails: pairs(emails, stored.emails, (one, other) => one === asSent(other.address)).map(([address, kept]) => ({
      address: kept?.address ?? address,
      enabled: kept?.enabled ?? true,
    })),
  };
}

/** Lines that were late: behind what is stored by now, which others may have changed meanwhile. */
const asAppended = (stored: LocalPerson, phones: readonly Phone[], emails: readonly string[]): PersonChange => ({
  phones: [...stored.phones, ...phones],
  emails: [...stored.emails, ...emails.map((address) => ({ address, enabled: true }))],
});

/**
 * Gathers ADDABONENT and UPDATEABONENT (specification of alerts 3.8): exactly one DATA line, first; then phones and e-mails. A block that comes again, with
 * lines that were late, adds these to its person.
 * @param id of the person that is changed; undefined: a new one
 */
export function collectPerson(call: LineCall, id: number | undefined): BlockCollector {
  const { zone } = call;
  let person = id;
  let values: PersonValues | undefined;
  const phones: Phone[] = [];
  const emails: string[] = [];
  /** How many of them are stored. */
  let saved: { readonly phones: number; readonly emails: number } | undefined;

  return {
    get silence() {
      return values ? 'completes' : 'waits';
    },
    take(part, params, inOrder) {
      if (part === 'DATA') {
        if (values) throw new LineRefusal('ERR_BADSYNTAX');
        values = read(readPerson(inOrder, zone));
        return;
      }
      if (!values) throw new LineRefusal('ERR_BADSYNTAX');
      if (part === 'EMAIL') emails.push((params as PartOf<'ADDABONENT', 'EMAIL'>).email);
      else {
        const { enabled, phone, type } = params as PartOf<'ADDABONENT', 'PHONE'>;
        phones.push({ enabled: required(readFlag(enabled)), number: phone, type: required(PHONE_TYPE.read(type)) });
      }
      if (phones.length > BLOCK_RULES.phones || emails.length > BLOCK_RULES.emails) throw new LineRefusal('ERR_BADSYNTAX');
    },
    async complete(by, end) {
      const given = values;
      if (!given) throw new LineRefusal('ERR_BADSYNTAX');
      const local = await by.write(async (tx, act) => {
        if (person === undefined) {
          const made = await addPerson(tx, act, { ...inputOf(given), phones, emails: emails.map((address) => ({ address })) });
          return showLocalPerson(tx, act, made.id);
        }
        // Nobody changes between what is read here and what is written.
        await lockPeople(tx, [person]);
        const stored = await showLocalPerson(tx, act, person);
        const change = saved
          ? asAppended(stored, phones.slice(saved.phones), emails.slice(saved.emails))
          : asStored(given, phones, emails, stored);
        await changePerson(tx, act, { id: person, change });
        return showLocalPerson(tx, act, person);
      });
      person = local.id;
      saved = { phones: phones.length, emails: emails.length };
      personLines(by.out, personWords(by.name, 'OK'), local);
      if (end) endLine(by.out, by.name);
    },
    drop: () => undefined,
  };
}
