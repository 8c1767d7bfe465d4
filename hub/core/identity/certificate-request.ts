import { createPublicKey } from 'node:crypto';
import { HubError } from '../errors.ts';
import { Pkcs10CertificateRequest, type PublicKey } from './x509/index.ts';

/** Far above any honest request (an RSA 4096 one has 1.7 KB). */
const MAX_LENGTH = 16_384;
const BLOCK = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----/;
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384' };
const HASHES = new Set(['SHA-256', 'SHA-384', 'SHA-512']);
const MIN_RSA = 2_048;
const MAX_RSA = 8_192;

const refuse = (why: string, cause?: unknown): never => {
  throw new HubError('VALIDATION', `the certificate request is refused: ${why}`, {
    details: [{ code: 'BAD_FORMAT', path: '/csrPem', message: why }],
    ...(cause !== undefined && { cause }),
  });
};

/** Says what is wrong with a key of a request; undefined when it is good enough. `spki` is its DER. */
function faultOfKey(spki: Buffer): string | undefined {
  let key: ReturnType<typeof createPublicKey>;
  try {
    key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return 'its public key cannot be read';
  }
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'ec') {
    const curve = details?.namedCurve;
    return curve !== undefined && curve in CURVES ? undefined : `the curve ${curve ?? 'without a name'} is not taken; use P-256 or P-384`;
  }
  if (key.asymmetricKeyType !== 'rsa') return `a key of type ${key.asymmetricKeyType} is not taken; use EC P-256, EC P-384 or RSA`;
  const bits = details?.modulusLength ?? 0;
  if (bits < MIN_RSA || bits > MAX_RSA) return `an RSA key of ${bits} bits is not taken; use ${MIN_RSA} to ${MAX_RSA}`;
  const exponent = details?.publicExponent ?? 0n;
  // A huge exponent makes each check of a signature slow; a tiny one makes forging easier.
  if (exponent < 65_537n || exponent > 0xffff_ffffn) return `the RSA exponent ${exponent} is not taken; use 65537`;
  return undefined;
}

/**
 * Reads a PKCS#10 request in PEM and proves that its sender holds the private key. The subject and the wished extensions are ignored:
 * the hub decides what it certifies.
 * @returns the public key to certify: EC P-256, EC P-384 or RSA of 2048 to 8192 bits.
 * @throws HubError VALIDATION saying what is wrong.
 */
export async function publicKeyOfRequest(pem: string): Promise<PublicKey> {
  if (pem.length > MAX_LENGTH) return refuse(`it has ${pem.length} characters; ${MAX_LENGTH} are the limit`);
  const body = BLOCK.exec(pem)?.[1];
  if (body === undefined) return refuse('it is not PEM with one block CERTIFICATE REQUEST');
  let request: Pkcs10CertificateRequest;
  let spki: Buffer;
  let hash: string;
  try {
    request = new Pkcs10CertificateRequest(Buffer.from(body, 'base64'));
    spki = Buffer.from(request.publicKey.rawData);
    hash = request.signatureAlgorithm.hash?.name ?? 'none';
  } catch (error) {
    return refuse('it is not a PKCS#10 request', error);
  }
  const fault = faultOfKey(spki);
  if (fault !== undefined) return refuse(fault);
  if (!HASHES.has(hash)) return refuse(`it is signed with the hash ${hash}; use SHA-256`);
  const genuine = await request.verify().catch(() => false);
  if (!genuine) return refuse('its signature does not fit its key');
  return request.publicKey;
}
