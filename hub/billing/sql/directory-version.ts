import { statement } from '../../core/database/statement.ts';

/** Grows with every change of a directory of billing, and of the operators. */
export const directoryVersion = statement<{ version: string }>(
  'billing.directoryVersion',
  'SELECT (b.version + i.version)::text AS version FROM billing_directory_version b, identity_version i',
);
