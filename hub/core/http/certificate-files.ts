import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';

const notes = notesOf('http.certificate');

export interface CertificatePaths {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
  readonly expires: Temporal.Instant;
}

function read(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HubError('CONFLICT', `${what} ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

/** Reads and checks the pair. @throws HubError CONFLICT when a file cannot be read, is not PEM, or the two do not belong together. */
export function readCertificatePair(paths: CertificatePaths): CertificatePair {
  const cert = read(paths.certificate, 'http.tls.certificate');
  const key = read(paths.key, 'http.tls.key');
  let leaf: X509Certificate;
  let matches: boolean;
  try {
    leaf = new X509Certificate(cert);
    matches = leaf.checkPrivateKey(createPrivateKey(key));
    if (matches) createSecureContext({ cert, key });
  } catch (cause) {
    throw new HubError('CONFLICT', `${paths.certificate} and ${paths.key} are not a PEM certificate and its unencrypted key`, { cause });
  }
  if (!matches) throw new HubError('CONFLICT', `the key ${paths.key} does not belong to the certificate ${paths.certificate}`);
  return { cert, key, expires: Temporal.Instant.fromEpochMilliseconds(leaf.validToDate.getTime()) };
}

export interface CertificateWatch {
  /** Reads the files again now, as on SIGHUP. */
  reload(): void;
  stop(): void;
}

/**
 * Hands out the pair whenever the files change. A pair that does not fit, as between the writing of two files, is noted and the old one
 * stays. The files are looked at by name every `every` milliseconds, because they are often replaced by links.
 */
export function watchCertificate(paths: CertificatePaths, renew: (pair: CertificatePair) => void, every = 5_000): CertificateWatch {
  const reload = (): void => {
    try {
      const pair = readCertificatePair(paths);
      renew(pair);
      notes.info('the certificate was read again', { path: paths.certificate, expires: pair.expires });
    } catch (error) {
      notes.error('the new certificate is not used; the old one stays', { path: paths.certificate }, error);
    }
  };
  const files = [paths.certificate, paths.key];
  for (const file of files) watchFile(file, { interval: every, persistent: false }, reload);
  return {
    reload,
    stop() {
      for (const file of files) unwatchFile(file, reload);
    },
  };
}
