import { domainToASCII } from 'node:url';

/**
 * Addresses of e-mail: what is one, and under which spelling two of them are the same (specification 4.2.4: lower-case domain).
 * Narrower than RFC 5322 on purpose: no quoted local parts, no comments, no literal IP addresses, no domain of one label. What remains has no
 * character that means something in a header or in a command of SMTP, so an address cannot smuggle in another line or another recipient.
 */

/** Why a text is no address: `empty`, `at` (not one `@`), `local` (the part before it), `domain` (the part after it), `long`. */
export type EmailFault = 'empty' | 'at' | 'local' | 'domain' | 'long';

export type EmailReading = { readonly address: string } | { readonly fault: EmailFault };

/** Octets; RFC 5321, 4.5.3.1. */
const LOCAL_MOST = 64;
const DOMAIN_MOST = 253;
const WHOLE_MOST = 254;

/** Dot-atoms of RFC 5322, and letters, digits and marks of any script (RFC 6531). */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** What may be turned into a domain; checked before, because the conversion of URLs would decode `%`, drop tabs and take `/` for an end. */
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
const ASCII_DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads an address and gives it its one spelling: no spaces around it, Unicode composed (NFC), the domain in lower case and, where it is an
 * international one, as its `xn--` form, which every server understands. The part before `@` keeps its letter case: it is the receiver's affair.
 * @example readEmail(' Ivanov@Пример.РФ ') // { address: 'Ivanov@xn--e1afmkfd.xn--p1ai' }
 */
export function readEmail(text: string): EmailReading {
  const trimmed = text.replace(/^[ \t]+|[ \t]+$/g, '').normalize('NFC');
  if (trimmed === '') return { fault: 'empty' };
  if (trimmed.length > WHOLE_MOST) return { fault: 'long' };
  const at = trimmed.indexOf('@');
  if (at < 0 || at !== trimmed.lastIndexOf('@')) return { fault: 'at' };
  const local = trimmed.slice(0, at);
  if (!LOCAL.test(local) || Buffer.byteLength(local) > LOCAL_MOST) return { fault: 'local' };
  const written = trimmed.slice(at + 1);
  if (!DOMAIN.test(written)) return { fault: 'domain' };
  const domain = domainToASCII(written);
  if (domain.length > DOMAIN_MOST || !ASCII_DOMAIN.test(domain)) return { fault: 'domain' };
  const address = `${local}@${domain}`;
  return Buffer.byteLength(address) > WHOLE_MOST ? { fault: 'long' } : { address };
}

/** The one spelling of an address, by which equal ones are known and to which mail is sent; undefined when it is none. */
export function normaliseEmail(text: string): string | undefined {
  const reading = readEmail(text);
  return 'address' in reading ? reading.address : undefined;
}

/** A sender: an address with the name to show, which may be empty. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** Longest name of a sender, characters. */
const NAME_MOST = 128;
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/**
 * Reads `ivanov@example.org`, `<ivanov@example.org>`, `Дежурный <duty@example.org>` or `"Пожар, 2" <duty@example.org>`.
 * @returns undefined when it is none of these
 */
export function readMailbox(text: string): Mailbox | undefined {
  if (CONTROL.test(text)) return undefined;
  const trimmed = text.trim();
  if (!trimmed.endsWith('>')) {
    const address = normaliseEmail(trimmed);
    return address === undefined ? undefined : { name: '', address };
  }
  const open = trimmed.lastIndexOf('<');
  if (open < 0) return undefined;
  const address = normaliseEmail(trimmed.slice(open + 1, -1));
  const shown = trimmed.slice(0, open).trim();
  const name = shown.length > 1 && shown.startsWith('"') && shown.endsWith('"') ? shown.slice(1, -1).replace(/\\(.)/g, '$1') : shown;
  if (address === undefined || name.length > NAME_MOST || /[<>]/.test(name)) return undefined;
  return { name, address };
}
