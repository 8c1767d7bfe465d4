import { randomInt } from 'node:crypto';
import type { BillingSettings } from './settings.ts';

/** A password of a contract, of the configured characters and length; every one is equally likely. */
export function generatePassword({
  passwordAlphabet,
  passwordLength,
}: Pick<BillingSettings, 'passwordAlphabet' | 'passwordLength'>): string {
  const signs = [...passwordAlphabet];
  return Array.from({ length: passwordLength }, () => signs[randomInt(signs.length)]).join('');
}
