import { statement } from '../../core/database/statement.ts';

export type ExternalPayment = { same: boolean; ids: number[] };

/** Takes the key of a payment; no row: it is taken. `$3` SHA-256 of what was sent. Waits for another transaction that takes it at the same time. */
export const takeExternal = statement<{ taken: boolean }>(
  'billing.external.take',
  'INSERT INTO payment_external (source, external_id, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true AS taken',
);

export const findExternal = statement<ExternalPayment>(
  'billing.external.find',
  'SELECT content = $3 AS same, payment_ids AS ids FROM payment_external WHERE source = $1 AND external_id = $2',
);

export const fillExternal = statement(
  'billing.external.fill',
  'UPDATE payment_external SET payment_ids = $3::int[] WHERE source = $1 AND external_id = $2',
);

/** The payments that were sent under a name; they may be gone since. */
export const externalIds = statement<{ ids: number[] }>(
  'billing.external.ids',
  'SELECT payment_ids AS ids FROM payment_external WHERE source = $1 AND external_id = $2',
);
