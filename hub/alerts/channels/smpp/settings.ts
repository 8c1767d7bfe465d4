import { X509Certificate } from 'node:crypto';
import { z } from 'zod';

/** Keys whose values are sealed in the database and shown as `***`. */
export const SECRETS: readonly string[] = ['password'];

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$/;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
/** Octets that a C-string of SMPP can hold, without its end. */
const PRINTABLE = /^[\x20-\x7e]*$/;

function isCertificates(pem: string): boolean {
  try {
    const found = pem.match(CERTIFICATE) ?? [];
    return found.map((one) => new X509Certificate(one)).length > 0;
  } catch {
    return false;
  }
}

const plain = (most: number) => z.string().max(most).regex(PRINTABLE, { error: 'printable ASCII' });
const whole = (from: number, to: number) => z.coerce.number().int().min(from).max(to);

/**
 * Settings of a group of kind SMPP (specification of alerts 5.2). Flat, so that they fit `key=value;...` of the line protocol, where every value comes
 * as a text; numbers are therefore taken as texts too.
 */
export const settingsSchema = z.strictObject({
  host: z
    .string()
    .regex(HOST, { error: 'a host name or an IP address' })
    .describe('Name or address of the message centre (SMSC), as the provider gives it'),
  port: whole(1, 65_535).optional().describe('Its port (Default: 3550 with tls implicit, else 2775)'),
  tls: z.enum(['none', 'implicit']).default('none').describe('implicit: TLS from the first byte'),
  verify: z
    .enum(['full', 'none'])
    .default('full')
    .describe('Whether the certificate of the centre is checked; none is for tests and for centres in the same rack'),
  ca: z
    .string()
    .max(262_144)
    .refine(isCertificates, { error: 'certificates as PEM' })
    .optional()
    .describe('Certificates (PEM) that the centre is checked against, in place of those of the system'),
  tlsName: z.string().regex(HOST, { error: 'a host name' }).optional().describe('Name in the certificate, when it is not the host'),
  systemId: plain(64).min(1).describe('Login at the centre; the protocol knows 15 characters, some centres take more'),
  password: plain(64).default('').describe('Its password; the protocol knows 8 characters, some centres take more'),
  systemType: plain(12).default('').describe('What some centres ask for besides the login'),
  mode: z
    .enum(['transceiver', 'transmitter+receiver'])
    .default('transceiver')
    .describe('transceiver: one connection for both ways; transmitter+receiver: one connection for each'),
  binds: whole(1, 16).default(1).describe('Binds at once; each is a channel of the group'),
  source: plain(20)
    .default('')
    .describe('Sender of the messages: a number, or a name of at most 11 characters; empty: the centre sets its own'),
  sourceTon: whole(0, 6).optional().describe('Type of number of the sender (Default: 1 with +, 5 for a name, else 0)'),
  sourceNpi: whole(0, 18).optional().describe('Numbering plan of the sender (Default: 0 for a name, else 1)'),
  destinationTon: whole(0, 6).optional().describe('Type of number of receivers (Default: 1 with +, else 0)'),
  destinationNpi: whole(0, 18).default(1).describe('Numbering plan of receivers'),
  window: whole(1, 1_000).default(10).describe('Messages of one bind that wait for an answer at once'),
  tps: whole(1, 100_000).default(30).describe('Messages a second of the whole group; each part of a long text counts'),
  enquireLink: z.coerce.number().min(0.1).max(3_600).default(30).describe('Seconds of silence after which the link is tested'),
  respTimeout: z.coerce.number().min(0.1).max(300).default(10).describe('Seconds that one answer may take; then the link is closed'),
  long: z
    .enum(['udh', 'sar', 'payload'])
    .default('udh')
    .describe('How long texts go: parts with a user data header, parts with sar options, or whole as message_payload'),
  receipts: z
    .enum(['on', 'off'])
    .default('on')
    .describe('on: a message counts as delivered by its receipt; off: as soon as the centre has taken it'),
  validity: whole(0, 10_080).default(0).describe('Minutes for which the centre keeps trying; 0: as long as it does by itself'),
});

export type SmppSettings = z.output<typeof settingsSchema>;
