import { createPrivateKey, X509Certificate } from 'node:crypto';

/** Client certificates and private authorities of an endpoint (spec 4, `client_cert` and `ca`; B13). */

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const MOST_CERTIFICATES = 20;

/** Why a certificate is refused. */
export interface CertificateFault {
  readonly en: string;
  readonly ru: string;
}

const fault = (en: string, ru: string): CertificateFault => ({ en, ru });

function certificatesOf(pem: string): X509Certificate[] | CertificateFault {
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || blocks.length > MOST_CERTIFICATES)
    return fault(
      `must hold 1 to ${MOST_CERTIFICATES} certificates in PEM (-----BEGIN CERTIFICATE-----)`,
      `должно быть от 1 до ${MOST_CERTIFICATES} сертификатов в формате PEM (-----BEGIN CERTIFICATE-----)`,
    );
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return fault('one of the certificates cannot be read', 'один из сертификатов не удаётся прочитать');
  }
}

/** @returns undefined when the chain's first certificate is in force and belongs to the key. */
export function clientCertificateFault(
  { certificate, key }: { readonly certificate: string; readonly key: string },
  now: Temporal.Instant,
): CertificateFault | undefined {
  const chain = certificatesOf(certificate);
  if ('en' in chain) return chain;
  const [own] = chain;
  if (!own) return undefined;
  let matches: boolean;
  try {
    matches = own.checkPrivateKey(createPrivateKey(key));
  } catch {
    return fault('the key is no private key in PEM without a password', 'ключ не является закрытым ключом в формате PEM без пароля');
  }
  if (!matches)
    return fault('the key does not belong to the first certificate of the chain', 'ключ не относится к первому сертификату цепочки');
  const until = own.validToDate.toISOString().slice(0, 10);
  if (own.validToDate.getTime() <= now.epochMilliseconds)
    return fault(`the certificate has expired on ${until}`, `срок действия сертификата истёк ${until}`);
  if (own.validFromDate.getTime() > now.epochMilliseconds)
    return fault(
      `the certificate is not valid before ${own.validFromDate.toISOString().slice(0, 10)}`,
      `сертификат ещё не действует: начало ${own.validFromDate.toISOString().slice(0, 10)}`,
    );
  return undefined;
}

/** A private authority may also be expired: that ends attempts, not the save. */
export function authorityFault(pem: string): CertificateFault | undefined {
  const found = certificatesOf(pem);
  return 'en' in found ? found : undefined;
}

/** When the client certificate ends, for the console. */
export const certificateEnd = (certificate: string): Temporal.Instant | undefined => {
  const chain = certificatesOf(certificate);
  return 'en' in chain || !chain[0] ? undefined : Temporal.Instant.fromEpochMilliseconds(chain[0].validToDate.getTime());
};
