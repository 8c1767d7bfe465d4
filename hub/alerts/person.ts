import * as z from 'zod';
import { PHONE_TYPE, type PhoneType, REMOTE, type Remote } from './kinds.ts';
import { HIGHEST_ID } from './refusals.ts';

/** Addresses of each kind (specification of alerts 3.5). */
export const MOST_ADDRESSES = 20;
const LONGEST_ADDRESS = 128;

const short = z.string().max(255);
const address = z.string().min(1).max(LONGEST_ADDRESS);

export const phoneInput = z.strictObject({
  number: address.meta({ description: 'As people write it; of a zone its name, of sip its URI' }),
  type: z.literal(Object.values(PHONE_TYPE)).default(PHONE_TYPE.mobile),
  enabled: z.boolean().default(true).meta({ description: 'Whether it is used' }),
});
export const emailInput = z.strictObject({ address, enabled: z.boolean().default(true) });

const edge = z.string().max(40).nullable();
const fields = {
  group_id: z.int().min(1).max(HIGHEST_ID),
  name: z.string().min(1).max(255),
  remote: z.literal(Object.values(REMOTE)).meta({
    description: 'A person; or a subordinate server, whose task of the same name, or of the number in the setting `remote`, is started',
  }),
  priority: z.int().min(0).max(9_999).meta({ description: 'Lower first' }),
  exclusion_begin: edge.meta({ description: 'A day, or an instant with its offset; null: open on this side. Not disturbed from here on' }),
  exclusion_end: edge.meta({ description: 'A day, which still belongs to it, or an instant' }),
  pin: z.string().max(32).meta({ description: "Proves who confirms; of a server its password. '' for none" }),
  ip_address: short.meta({ description: 'Of a subordinate server' }),
  organization: short,
  department: short,
  rank: short,
  position: short,
  description: z.string().max(1_000),
  external_id: z
    .string()
    .min(1)
    .max(128)
    .nullable()
    .meta({ description: 'What another system calls this person; imports know them by it' }),
  phones: z.array(phoneInput).max(MOST_ADDRESSES).meta({ description: 'In the order in which they are tried' }),
  emails: z.array(emailInput).max(MOST_ADDRESSES),
};

export const newPersonInput = z.strictObject({
  ...fields,
  remote: fields.remote.default(REMOTE.person),
  priority: fields.priority.default(100),
  exclusion_begin: fields.exclusion_begin.default(null),
  exclusion_end: fields.exclusion_end.default(null),
  pin: fields.pin.default(''),
  ip_address: fields.ip_address.default(''),
  organization: short.default(''),
  department: short.default(''),
  rank: short.default(''),
  position: short.default(''),
  description: fields.description.default(''),
  external_id: fields.external_id.default(null),
  phones: fields.phones.default([]),
  emails: fields.emails.default([]),
});
export type NewPersonInput = z.input<typeof newPersonInput>;
/** A person as it is to be. */
export type PersonValues = z.output<typeof newPersonInput>;

/** Fields left out keep their values; phones and e-mails that are given take the place of all before. */
export const personChange = z.strictObject(fields).partial();
export type PersonChange = z.input<typeof personChange>;

/** One phone as it is kept. */
export interface Phone {
  readonly number: string;
  readonly type: PhoneType;
  readonly enabled: boolean;
}
export interface Email {
  readonly address: string;
  readonly enabled: boolean;
}

/** A person as the use cases answer it. */
export interface PersonView {
  readonly id: number;
  readonly group_id: number;
  readonly name: string;
  readonly remote: Remote;
  readonly priority: number;
  /** `YYYY-MM-DD`, or an instant; null: open. */
  readonly exclusion_begin: string | null;
  readonly exclusion_end: string | null;
  /** '' for those who may not see it, and where there is none. */
  readonly pin: string;
  readonly ip_address: string;
  readonly organization: string;
  readonly department: string;
  readonly rank: string;
  readonly position: string;
  readonly description: string;
  readonly external_id: string | null;
  readonly phones: readonly Phone[];
  readonly emails: readonly Email[];
  readonly version: number;
  readonly created_at: string;
  readonly changed_at: string;
}
