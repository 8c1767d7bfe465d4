import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * Certificates for tests, written as DER by hand: neither a program nor a package is needed, and expired or foreign ones cost nothing.
 * ECDSA P-256 as the hub issues them.
 */
export type Authority = { pem: string; key: KeyObject; name: string };
export type Issued = { certificate: string; key: string; pem: string };

const DAY = 86_400_000;

export function createAuthority(name = 'Vestnik test CA'): Authority {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [extension('2.5.29.19', true, sequence(der(0x01, Buffer.from([0xff]))))];
  const body = certificate({
    issuer: name,
    subject: name,
    signer: pair.privateKey,
    publicKey: pair.publicKey,
    extensions,
    from: -DAY,
    to: 3650 * DAY,
  });
  return { pem: pemOf(body), key: pair.privateKey, name };
}

/** @param options.names host names and addresses of a server; a client has none. Times in milliseconds from now. */
export function issue(authority: Authority, subject: string, options: { names?: string[]; from?: number; to?: number } = {}): Issued {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const usage = options.names === undefined ? '1.3.6.1.5.5.7.3.2' : '1.3.6.1.5.5.7.3.1';
  const extensions = [extension('2.5.29.37', false, sequence(oid(usage)))];
  if (options.names !== undefined) {
    const names = options.names.map((name) =>
      isIP(name) === 4 ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
    );
    extensions.push(extension('2.5.29.17', false, sequence(...names)));
  }
  const body = certificate({
    issuer: authority.name,
    subject,
    signer: authority.key,
    publicKey: pair.publicKey,
    extensions,
    from: options.from ?? -DAY,
    to: options.to ?? 365 * DAY,
  });
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: pemOf(body), key, pem: pemOf(body) + key };
}

function certificate(parts: {
  issuer: string;
  subject: string;
  signer: KeyObject;
  publicKey: KeyObject;
  extensions: Buffer[];
  from: number;
  to: number;
}): Buffer {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const serial = Buffer.from([1, ...Array.from({ length: 8 }, () => Math.floor(Math.random() * 256))]);
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    nameOf(parts.issuer),
    sequence(time(Date.now() + parts.from), time(Date.now() + parts.to)),
    nameOf(parts.subject),
    parts.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...parts.extensions)),
  );
  const signature = sign('sha256', tbs, parts.signer);
  return sequence(tbs, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
}

function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function sequence(...content: Buffer[]): Buffer {
  return der(0x30, ...content);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

function nameOf(common: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(common)))));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

function time(at: number): Buffer {
  const text = new Date(at).toISOString();
  return der(0x18, Buffer.from(`${text.slice(0, 19).replace(/[-:T]/g, '')}Z`));
}

function pemOf(body: Buffer): string {
  const lines = body.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
