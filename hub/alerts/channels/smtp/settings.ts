import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { normaliseEmail, readMailbox } from '../../email-address.ts';
import { LONGEST_RETURN_LOCAL } from './verp.ts';

/** Keys whose values are sealed in the database and shown as `***`. */
export const SECRETS: readonly string[] = ['password', 'dkimKey'];

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$/;
const LISTEN = /^(?:(?<name>[A-Za-z0-9.-]+)|\[(?<v6>[0-9A-Fa-f:.]+)\]):(?<port>\d{1,5})$/;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** RSA of 1024 bits and more: RFC 8301 lets receivers ignore what is signed with less, and nodemailer signs with RSA only. */
function isDkimKey(pem: string): boolean {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 1024;
  } catch {
    return false;
  }
}

function isCertificates(pem: string): boolean {
  try {
    const found = pem.match(CERTIFICATE) ?? [];
    return found.map((one) => new X509Certificate(one)).length > 0;
  } catch {
    return false;
  }
}

/** Where the listener of bounces listens. @param text `0.0.0.0:2526` or `[::]:2526`. @returns undefined when it is neither */
export function readListen(text: string): { readonly host: string; readonly port: number } | undefined {
  const found = LISTEN.exec(text)?.groups;
  const port = Number(found?.['port']);
  const host = found?.['name'] ?? found?.['v6'];
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

/**
 * Settings of a group of kind SMTP (specification 5.1). Flat, so that they fit `key=value;...` of the line protocol, where every value comes as a
 * text; numbers are therefore taken as texts too.
 */
export const settingsSchema = z
  .strictObject({
    host: z
      .string()
      .regex(HOST, { error: 'a host name or an IP address' })
      .describe('Name or address of the mail server that takes our mails'),
    port: z.coerce.number().int().min(1).max(65_535).optional().describe('Its port (Default: 465 with tls implicit, else 587)'),
    tls: z
      .enum(['none', 'starttls', 'required', 'implicit'])
      .default('starttls')
      .describe(
        'none: never; starttls: when the server offers it, and always when there is a password; required: STARTTLS or nothing; implicit: from the first byte',
      ),
    verify: z
      .enum(['full', 'none'])
      .default('full')
      .describe('Whether the certificate of the server is checked; none is for tests and for servers in the same rack'),
    ca: z
      .string()
      .max(262_144)
      .refine(isCertificates, { error: 'certificates as PEM' })
      .optional()
      .describe('Certificates (PEM) that the server is checked against, in place of those of the system'),
    tlsName: z.string().regex(HOST, { error: 'a host name' }).optional().describe('Name in the certificate, when it is not the host'),
    user: z.string().min(1).max(256).optional().describe('Login at the server'),
    password: z.string().min(1).max(1024).optional().describe('Its password'),
    helo: z.string().regex(HOST, { error: 'a host name' }).optional().describe('Name by which we greet (Default: the domain of from)'),
    from: z
      .string()
      .max(512)
      .refine((text) => readMailbox(text) !== undefined, { error: 'an address, or a name and an address: Дежурный <duty@example.org>' })
      .describe('Sender: an address, or a name with an address in angle brackets'),
    connections: z.coerce.number().int().min(1).max(100).default(5).describe('Connections at once, and so mails at once'),
    messagesPerConnection: z.coerce
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(100)
      .describe('Mails after which a connection is opened anew'),
    perMinute: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Mails a minute that are begun at most; others wait (Default: as many as the connections take)'),
    timeout: z.coerce.number().int().min(1).max(600).default(30).describe('Seconds that one answer of the server may take'),
    dkimDomain: z
      .string()
      .refine((text) => normaliseEmail(`dkim@${text}`) !== undefined, { error: 'a domain' })
      .optional()
      .describe('Domain that signs the mails (DKIM)'),
    dkimSelector: z
      .string()
      .max(63)
      .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, { error: 'letters, digits, dots and hyphens' })
      .optional()
      .describe('Selector of its key: the name before ._domainkey'),
    dkimKey: z
      .string()
      .max(16_384)
      .refine(isDkimKey, { error: 'a private RSA key as PEM, of 1024 bits or more' })
      .optional()
      .describe('Its private key (PEM, RSA)'),
    returnPath: z
      .string()
      .max(254)
      .refine((text) => normaliseEmail(text) !== undefined, { error: 'an e-mail address' })
      .optional()
      .describe('Where mails that cannot be delivered come back to (Default: the address of from)'),
    bounceListen: z
      .string()
      .refine((text) => readListen(text) !== undefined, { error: 'an address and a port: 0.0.0.0:2526' })
      .optional()
      .describe('Address and port on which bounces are taken; each mail then goes out with its own return path'),
  })
  .superRefine((settings, context) => {
    const fault = (path: keyof typeof settings, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (settings.password !== undefined && settings.user === undefined) fault('user', 'goes with password');
    if (settings.user !== undefined && settings.password === undefined) fault('password', 'goes with user');
    const dkim = [settings.dkimDomain, settings.dkimSelector, settings.dkimKey];
    if (dkim.includes(undefined) && dkim.some((value) => value !== undefined)) {
      fault('dkimKey', 'dkimDomain, dkimSelector and dkimKey go together');
    }
    if (settings.bounceListen === undefined) return;
    if (settings.returnPath === undefined) fault('returnPath', 'goes with bounceListen');
    else if (settings.returnPath.indexOf('@') > LONGEST_RETURN_LOCAL) {
      fault('returnPath', `with bounceListen, at most ${LONGEST_RETURN_LOCAL} characters before the @`);
    }
  });

export type SmtpSettings = z.output<typeof settingsSchema>;
