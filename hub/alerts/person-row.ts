import type { Act } from './act.ts';
import type { PhoneType, Remote } from './kinds.ts';
import type { Email, PersonView, Phone } from './person.ts';

/** A person as the database has it; `addresses` in lines of `<kind><enabled><type><text>`, such as `p11+7 916 123-45-67`. */
export interface PersonRow {
  readonly id: number;
  readonly groupId: number;
  readonly remote: number;
  readonly name: string;
  readonly priority: number;
  /** The day as it was given; null where an instant was given, or nothing. */
  readonly excludedBegin: string | null;
  readonly excludedEnd: string | null;
  readonly excludedFrom: Temporal.Instant | null;
  readonly excludedUntil: Temporal.Instant | null;
  readonly pin: Buffer | null;
  readonly ipAddress: string;
  readonly organization: string;
  readonly department: string;
  readonly rank: string;
  readonly position: string;
  readonly description: string;
  readonly externalId: string | null;
  readonly addresses: string;
  readonly version: number;
  readonly createdAt: Temporal.Instant;
  readonly changedAt: Temporal.Instant;
}

/** The same with the times as the clocks of a zone show them. */
export type LocalPersonRow = Omit<PersonRow, 'excludedFrom' | 'excludedUntil' | 'createdAt' | 'changedAt'> & {
  /** As days or `YYYY-MM-DD HH:MM:SS`. */
  readonly excludedBegin: string | null;
  readonly excludedEnd: string | null;
  readonly createdLocal: string;
  readonly changedLocal: string;
};

/** Purpose under which PINs of people are sealed; the context is the id of the person. */
const PIN_PURPOSE = 'alerts.person.pin';

export const sealPin = ({ secretKey }: Pick<Act, 'secretKey'>, personId: number, pin: string): Buffer | null =>
  pin === '' ? null : secretKey.seal(PIN_PURPOSE, pin, String(personId));

/** The PIN of a person, '' without one; for whoever has to compare it, whatever the caller may see. */
export const openPin = ({ secretKey }: Pick<Act, 'secretKey'>, personId: number, sealed: Uint8Array | null): string =>
  sealed === null ? '' : secretKey.open(PIN_PURPOSE, sealed, String(personId)).toString('utf8');

/** Opens PINs for those who may see them, and shows others ''. Made once for many rows. */
function pinReader(act: Pick<Act, 'secretKey'>, seesPins: boolean): (row: Pick<PersonRow, 'id' | 'pin'>) => string {
  return seesPins ? ({ id, pin }) => openPin(act, id, pin) : () => '';
}

/** Phones and e-mails from the lines that the database makes of them. */
function addressesOf(lines: string): { readonly phones: Phone[]; readonly emails: Email[] } {
  const phones: Phone[] = [];
  const emails: Email[] = [];
  if (lines === '') return { phones, emails };
  for (const line of lines.split('\n')) {
    const enabled = line[1] === '1';
    const text = line.slice(3);
    if (line[0] === 'p') phones.push({ number: text, type: Number(line[2]) as PhoneType, enabled });
    else emails.push({ address: text, enabled });
  }
  return { phones, emails };
}

/** What both forms of a person have. */
type Common = Omit<PersonView, 'exclusion_begin' | 'exclusion_end' | 'created_at' | 'changed_at'>;

function commonOf(row: PersonRow | LocalPersonRow, pin: string): Common {
  return {
    id: row.id,
    group_id: row.groupId,
    name: row.name,
    remote: row.remote as Remote,
    priority: row.priority,
    pin,
    ip_address: row.ipAddress,
    organization: row.organization,
    department: row.department,
    rank: row.rank,
    position: row.position,
    description: row.description,
    external_id: row.externalId,
    ...addressesOf(row.addresses),
    version: row.version,
  };
}

/** Makes people of rows, as they are shown to one who sees PINs, or does not. */
export function personViews(act: Pick<Act, 'secretKey'>, seesPins: boolean): (row: PersonRow) => PersonView {
  const pinOf = pinReader(act, seesPins);
  return (row) => ({
    ...commonOf(row, pinOf(row)),
    exclusion_begin: row.excludedBegin ?? row.excludedFrom?.toString() ?? null,
    exclusion_end: row.excludedEnd ?? row.excludedUntil?.toString() ?? null,
    created_at: row.createdAt.toString(),
    changed_at: row.changedAt.toString(),
  });
}

/** A person with times as the clocks of the alerts' zone show them: what the line protocol sends. */
export interface LocalPerson extends Common {
  /** `YYYY-MM-DD` where a day was given, else `YYYY-MM-DDTHH:MM:SS`; '' when it is open. */
  readonly exclusion_begin: string;
  readonly exclusion_end: string;
  readonly created_local: string;
  readonly changed_local: string;
}

/** `2026-03-02 09:15:00` as the wire has it; a day alone stays as it is. */
const withT = (text: string): string => (text.length > 10 ? `${text.slice(0, 10)}T${text.slice(11)}` : text);

/** The same for `LocalPerson`. */
export function localPeople(act: Pick<Act, 'secretKey'>, seesPins: boolean): (row: LocalPersonRow) => LocalPerson {
  const pinOf = pinReader(act, seesPins);
  return (row) => ({
    ...commonOf(row, pinOf(row)),
    exclusion_begin: withT(row.excludedBegin ?? ''),
    exclusion_end: withT(row.excludedEnd ?? ''),
    created_local: withT(row.createdLocal),
    changed_local: withT(row.changedLocal),
  });
}
