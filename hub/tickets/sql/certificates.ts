import { statement } from '../../core/database/statement.ts';

export type CertificateRow = {
  fingerprint: Buffer;
  serial: string;
  notBefore: Temporal.Instant;
  notAfter: Temporal.Instant;
  issuedAt: Temporal.Instant;
  issuedBy: string;
  revokedAt: Temporal.Instant | null;
  revokedBy: string | null;
  reason: string | null;
};

const COLUMNS = `fingerprint, serial, not_before AS "notBefore", not_after AS "notAfter", issued_at AS "issuedAt", issued_by AS "issuedBy",
  revoked_at AS "revokedAt", revoked_by AS "revokedBy", reason`;

export const insertCertificate = statement(
  'tickets.insertCertificate',
  'INSERT INTO ticket_certificate (fingerprint, client_id, serial, not_before, not_after, issued_by) VALUES ($1, $2, $3, $4, $5, $6)',
);

/** Newest first. */
export const certificatesOfClient = statement<CertificateRow>(
  'tickets.certificatesOfClient',
  `SELECT ${COLUMNS} FROM ticket_certificate WHERE client_id = $1 ORDER BY issued_at DESC, serial`,
);

export const revokeCertificates = statement<CertificateRow>(
  'tickets.revokeCertificates',
  `UPDATE ticket_certificate SET revoked_at = now(), revoked_by = $3, reason = $4
   WHERE client_id = $1 AND fingerprint = ANY ($2::bytea[]) AND revoked_at IS NULL RETURNING ${COLUMNS}`,
);
