import { dayOf } from '../act.ts';
import { badValue } from '../bad-value.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { type Email, type Phone, parseEmails } from '../contacts.ts';
import type { ParameterValue } from '../parameter-value.ts';
import { setParameter } from '../set-parameter.ts';

interface Update<T> {
  readonly contractId: number;
  readonly parameter: (T & { readonly entitySpecAttrId: number }) | null;
}

interface AddressBean {
  readonly houseId: number;
  readonly pod: number;
  readonly floor: number;
  readonly flat: string | null;
  readonly room: string | null;
  readonly comment: string | null;
  readonly title: string | null;
  readonly formatKey: string | null;
}

/** The update of one kind: a bean becomes a value. */
const update =
  <T>(toValue: (bean: T, call: Call) => ParameterValue) =>
  (call: Call, { contractId, parameter }: Update<T>): Promise<void> => {
    if (!parameter) throw badValue('parameter', 'the value is needed', 'не указано значение параметра');
    return setParameter(call.tx, call, contractId, parameter.entitySpecAttrId, toValue(parameter, call));
  };

const contact = (phone: { phone: string | null; comment: string | null }): Phone => ({
  phone: phone.phone ?? '',
  comment: phone.comment ?? '',
});
const mailbox = (email: { name: string | null; address: string | null }): Email => ({
  name: email.name ?? '',
  address: email.address ?? '',
});

/** An address without a house is free text, by its title; without that there is none. */
const addressOf = ({ houseId, pod, floor, flat, room, comment, title, formatKey }: AddressBean): ParameterValue =>
  houseId > 0
    ? { kind: 2, address: { houseId, pod, floor, flat: flat ?? '', room: room ?? '', comment: comment ?? '', formatKey: formatKey ?? '' } }
    : { kind: 2, text: title ?? '' };

/** The update verbs of ContractService, one a kind (spec 2.3). */
export const CONTRACT_ATTRIBUTES: Binding['operations'] = {
  contractParameterTextUpdate: update<{ value: string | null }>(({ value }) => ({ kind: 1, text: value ?? '' })),
  /** Without an item its title is a value of one's own. */
  contractParameterListUpdate: update<{ value: number; title: string | null }>(({ value, title }) => ({
    kind: 7,
    item: value,
    custom: value > 0 ? '' : (title ?? ''),
  })),
  contractParameterDateUpdate: update<{ value: Temporal.Instant | null }>(({ value }, call) => ({
    kind: 6,
    day: value ? dayOf(call, value) : null,
  })),
  contractParameterAddressUpdate: update<AddressBean>(addressOf),
  contractParameterPhoneUpdate: update<{ contactList: readonly { phone: string | null; comment: string | null }[] | null }>(
    ({ contactList }) => ({ kind: 9, phones: (contactList ?? []).map(contact) }),
  ),
  /** The later form lists names and addresses, the earlier one is lines of text. */
  contractParameterEmailUpdate: update<{
    value: string | null;
    contactList: readonly { name: string | null; address: string | null }[] | null;
  }>(({ value, contactList }) => ({
    kind: 3,
    emails: contactList && contactList.length > 0 ? contactList.map(mailbox) : parseEmails(value ?? ''),
  })),
};
