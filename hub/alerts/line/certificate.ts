import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { SecureContextOptions } from 'node:tls';
import type { Configuration } from '../../config.ts';
import { HubError } from '../../core/errors.ts';
import { type CertificatePaths, readCertificatePair, watchCertificate } from '../../core/http/certificate-files.ts';
import type { Authority } from '../../core/identity/authority.ts';
import { notesOf } from '../../core/telemetry/channels.ts';

const notes = notesOf('alerts.line');
/** How often our own certificate is looked at. Milliseconds. */
const RENEW_EVERY = 3_600_000;

/** The certificate of the line protocol, and what is known of it. */
export interface LineCertificate {
  readonly pair: Pick<SecureContextOptions, 'cert' | 'key'>;
  /** SHA-256 of it, as people compare it: `AB:CD:...`. */
  readonly fingerprint: string;
}

export interface CertificateSource {
  readonly first: LineCertificate;
  /** Hands out every later one. @returns ends it */
  watch(renew: (certificate: LineCertificate) => void): () => void;
}

function certificateOf(cert: string, key: string): LineCertificate {
  const digest = createHash('sha256').update(new X509Certificate(cert).raw).digest('hex').toUpperCase();
  return { pair: { cert, key }, fingerprint: digest.replace(/..(?=.)/g, '$&:') };
}

/** @throws HubError CONFLICT when only one of the two files is configured, or they cannot be used */
function configuredPaths({ alerts: { line }, http }: Configuration): CertificatePaths | undefined {
  const { certificate, key } = line;
  if ((certificate === undefined) !== (key === undefined))
    throw new HubError('CONFLICT', 'alerts.line.certificate and alerts.line.key belong together: set both or none');
  return certificate !== undefined && key !== undefined ? { certificate, key } : http.tls;
}

/** Names of a certificate that we make: clients rarely check them, they compare the fingerprint or trust our root. */
function ownNames(host: string): string[] {
  const local = ['localhost', '127.0.0.1'];
  const machine = hostname();
  const named = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9-]{1,63})*$/.test(machine) && /[A-Za-z]/.test(machine);
  const bound = ['0.0.0.0', '::'].includes(host) ? [] : [host];
  return [...new Set([...local, ...(named ? [machine] : []), ...bound])];
}

/**
 * The configured certificate, else that of the HTTP listener, else one of the hub's own authority, which all hubs on a database share and which is
 * kept there sealed (specification of alerts 8.3.1).
 * @throws HubError CONFLICT
 */
export async function openCertificate(configuration: Configuration, authority: Authority): Promise<CertificateSource> {
  const paths = configuredPaths(configuration);
  if (paths) {
    const { cert, key } = readCertificatePair(paths);
    return {
      first: certificateOf(cert, key),
      watch(renew) {
        const watch = watchCertificate(paths, (pair) => renew(certificateOf(pair.cert, pair.key)));
        return () => watch.stop();
      },
    };
  }
  const names = ownNames(configuration.alerts.line.host);
  const ask = async (): Promise<LineCertificate> => {
    const { certificatePem, keyPem } = await authority.serverCertificate(names);
    return certificateOf(certificatePem + authority.rootPem, keyPem);
  };
  const first = await ask();
  return {
    first,
    watch(renew) {
      let present = first.fingerprint;
      const look = async (): Promise<void> => {
        const fresh = await ask();
        if (fresh.fingerprint === present) return;
        present = fresh.fingerprint;
        renew(fresh);
      };
      const timer = setInterval(() => {
        look().catch((error: unknown) => notes.warn('the certificate of the line protocol could not be looked at', {}, error));
      }, RENEW_EVERY);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

/** Authorities of clients' certificates. @throws HubError CONFLICT when the file cannot be read */
export function readClientCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HubError('CONFLICT', `alerts.line.clientCa ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
