import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { HubError } from '../errors.ts';
import type { JsonGeneralName } from './x509/index.ts';

const COMMON_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const MAX_NAMES = 100;

const refuse = (path: string, message: string): never => {
  throw new HubError('VALIDATION', message, { details: [{ code: 'BAD_FORMAT', path, message }] });
};

/** @throws HubError VALIDATION unless the name may stand as CN: 1 to 64 Latin letters, digits, `. _ @ -`, beginning with a letter or digit. */
export function checkCommonName(name: string): void {
  if (!COMMON_NAME.test(name)) {
    refuse('/commonName', 'a common name has 1 to 64 Latin letters, digits and . _ @ - and begins with a letter or a digit');
  }
}

/** @throws HubError VALIDATION unless `days` is whole and 1..`most`. */
export function checkDays(days: number, most: number): void {
  if (!Number.isInteger(days) || days < 1 || days > most) refuse('/days', `a certificate lives 1 to ${most} days, not ${days}`);
}

function canonical(name: string): string {
  if (isIP(name) !== 0) return isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;
  const wild = name.startsWith('*.') ? '*.' : '';
  const ascii = domainToASCII(name.slice(wild.length)).replace(/\.$/, '');
  const labels = ascii.split('.');
  if (ascii.length === 0 || ascii.length > 253 || !labels.every((label) => LABEL.test(label)) || isIP(ascii) !== 0) {
    refuse('/names', `${JSON.stringify(name.slice(0, 100))} is neither a DNS name nor an IP address`);
  }
  return wild + ascii;
}

/**
 * Host names and IP addresses in the form a certificate carries: lower case, Unicode as punycode, without repeats, sorted, so that two
 * lists with the same names are equal.
 * @throws HubError VALIDATION naming the first wrong one.
 */
export function canonicalNames(names: readonly string[]): string[] {
  if (names.length === 0 || names.length > MAX_NAMES)
    refuse('/names', `a server certificate carries 1 to ${MAX_NAMES} names, not ${names.length}`);
  return [...new Set(names.map(canonical))].sort();
}

/** The names of `canonicalNames` as subject alternative names. */
export const alternativeNames = (names: readonly string[]): JsonGeneralName[] =>
  names.map((name) => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name }));
