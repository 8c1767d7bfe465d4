import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { reason as reasonSchema } from './client.ts';
import { needClient } from './find-client.ts';
import { FEED_REVOKED } from './notifications.ts';
import { type CertificateRow, certificatesOfClient, revokeCertificates } from './sql/certificates.ts';
import { notify } from './sql/notify.ts';

const bare = (serial: string): string => serial.replace(/[\s:]/g, '').toLowerCase();

/**
 * Revokes one certificate of a client, or without `serial` all that are not revoked yet. Every hub cuts their connections within a
 * second. The state of the client does not change.
 * @param input.serial hexadecimal; case, spaces and colons do not matter.
 * @throws HubError NOT_FOUND (client, serial), VALIDATION (reason), CONFLICT when there is nothing left to revoke.
 */
export async function revokeCertificate(
  tx: Transaction,
  caller: Caller,
  input: { readonly client: string; readonly serial?: string | undefined; readonly reason: string },
): Promise<CertificateRow[]> {
  const reason = validate(reasonSchema, input.reason, 'body');
  const client = await needClient(tx, input.client, 'lock');
  const all = await certificatesOfClient(tx, client.clientId);
  const { serial } = input;
  const wanted =
    serial === undefined ? all.filter((row) => row.revokedAt === null) : all.filter((row) => bare(row.serial) === bare(serial));
  const [first] = wanted;
  if (!first) {
    if (serial === undefined) throw new HubError('CONFLICT', `the client ${client.name} has no certificate that could be revoked`);
    const known = all.map((row) => row.serial).join(', ') || 'none';
    throw new HubError('NOT_FOUND', `the client ${client.name} has no certificate ${serial.slice(0, 80)}; it has ${known}`);
  }
  if (first.revokedAt !== null) throw new HubError('CONFLICT', `the certificate ${first.serial} was revoked at ${first.revokedAt}`);
  const revoked = await revokeCertificates(
    tx,
    client.clientId,
    wanted.map((row) => row.fingerprint),
    caller.login,
    reason,
  );
  for (const row of revoked) {
    const about = { serial: row.serial, notAfter: row.notAfter.toString() };
    await audit(tx, caller, { action: 'tickets.certificate.revoke', object: client.name, before: about, reason });
    await publish(tx, {
      type: 'vestnik.tickets.certificate.revoked',
      subject: client.name,
      data: { client: client.name, ...about, reason, by: caller.login },
    });
    await notify(tx, FEED_REVOKED, row.fingerprint.toString('hex'));
  }
  return revoked;
}
