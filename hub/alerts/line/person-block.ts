import { addPerson } from '../add-person.ts';
import { changePerson } from '../change-person.ts';
import type { ExclusionEdge } from '../exclusion.ts';
import { showLocalPerson } from '../list-people.ts';
import type { PersonChange, Phone } from '../person.ts';
import type { LocalPerson } from '../person-row.ts';
import type { BlockCollector, LineCall } from './call.ts';
import { isFault, type Reading } from './codec/compound.ts';
import { exclusionDate } from './codec/dates.ts';
import { readId, readNumber } from './codec/ids.ts';
import { BLOCK_RULES, PHONE_TYPE, REMOTE, readFlag } from './codec.ts';
import { asSent, keepUnsendable } from './keep-unsendable.ts';
import { LineRefusal, required } from './refuse.ts';
import { personWords, writePerson } from './write-person.ts';

/** Where a client sends none. */
const PRIORITY = 100;

const edgeText = (reading: Reading<ExclusionEdge | null>): string | null => {
  if (isFault(reading)) throw new LineRefusal('ERR_BADSYNTAX');
  return reading.value && (reading.value.date ?? reading.value.instant.toString());
};

/** The 13 values of a subscriber. @throws LineRefusal ERR_BADSYNTAX */
function readValues(values: readonly string[], zone: string) {
  const [gid = '', remote = '', name = '', priority = '', begin = '', end = '', pin = '', ip = '', ...rest] = values;
  const [organization = '', department = '', rank = '', position = '', description = ''] = rest;
  return {
    group_id: required(readId(gid)),
    remote: required(REMOTE.read(remote)),
    name,
    priority: priority === '' ? PRIORITY : required(readNumber(priority, 0, 9_999)),
    begin,
    end,
    exclusion_begin: edgeText(exclusionDate.read(begin, 'begin', zone)),
    exclusion_end: edgeText(exclusionDate.read(end, 'end', zone)),
    pin,
    ip_address: ip,
    organization,
    department,
    rank,
    position,
    description,
  };
}
type Values = ReturnType<typeof readValues>;

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
function asStored(
  { begin, end, ...values }: Values,
  phones: readonly Phone[],
  emails: readonly string[],
  stored: LocalPerson,
): PersonChange {
  const { exclusion_begin: from, exclusion_end: until, ...rest } = values;
  return {
    ...rest,
    ...Object.fromEntries(TEXTS.map((field) => [field, keepUnsendable(values[field], stored[field])])),
    ...(begin !== stored.exclusion_begin && { exclusion_begin: from }),
    ...(end !== stored.exclusion_end && { exclusion_end: until }),
    phones: pairs(phones, stored.phones, (one, other) => one.type === other.type && one.number === asSent(other.number)).map(
      ([phone, kept]) => ({ ...phone, number: kept?.number ?? phone.number }),
    ),
    emails: pairs(emails, stored.emails, (one, other) => one === asSent(other.address)).map(([address, kept]) => ({
      address: kept?.address ?? address,
      enabled: kept?.enabled ?? true,
    })),
  };
}

/**
 * Gathers ADDABONENT and UPDATEABONENT (specification of alerts 3.8): exactly one DATA line, first; then phones and e-mails. A block that comes again, with
 * lines that were late, changes the person that it has made.
 * @param id of the person that is changed; undefined: a new one
 */
export function collectPerson(call: LineCall, id: number | undefined): BlockCollector {
  const { zone } = call;
  let person = id;
  let values: Values | undefined;
  const phones: Phone[] = [];
  const emails: string[] = [];

  return {
    get silence() {
      return values ? 'completes' : 'waits';
    },
    take(part, params) {
      if (part === 'DATA') {
        if (values) throw new LineRefusal('ERR_BADSYNTAX');
        values = readValues(params, zone);
        return;
      }
      if (!values) throw new LineRefusal('ERR_BADSYNTAX');
      const [first = '', number = '', type = ''] = params;
      if (part === 'EMAIL') emails.push(first);
      else phones.push({ enabled: required(readFlag(first)), number, type: required(PHONE_TYPE.read(type)) });
      if (phones.length > BLOCK_RULES.phones || emails.length > BLOCK_RULES.emails) throw new LineRefusal('ERR_BADSYNTAX');
    },
    async complete(by, end) {
      const given = values;
      if (!given) throw new LineRefusal('ERR_BADSYNTAX');
      const local = await by.write(async (tx, act) => {
        if (person === undefined) {
          const { begin: _begin, end: _end, ...values } = given;
          const made = await addPerson(tx, act, { ...values, phones, emails: emails.map((address) => ({ address })) });
          return showLocalPerson(tx, act, made.id);
        }
        const stored = await showLocalPerson(tx, act, person);
        await changePerson(tx, act, { id: person, change: asStored(given, phones, emails, stored) });
        return showLocalPerson(tx, act, person);
      });
      person = local.id;
      writePerson(by.out, personWords(by.name, 'OK'), local);
      if (end) by.out.line(`${by.name} END`);
    },
    drop: () => undefined,
  };
}
