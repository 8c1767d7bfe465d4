import { type Caller, requireRight } from '../core/identity/caller.ts';
import type { Family } from './family.ts';

/**
 * What somebody needs beside the rights of callbacks. An endpoint of the billing gets news of every contract, so whoever sets one up, tries one out or looks at
 * such events must be allowed to see them himself. Travel is fenced by organizations instead.
 * @throws HubError FORBIDDEN naming the missing right
 */
export function requireFamily(caller: Pick<Caller, 'rights'>, family: Family): void {
  if (family === 'billing') requireRight(caller, 'billing.read');
}

/**
 * What saving settings needs beside the rights of their family: nobody sends personal data of subscribers who may not read it.
 * @throws HubError FORBIDDEN naming the missing right
 */
export function requireSettings(caller: Pick<Caller, 'rights'>, settings: { readonly subscriber_data: boolean }): void {
  if (settings.subscriber_data) requireRight(caller, 'callbacks.payload');
}
