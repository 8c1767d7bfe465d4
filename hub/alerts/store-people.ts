import type { Transaction } from '../core/database/statement.ts';
import { withinReach } from '../core/instant.ts';
import type { Act } from './act.ts';
import { emailNormal, phoneNormal } from './address.ts';
import { type ExclusionEdge, edgeOfDate } from './exclusion.ts';
import type { PersonValues } from './person.ts';
import { sealPin } from './person-row.ts';
import { refusal, refusedBy } from './refusals.ts';
import { deleteAddresses, insertAddresses, insertPeople, updatePeople } from './sql/people.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;

/** @throws HubError VALIDATION `bad_exclusion` */
function edgeOf(text: string | null, side: 'begin' | 'end', zone: string): ExclusionEdge | null {
  if (text === null || text === '') return null;
  try {
    const edge: ExclusionEdge = DAY.test(text)
      ? edgeOfDate(Temporal.PlainDate.from(text), side, zone)
      : { instant: Temporal.Instant.from(text), date: null };
    withinReach(edge.instant);
    return edge;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refusal('bad_exclusion', text, 'a day such as 2026-07-01, or an instant with its offset', `/exclusion_${side}`);
  }
}

/** A person that has been checked and whose addresses have their one spelling: what is written. */
export interface PersonDraft {
  readonly values: PersonValues;
  readonly begin: ExclusionEdge | null;
  readonly end: ExclusionEdge | null;
  readonly addresses: readonly AddressDraft[];
}

interface AddressDraft {
  readonly kind: 'phone' | 'email';
  readonly place: number;
  readonly enabled: boolean;
  readonly raw: string;
  readonly normal: string;
  readonly phone_type: number | null;
}

/** Checks what a schema cannot. @throws HubError VALIDATION `bad_phone`, `bad_email`, `bad_exclusion` */
export function draftPerson({ settings }: Pick<Act, 'settings'>, values: PersonValues): PersonDraft {
  const begin = edgeOf(values.exclusion_begin, 'begin', settings.zone);
  const end = edgeOf(values.exclusion_end, 'end', settings.zone);
  if (begin && end && Temporal.Instant.compare(begin.instant, end.instant) >= 0)
    throw refusal('bad_exclusion', `${values.exclusion_begin} – ${values.exclusion_end}`, 'an end behind the begin', '/exclusion_end');
  const phones = values.phones.map((phone, place) => ({
    kind: 'phone' as const,
    place,
    enabled: phone.enabled,
    raw: phone.number,
    normal: phoneNormal(phone, settings, `/phones/${place}/number`),
    phone_type: phone.type,
  }));
  const emails = values.emails.map((email, place) => ({
    kind: 'email' as const,
    place,
    enabled: email.enabled,
    raw: email.address,
    normal: emailNormal(email.address, `/emails/${place}/address`),
    phone_type: null,
  }));
  return { values, begin, end, addresses: [...phones, ...emails] };
}

const record = (act: Pick<Act, 'secretKey'>, id: number, { values, begin, end }: PersonDraft) => ({
  person_id: id,
  group_id: values.group_id,
  remote: values.remote,
  name: values.name,
  priority: values.priority,
  excluded_begin: begin?.date ?? null,
  excluded_end: end?.date ?? null,
  excluded_from: begin?.instant.toString() ?? null,
  excluded_until: end?.instant.toString() ?? null,
  pin: sealPin(act, id, values.pin)?.toString('hex') ?? null,
  ip_address: values.ip_address,
  organization: values.organization,
  department: values.department,
  rank: values.rank,
  position: values.position,
  description: values.description,
  external_id: values.external_id,
});

/** A person under its number. */
export interface NumberedDraft {
  readonly id: number;
  readonly draft: PersonDraft;
}

/**
 * Writes people with their addresses: new ones, or in place of what was there. Groups must exist and be held, external ids be free; where somebody else
 * was faster, that is the refusal.
 * @throws HubError CONFLICT `external_id_taken`, NOT_FOUND `unknown_group`
 */
export async function storePeople(tx: Transaction, act: Act, how: 'insert' | 'update', people: readonly NumberedDraft[]): Promise<void> {
  if (people.length === 0) return;
  const [first] = people;
  const records = JSON.stringify(people.map(({ id, draft }) => record(act, id, draft)));
  await refusedBy(
    {
      alerts_person_external_id_key: () =>
        refusal('external_id_taken', people.length === 1 ? (first?.draft.values.external_id ?? '') : '?'),
      alerts_person_group_id_fkey: () => refusal('unknown_group', people.length === 1 ? (first?.draft.values.group_id ?? '') : '?'),
    },
    how === 'insert' ? insertPeople(tx, records) : updatePeople(tx, records),
  );
  if (how === 'update')
    await deleteAddresses(
      tx,
      people.map(({ id }) => id),
    );
  const addresses = people.flatMap(({ id, draft }) => draft.addresses.map((address) => ({ person_id: id, ...address })));
  if (addresses.length > 0) await insertAddresses(tx, JSON.stringify(addresses));
}
