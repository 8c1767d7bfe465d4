import {
  describeCertificate,
  exportKey,
  keyToPem,
  makeLeaf,
  makeRoot,
  newKeyPair,
  type Signer,
} from '../../../../core/identity/certificate.ts';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '../../../../core/identity/x509/index.ts';

/** A certificate with its key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly ca: string;
  /** Valid from an hour before `from` for `days`. */
  issue(names: readonly string[], about?: { from?: Temporal.Instant; days?: number; usage?: 'client' | 'server' }): Promise<Pair>;
}

/** An authority of the test's own, by the code that makes the hub's. */
export async function makeAuthority(commonName: string): Promise<Authority> {
  const keys = await newKeyPair();
  const now = Temporal.Now.instant();
  const certificate = await makeRoot(commonName, keys, now.subtract({ hours: 24 * 60 }), 365);
  const signer: Signer = { certificate, key: keys.privateKey };
  const ca = describeCertificate(certificate).certificatePem;
  return {
    ca,
    async issue(names, { from = now, days = 30, usage = 'server' } = {}) {
      const own = await newKeyPair();
      const leaf = await makeLeaf(signer, {
        commonName: names[0] ?? '',
        publicKey: own.publicKey,
        usage,
        names: usage === 'client' ? [] : names.map((value) => ({ type: /^[0-9.]+$/.test(value) ? 'ip' : 'dns', value })),
        now: from,
        days,
      });
      return { cert: describeCertificate(leaf).certificatePem, key: keyToPem(await exportKey(own.privateKey)) };
    },
  };
}

/** A certificate of a server that signed itself. */
export async function makeSelfSigned(name: string): Promise<Pair> {
  const keys = await newKeyPair();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 3_600_000),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  return { cert: describeCertificate(certificate).certificatePem, key: keyToPem(await exportKey(keys.privateKey)) };
}
