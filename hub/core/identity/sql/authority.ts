import { statement } from '../../database/statement.ts';

export const insertCheckValue = statement(
  'identity.insertCheckValue',
  'INSERT INTO secret_check (check_value) VALUES ($1) ON CONFLICT DO NOTHING',
);

export const selectCheckValue = statement<{ check_value: Buffer }>('identity.selectCheckValue', 'SELECT check_value FROM secret_check');

export const updateCheckValue = statement('identity.updateCheckValue', 'UPDATE secret_check SET check_value = $2 WHERE check_value = $1');

/** Until the end of the transaction no other hub makes a root or a server certificate. */
export const lockAuthority = statement('identity.lockAuthority', 'SELECT pg_advisory_xact_lock(7403913)');

/** A DER certificate with its sealed PKCS#8 key. */
export interface PairRow {
  readonly [column: string]: unknown;
  readonly certificate: Buffer;
  readonly private_key: Buffer;
}

export const selectRoot = statement<PairRow>('identity.selectRoot', 'SELECT certificate, private_key FROM authority');

export const insertRoot = statement('identity.insertRoot', 'INSERT INTO authority (certificate, private_key) VALUES ($1, $2)');

export const selectServerCertificate = statement<PairRow>(
  'identity.selectServerCertificate',
  'SELECT certificate, private_key FROM server_certificate WHERE names = $1',
);

export const storeServerCertificate = statement(
  'identity.storeServerCertificate',
  `INSERT INTO server_certificate (names, certificate, private_key, not_before, not_after) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (names) DO UPDATE SET certificate = EXCLUDED.certificate, private_key = EXCLUDED.private_key,
     not_before = EXCLUDED.not_before, not_after = EXCLUDED.not_after`,
);

export const deleteExpiredServerCertificates = statement(
  'identity.deleteExpiredServerCertificates',
  'DELETE FROM server_certificate WHERE not_after < $1',
);
