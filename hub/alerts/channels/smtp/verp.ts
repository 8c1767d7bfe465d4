import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Return paths of which each belongs to one mail (VERP): `bounce+12345.0k3fz…@example.org`, by the number of its attempt. A bounce comes to the address itself, so what it says
 * inside is not needed to know the mail. The end of the address is signed: who does not hold our key cannot bounce the mails of others.
 * Only lower-case letters and digits: some servers change the letter case of addresses that they return.
 */

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';
/** Characters of the signature: 80 bits. */
const SIGNATURE = 16;
/** Characters that RFC 5321 grants the part before `@`. */
const LOCAL_MOST = 64;
/** Of a reference that gets an address of its own; `run.target` of two 64-bit numbers is longer, of all numbers that are ever reached it is not. */
const REFERENCE_MOST = 28;

/** The longest part before `@` that a return path of the settings may have. */
export const LONGEST_RETURN_LOCAL = LOCAL_MOST - REFERENCE_MOST - SIGNATURE - 2;

const REFERENCE = /^[A-Za-z0-9.]+$/;

function signature(reference: string, key: Uint8Array): string {
  const bytes = createHmac('sha256', key).update('vestnik bounce\0').update(reference.toLowerCase()).digest();
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes.subarray(0, (SIGNATURE * 5) / 8)) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return text;
}

/**
 * The return path of one mail.
 * @param returnPath normalised address of the settings
 * @param reference of the mail: letters, digits, dots
 * @returns the plain return path where the reference is too long for an address
 */
export function bounceAddress(returnPath: string, reference: string, key: Uint8Array): string {
  if (reference.length > REFERENCE_MOST || !REFERENCE.test(reference)) return returnPath;
  const at = returnPath.lastIndexOf('@');
  return `${returnPath.slice(0, at)}+${reference}.${signature(reference, key)}${returnPath.slice(at)}`;
}

/** The reference of the mail whose return path this is; undefined when it is not one that we have given out. */
export function readBounceAddress(address: string, returnPath: string, key: Uint8Array): string | undefined {
  const at = address.lastIndexOf('@');
  const own = returnPath.lastIndexOf('@');
  if (at < 0 || at > LOCAL_MOST || address.slice(at).toLowerCase() !== returnPath.slice(own).toLowerCase()) return undefined;
  const prefix = `${returnPath.slice(0, own)}+`;
  const local = address.slice(0, at);
  if (local.slice(0, prefix.length).toLowerCase() !== prefix.toLowerCase()) return undefined;
  const dot = local.lastIndexOf('.');
  const reference = local.slice(prefix.length, dot);
  if (dot < prefix.length || !REFERENCE.test(reference)) return undefined;
  const given = Buffer.from(local.slice(dot + 1).toLowerCase());
  const right = Buffer.from(signature(reference, key));
  return given.length === right.length && timingSafeEqual(given, right) ? reference : undefined;
}
