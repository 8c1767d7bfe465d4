import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { EXIT, ExitError } from './exit.ts';
import { errorCode } from './ports.ts';

/** The two certificate files, read and checked. Times in milliseconds since 1970. */
export type Certificates = {
  ca: string;
  /** Certificate and key as they stand in the PEM. */
  pem: string;
  /** Common name: the client's name in the hub. */
  client: string;
  notBefore: number;
  notAfter: number;
  /** Why the authority's servers would refuse the certificate at a time, undefined when they should not. */
  rejection: (now: number) => 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_NOT_YET_VALID' | 'UNKNOWN_CA' | undefined;
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN (?:EC |RSA |ENCRYPTED )?PRIVATE KEY-----[^-]+-----END (?:EC |RSA |ENCRYPTED )?PRIVATE KEY-----/;

/**
 * Reads `ca.crt` and the personal PEM.
 * @throws ExitError with exit 3 when one is missing, is no certificate, or key and certificate do not belong together.
 */
export async function readCertificates(caPath: string, pemPath: string): Promise<Certificates> {
  const ca = await readCa(caPath);
  const authority = parseCertificate(ca, caPath);
  const pem = await readText(pemPath);
  const certificate = parseCertificate(pem, pemPath);
  const keyText = PRIVATE_KEY.exec(pem)?.[0];
  if (keyText === undefined) throw fault(pemPath, 'holds no private key', 'не содержит закрытого ключа');
  let fits: boolean;
  try {
    fits = certificate.checkPrivateKey(createPrivateKey(keyText));
  } catch (error) {
    throw fault(
      pemPath,
      'holds a private key that cannot be read; it must not be encrypted',
      'содержит нечитаемый закрытый ключ; он не должен быть зашифрован',
      error,
    );
  }
  if (!fits) throw fault(pemPath, 'holds a key that does not belong to its certificate', 'содержит ключ, не соответствующий сертификату');
  const client = /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? basename(pemPath, '.pem');
  const notBefore = certificate.validFromDate.getTime();
  const notAfter = certificate.validToDate.getTime();
  const issued = certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  return {
    ca,
    pem,
    client,
    notBefore,
    notAfter,
    rejection(now) {
      if (!issued) return 'UNKNOWN_CA';
      if (now > notAfter) return 'CERTIFICATE_EXPIRED';
      return now < notBefore ? 'CERTIFICATE_NOT_YET_VALID' : undefined;
    },
  };
}

/** The sources spell the file `ca.crt` and `Ca.crt`; where the system tells them apart, either name finds it. */
async function readCa(path: string): Promise<string> {
  const name = basename(path);
  const first = name.charAt(0);
  const twin = first === first.toLowerCase() ? first.toUpperCase() : first.toLowerCase();
  try {
    return await readText(path);
  } catch (error) {
    if (!(error instanceof ExitError) || errorCode(error.cause) !== 'ENOENT') throw error;
    return readText(join(dirname(path), twin + name.slice(1))).catch(() => {
      throw error;
    });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') throw fault(path, 'does not exist', 'не найден', error);
    throw fault(path, `cannot be read (${code})`, `не читается (${code})`, error);
  }
}

function parseCertificate(text: string, path: string): X509Certificate {
  const block = CERTIFICATE.exec(text)?.[0];
  if (block === undefined) {
    throw fault(path, 'holds no certificate (no BEGIN CERTIFICATE)', 'не содержит сертификата (нет BEGIN CERTIFICATE)');
  }
  try {
    return new X509Certificate(block);
  } catch (error) {
    throw fault(path, 'holds a certificate that cannot be read', 'содержит нечитаемый сертификат', error);
  }
}

function fault(path: string, en: string, ru: string, cause?: unknown): ExitError {
  return new ExitError(EXIT.certificate, { en: `${path} ${en}`, ru: `файл ${path} ${ru}` }, cause);
}

const DAY = 86_400_000;
const WARN_DAYS = 30;

/**
 * Warns of the coming expiry: called as often as one likes, it speaks at most once a day, from 30 days before.
 * @param warn gets the local date of expiry, YYYY-MM-DD.
 */
export function createExpiryWarner(notAfter: number, now: () => number, warn: (date: string) => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - last < DAY || notAfter - now() > WARN_DAYS * DAY) return;
    last = now();
    warn(Temporal.Instant.fromEpochMilliseconds(notAfter).toZonedDateTimeISO(systemTimeZone()).toPlainDate().toString());
  };
}
