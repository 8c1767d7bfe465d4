import { createHash, randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  type PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509/index.ts';

/** A certificate of this hub's authority. */
export interface IssuedCertificate {
  readonly certificatePem: string;
  /** DER. */
  readonly certificate: Buffer;
  /** 32 hexadecimal digits. */
  readonly serial: string;
  /** SHA-256 of the DER. */
  readonly fingerprint: Buffer;
  readonly notBefore: Temporal.Instant;
  readonly notAfter: Temporal.Instant;
}

/** Who signs: certificate and private key of the root. */
export interface Signer {
  readonly certificate: X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

type KeyPair = webcrypto.CryptoKeyPair;
type Key = webcrypto.CryptoKey;

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** Certificates count from an hour before they are made, because clocks at agencies go wrong. */
const BACKDATED = Temporal.Duration.from({ hours: 1 });

/** Random and positive, 128 bits with a first digit of 4 to 7, so that every notation of it is the same. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

const toDate = (instant: Temporal.Instant): Date => new Date(instant.epochMilliseconds);
const wholeSeconds = (instant: Temporal.Instant): Temporal.Instant => instant.round({ smallestUnit: 'second', roundingMode: 'floor' });
const afterDays = (instant: Temporal.Instant, days: number): Temporal.Instant => instant.add({ hours: days * 24 });

/** Reads back what a certificate says. */
export function describeCertificate(certificate: X509Certificate): IssuedCertificate {
  const der = Buffer.from(certificate.rawData);
  return {
    certificatePem: `${certificate.toString('pem').trim()}\n`,
    certificate: der,
    serial: certificate.serialNumber,
    fingerprint: createHash('sha256').update(der).digest(),
    notBefore: Temporal.Instant.fromEpochMilliseconds(certificate.notBefore.getTime()),
    notAfter: Temporal.Instant.fromEpochMilliseconds(certificate.notAfter.getTime()),
  };
}

export const readCertificate = (der: Buffer): X509Certificate => new X509Certificate(der);

export const newKeyPair = async (): Promise<KeyPair> => (await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify'])) as KeyPair;

/** PKCS#8, DER. */
export const exportKey = async (key: Key): Promise<Buffer> => Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));

/** A signing key that cannot be exported again. `pkcs8` is DER. */
export const importKey = async (pkcs8: Buffer): Promise<Key> =>
  (await webcrypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), CURVE, false, ['sign'])) as Key;

/** PKCS#8 in PEM. */
export function keyToPem(pkcs8: Buffer): string {
  const lines = pkcs8.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

/** Makes a self-signed root: ECDSA P-256, signs certificates but no further authorities. */
export async function makeRoot(commonName: string, keys: KeyPair, now: Temporal.Instant, days: number): Promise<X509Certificate> {
  return X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [commonName] }],
    notBefore: toDate(wholeSeconds(now.subtract(BACKDATED))),
    notAfter: toDate(wholeSeconds(afterDays(now, days))),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
}

export interface LeafRequest {
  readonly commonName: string;
  readonly publicKey: PublicKey | webcrypto.CryptoKey;
  readonly usage: 'client' | 'server';
  /** Subject alternative names; none for a client. */
  readonly names: readonly JsonGeneralName[];
  readonly now: Temporal.Instant;
  readonly days: number;
}

/** Makes a certificate that signs nothing itself and ends no later than its root. */
export async function makeLeaf(signer: Signer, request: LeafRequest): Promise<X509Certificate> {
  const notAfter = toDate(wholeSeconds(afterDays(request.now, request.days)));
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([request.usage === 'client' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth]),
    await SubjectKeyIdentifierExtension.create(request.publicKey),
    await AuthorityKeyIdentifierExtension.create(signer.certificate.publicKey),
  ];
  if (request.names.length > 0) extensions.push(new SubjectAlternativeNameExtension([...request.names]));
  return X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [request.commonName] }],
    issuer: signer.certificate.subjectName,
    notBefore: toDate(wholeSeconds(request.now.subtract(BACKDATED))),
    notAfter: notAfter < signer.certificate.notAfter ? notAfter : signer.certificate.notAfter,
    signingAlgorithm: SIGNATURE,
    publicKey: request.publicKey,
    signingKey: signer.key,
    extensions,
  });
}
