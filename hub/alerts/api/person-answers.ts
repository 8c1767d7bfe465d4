import * as z from 'zod';
import { PHONE_TYPE, REMOTE } from '../kinds.ts';
import { emailInput, MOST_ADDRESSES, newPersonInput, type PersonView, personChange, phoneInput } from '../person.ts';
import { instant, versionField } from './call.ts';
import { unsendableField, withWarning } from './unsendable.ts';
import { word, wordAnswer, wordOf } from './words.ts';

const words = {
  remote: word(REMOTE).optional(),
  phones: z
    .array(phoneInput.extend({ type: word(PHONE_TYPE).optional() }))
    .max(MOST_ADDRESSES)
    .optional(),
};

/** The bodies of REST: as the use cases take them, with words for numbers. */
export const newPersonBody = newPersonInput.extend(words);
export const personBody = personChange.extend(words);

export const personAnswer = z.object({
  id: z.int(),
  group_id: z.int(),
  name: z.string(),
  remote: wordAnswer(REMOTE),
  priority: z.int(),
  exclusion_begin: z.string().nullable().meta({ description: 'A day, or an instant; null: open' }),
  exclusion_end: z.string().nullable(),
  pin: z.string().meta({ description: "'' without the right alerts.directory, and where there is none" }),
  ip_address: z.string(),
  organization: z.string(),
  department: z.string(),
  rank: z.string(),
  position: z.string(),
  description: z.string(),
  external_id: z.string().nullable(),
  phones: z.array(z.object({ number: z.string(), type: wordAnswer(PHONE_TYPE), enabled: z.boolean() })),
  emails: z.array(emailInput.required()),
  unsendable: unsendableField,
  version: versionField,
  created_at: instant,
  changed_at: instant,
});

export const personJson = (view: PersonView) =>
  withWarning({
    ...view,
    remote: wordOf(REMOTE, view.remote),
    phones: view.phones.map((phone) => ({ ...phone, type: wordOf(PHONE_TYPE, phone.type) })),
  });
