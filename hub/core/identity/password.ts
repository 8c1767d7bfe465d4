import { createHash, randomBytes, randomInt } from 'node:crypto';
import { HubError } from '../errors.ts';

/**
 * A password is compared in the form of RFC 8265 (OpaqueString): spaces of every kind become U+0020, then NFC; control characters are
 * refused. So what is typed on a Mac (decomposed letters) or comes in windows-1251 is the same password. Not NFKC: it would make
 * different passwords equal.
 */
declare const hashedMark: unique symbol;
/** A PHC string made from a checked password, or from the MD5 of one that another system kept. Use cases take this and never see the password. */
export type HashedPassword = string & { readonly [hashedMark]: true };

/**
 * What stands in a PHC string of argon2id. `memory` is in KiB. `of`: what was hashed, the password or its MD5 (`md5Form`): other systems keep that, and it
 * is all that is known of a password until its owner logs in (spec billing 10.1).
 */
export interface PasswordHash {
  readonly of: 'password' | 'md5';
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** Parameters of new hashes: 19 MiB, two passes, one lane (OWASP's first choice), 16 bytes of salt, 32 of tag. */
export const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const TAG_BYTES = 32;

const SHORTEST = 8;
const LONGEST = 128;
/** No text of 128 characters needs more UTF-16 units than this before NFC. */
const MOST_UNITS = 1_024;
const PLAIN = /^[\x20-\x7e]{1,128}$/;
const SPACES = /\p{Zs}/gu;
const CONTROL = /\p{Cc}/u;
const PHC =
  /^\$(argon2id|argon2id-of-md5)\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d?),p=([1-9]\d?)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;
/** Without letters and digits that look alike: 31 characters, 4.95 bits each. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';

/** The form in which a password is hashed and compared; undefined when it can be nobody's password. */
export function preparePassword(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  if (text.length === 0 || text.length > MOST_UNITS || !text.isWellFormed()) return undefined;
  const prepared = text.replace(SPACES, ' ').normalize('NFC');
  return CONTROL.test(prepared) || [...prepared].length > LONGEST ? undefined : prepared;
}

/** @throws HubError VALIDATION unless a new password has 8 to 128 characters, none of them a control character. It is not repeated. */
export function checkNewPassword(text: string, path = '/password'): string {
  const prepared = preparePassword(text);
  if (prepared !== undefined && [...prepared].length >= SHORTEST) return prepared;
  const message = `a password has ${SHORTEST} to ${LONGEST} characters and no control characters`;
  throw new HubError('VALIDATION', message, { details: [{ code: 'BAD_FORMAT', path, message }] });
}

/** The MD5 of a prepared password as imported directories hold it: upper-case hexadecimal, of UTF-8. */
export const md5Form = (prepared: string): string => createHash('md5').update(prepared, 'utf8').digest('hex').toUpperCase();

const MD5 = /^[0-9A-Fa-f]{32}$/;

/** @throws HubError VALIDATION unless it is the MD5 of a password, 32 hexadecimal digits; those of no password are refused. It is not repeated. */
export function checkMd5(text: string, path = '/passwordMd5'): string {
  const form = text.trim().toUpperCase();
  if (MD5.test(form) && form !== md5Form('')) return form;
  const message = 'the MD5 of a password has 32 hexadecimal digits, and is not that of an empty one';
  throw new HubError('VALIDATION', message, { details: [{ code: 'BAD_FORMAT', path, message }] });
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

export const formatHash = ({ of, memory, passes, parallelism, salt, tag }: PasswordHash): HashedPassword =>
  `$${of === 'md5' ? 'argon2id-of-md5' : 'argon2id'}$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}` as HashedPassword;

/** Reads a PHC string; undefined when it is not one of argon2id. */
export function parseHash(phc: string): PasswordHash | undefined {
  const match = PHC.exec(phc);
  if (!match) return undefined;
  const [, kind, memory, passes, parallelism, salt, tag] = match;
  return {
    of: kind === 'argon2id' ? 'password' : 'md5',
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt ?? '', 'base64'),
    tag: Buffer.from(tag ?? '', 'base64'),
  };
}

/** What a fresh hash is computed from. */
export const newSalt = (): Buffer => randomBytes(SALT_BYTES);

/** True when a stored hash was made with other parameters than new ones are, or of an MD5. */
export const isOutdated = ({ of, memory, passes, parallelism, salt, tag }: PasswordHash): boolean =>
  of !== 'password' ||
  memory !== PARAMETERS.memory ||
  passes !== PARAMETERS.passes ||
  parallelism !== PARAMETERS.parallelism ||
  salt.length !== SALT_BYTES ||
  tag.length !== TAG_BYTES;

/** A hash that no password fits: unknown logins are checked against it, so that they cost what known ones cost. */
export const impossibleHash = (): HashedPassword =>
  formatHash({ of: 'password', ...PARAMETERS, salt: newSalt(), tag: randomBytes(TAG_BYTES) });

export const TAG_LENGTH = TAG_BYTES;

/** Four groups of five letters and digits that are easy to read out and to type, 99 bits. */
export function readablePassword(): string {
  const group = (): string => Array.from({ length: 5 }, () => READABLE[randomInt(READABLE.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
