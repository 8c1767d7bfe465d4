import * as z from 'zod';
import type { ParameterRow, ValueRow } from '../list-parameters.ts';
import type { ParameterValue } from '../parameter-value.ts';
import { dayAnswer, dayField, idField, textField } from './fields.ts';

/** Values of parameters as REST writes and reads them: each kind has its form, and what is read can be written back. */
export const KIND_NAMES = {
  1: 'text',
  2: 'address',
  3: 'email',
  4: 'person',
  5: 'flag',
  6: 'date',
  7: 'list',
  8: 'contract',
  9: 'phone',
  10: 'separator',
  11: 'multilist',
} as const;

const LONGEST_TEXT = 2_000;
const text = textField(LONGEST_TEXT);
const word = textField(100);

const address = z.strictObject({
  house_id: idField,
  pod: z.int().min(0).max(1_000).default(0),
  floor: z.int().min(-20).max(1_000).default(0),
  flat: word.default(''),
  room: word.default(''),
  comment: text.default(''),
  format: word.default('').meta({ description: 'In which form its title is made; empty: the usual one' }),
});
const email = z.strictObject({ name: textField(200).default(''), address: textField(260) });
const phone = z.strictObject({ phone: textField(60), comment: textField(200).default('') });

/** A value to store. */
export const valueField = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text }),
  z.strictObject({ kind: z.literal('person'), text }),
  z.strictObject({ kind: z.literal('address'), address }),
  z.strictObject({ kind: z.literal('address_text'), text }),
  z.strictObject({ kind: z.literal('email'), emails: z.array(email).max(100) }),
  z.strictObject({ kind: z.literal('flag'), flag: z.boolean() }),
  z.strictObject({ kind: z.literal('date'), date: dayField }),
  z.strictObject({ kind: z.literal('list'), item_id: idField }),
  z.strictObject({ kind: z.literal('list_custom'), text }),
  z.strictObject({ kind: z.literal('contract'), contract_id: idField }),
  z.strictObject({ kind: z.literal('phone'), phones: z.array(phone).max(20) }),
  z.strictObject({ kind: z.literal('multilist'), item_ids: z.array(idField).max(200) }),
]);

/** As the use case takes it. */
export function parameterValueOf(given: z.output<typeof valueField>): ParameterValue {
  switch (given.kind) {
    case 'text':
      return { kind: 1, text: given.text };
    case 'person':
      return { kind: 4, text: given.text };
    case 'address': {
      const { house_id, format, ...rest } = given.address;
      return { kind: 2, address: { ...rest, houseId: house_id, formatKey: format } };
    }
    case 'address_text':
      return { kind: 2, text: given.text };
    case 'email':
      return { kind: 3, emails: given.emails };
    case 'flag':
      return { kind: 5, flag: given.flag };
    case 'date':
      return { kind: 6, day: given.date };
    case 'list':
      return { kind: 7, item: given.item_id };
    case 'list_custom':
      return { kind: 7, item: 0, custom: given.text };
    case 'contract':
      return { kind: 8, contractId: given.contract_id };
    case 'phone':
      return { kind: 9, phones: given.phones };
    case 'multilist':
      return { kind: 11, items: given.item_ids };
  }
}

/** A value that is stored: the same forms; an own value of a list is an item by then. */
export const valueAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('person'), text: z.string() }),
  z.object({
    kind: z.literal('address'),
    address: z.object({
      house_id: z.int(),
      pod: z.int(),
      floor: z.int(),
      flat: z.string(),
      room: z.string(),
      comment: z.string(),
      format: z.string(),
    }),
  }),
  z.object({ kind: z.literal('address_text'), text: z.string() }),
  z.object({ kind: z.literal('email'), emails: z.array(z.object({ name: z.string(), address: z.string() })) }),
  z.object({ kind: z.literal('flag'), flag: z.boolean() }),
  z.object({ kind: z.literal('date'), date: dayAnswer }),
  z.object({ kind: z.literal('list'), item_id: z.int() }),
  z.object({ kind: z.literal('contract'), contract_id: z.int() }),
  z.object({ kind: z.literal('phone'), phones: z.array(z.object({ phone: z.string(), comment: z.string() })) }),
  z.object({ kind: z.literal('multilist'), item_ids: z.array(z.int()) }),
]);

/** What a contract has of a parameter, in the form in which it can be written back. */
export function showValue({ kind }: Pick<ParameterRow, 'kind'>, value: ValueRow): z.input<typeof valueAnswer> {
  const { title, number, day, detail } = value;
  switch (kind) {
    case 2: {
      if (!detail?.address) return { kind: 'address_text', text: title };
      const { houseId, formatKey, ...rest } = detail.address;
      return { kind: 'address', address: { ...rest, house_id: houseId, format: formatKey } };
    }
    case 3:
      return { kind: 'email', emails: [...(detail?.emails ?? [])] };
    case 5:
      return { kind: 'flag', flag: number === 1 };
    case 6:
      return { kind: 'date', date: day?.toString() ?? '' };
    case 7:
      return { kind: 'list', item_id: number ?? 0 };
    case 8:
      return { kind: 'contract', contract_id: number ?? 0 };
    case 9:
      return { kind: 'phone', phones: [...(detail?.phones ?? [])] };
    case 11:
      return { kind: 'multilist', item_ids: [...(detail?.items ?? [])] };
    case 4:
      return { kind: 'person', text: title };
    default:
      return { kind: 'text', text: title };
  }
}
