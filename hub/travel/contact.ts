import * as z from 'zod';
import { HubError } from '../core/errors.ts';
import { CONTACT, CONTACT_TYPES, numbersOf } from './codebooks.ts';
import { id, oneOf, requiredText } from './fields.ts';

/** A contact of a person: a phone number or an e-mail address (spec 2.9). */
const fields = {
  id_ContactType: oneOf(numbersOf(CONTACT_TYPES)).meta({ description: '1 phone, 2 e-mail' }),
  Content: requiredText(254).meta({ description: 'A phone number as in E.164, or an e-mail address', example: '+79161234567' }),
};

/** A new contact in a call that names its person in the address. */
export const newContactSchema = z.strictObject(fields);
export const freshContactSchema = newContactSchema.extend({ id_Person: id });
export const contactChangeSchema = z.strictObject(fields).partial();

export type Contact = z.output<typeof freshContactSchema> & { readonly id_Contact: number };

const PHONE = /^\+[1-9]\d{1,14}$/;
const email = z.email();

/** @throws HubError VALIDATION with the reason `contact` when the content is not what its type says. */
export function checkContact({ id_ContactType: type, Content: content }: Pick<Contact, 'id_ContactType' | 'Content'>): void {
  const phone = type === CONTACT.phone;
  if (phone ? PHONE.test(content) : email.safeParse(content).success) return;
  const why = phone ? 'must be a phone number such as +79161234567 (E.164)' : 'must be an e-mail address such as ivan@example.org';
  throw new HubError('VALIDATION', `Content: ${why}`, {
    reason: 'contact',
    russian: phone ? 'Content: нужен номер телефона вида +79161234567 (E.164)' : 'Content: нужен адрес почты вида ivan@example.org',
    details: [{ code: 'contact', path: '/Content', message: why }],
  });
}
