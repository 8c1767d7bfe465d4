import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Authority, IssuedClient } from '../core/identity/authority.ts';
import type { Caller } from '../core/identity/caller.ts';
import { needClient } from './find-client.ts';
import { insertCertificate } from './sql/certificates.ts';

export interface IssueCertificateInput {
  readonly client: string;
  /** 1..1825. (Default: 730) */
  readonly days?: number | undefined;
  /** A PKCS#10 request in PEM: the client keeps its key. Without it the hub makes the key, answers it once and does not keep it. */
  readonly csrPem?: string | undefined;
}

/**
 * Issues a certificate for a client and makes it known to the feed. Earlier ones stay valid, so a renewal leaves no gap.
 * @throws HubError NOT_FOUND, VALIDATION (days, request), CONFLICT when the client is closed.
 */
export async function issueCertificate(
  tx: Transaction,
  caller: Caller,
  authority: Pick<Authority, 'issueClient'>,
  { client: name, days, csrPem }: IssueCertificateInput,
): Promise<IssuedClient> {
  const client = await needClient(tx, name, 'lock');
  if (client.state === 'closed') throw new HubError('CONFLICT', `the client ${name} is closed; open it first`);
  const issued = await authority.issueClient({
    commonName: client.name,
    ...(days !== undefined && { days }),
    ...(csrPem !== undefined && { csrPem }),
  });
  const { fingerprint, serial, notBefore, notAfter } = issued;
  await insertCertificate(tx, fingerprint, client.clientId, serial, notBefore, notAfter, caller.login);
  const about = { serial, notAfter: notAfter.toString(), ownKey: csrPem !== undefined };
  await audit(tx, caller, {
    action: 'tickets.certificate.issue',
    object: client.name,
    after: { ...about, fingerprint: fingerprint.toString('hex') },
  });
  await publish(tx, {
    type: 'vestnik.tickets.certificate.issued',
    subject: client.name,
    data: { client: client.name, ...about, by: caller.login },
  });
  return issued;
}

/** The PEM file of a client: certificate and key in one, or the certificate alone when the client made the key itself. */
export const pemOf = ({ certificatePem, keyPem }: Pick<IssuedClient, 'certificatePem' | 'keyPem'>): string =>
  [certificatePem, ...(keyPem === undefined ? [] : [keyPem])].map((part) => `${part.trimEnd()}\n`).join('');
