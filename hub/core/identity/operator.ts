import { type FaultDetail, HubError } from '../errors.ts';

/** An operator as others see them; the password's hash is never part of it. */
export interface Operator {
  readonly operatorId: number;
  /** Lower case. */
  readonly login: string;
  readonly displayName: string;
  readonly email: string | undefined;
  readonly locale: Locale;
  readonly rights: readonly string[];
  readonly enabled: boolean;
  /** Grows with each change; a change may name the version it was made from. */
  readonly version: number;
  readonly createdAt: Temporal.Instant;
  readonly changedAt: Temporal.Instant;
  readonly lastLoginAt: Temporal.Instant | undefined;
}

export type Locale = 'ru' | 'en';

/** The fields of an operator that somebody may set, but for rights and password. */
export interface OperatorFields {
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
  readonly locale?: string | undefined;
}

// Checked before lower-casing: the Kelvin sign, for one, becomes an ASCII k.
const LOGIN = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const EMAIL = /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,189}$/u;
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const LONGEST_NAME = 100;

/** The login as the directory spells it, in lower case; undefined when no operator can have it. */
export const normalLogin = (login: string): string | undefined => (LOGIN.test(login) ? login.toLowerCase() : undefined);

/** @throws HubError VALIDATION unless it is 1 to 64 of `a-z 0-9 . _ @ -`, beginning with a letter or digit. Capitals become small. */
export function checkLogin(login: string): string {
  const normal = normalLogin(login);
  if (normal !== undefined) return normal;
  const message = 'a login has 1 to 64 of the characters a-z 0-9 . _ @ - and begins with a letter or a digit';
  throw new HubError('VALIDATION', message, { details: [{ code: 'BAD_FORMAT', path: '/login', message }] });
}

/** The given fields in the form that is stored. An empty e-mail address removes it. @throws HubError VALIDATION listing every fault. */
export function checkFields(fields: OperatorFields): { displayName?: string; email?: string | null; locale?: Locale } {
  const details: FaultDetail[] = [];
  const fault = (path: string, message: string): void => void details.push({ code: 'BAD_FORMAT', path, message });
  const displayName = fields.displayName?.normalize('NFC').trim();
  if (
    displayName !== undefined &&
    (displayName.length < 1 || displayName.length > LONGEST_NAME || CONTROL.test(displayName) || !displayName.isWellFormed())
  ) {
    fault('/displayName', `a display name has 1 to ${LONGEST_NAME} characters on one line`);
  }
  const email = fields.email?.trim();
  if (email !== undefined && email !== '' && !(EMAIL.test(email) && email.isWellFormed())) fault('/email', 'this is not an e-mail address');
  const locale = fields.locale;
  if (locale !== undefined && locale !== 'ru' && locale !== 'en') fault('/locale', 'a locale is ru or en');
  if (details.length > 0) throw new HubError('VALIDATION', details[0]?.message, { details });
  return {
    ...(displayName !== undefined && { displayName }),
    ...(email !== undefined && { email: email === '' ? null : email }),
    ...(locale !== undefined && { locale: locale as Locale }),
  };
}
