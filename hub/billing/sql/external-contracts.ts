import { statement } from '../../core/database/statement.ts';

/** Takes the name of a contract that is imported; no row: it is taken. `$3` SHA-256 of the row. Waits for another transaction that takes it now. */
export const takeExternalContract = statement<{ taken: boolean }>(
  'billing.externalContract.take',
  'INSERT INTO contract_external (source, external_id, content, made_contract) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING RETURNING true AS taken',
);

export const findExternalContract = statement<{ same: boolean; id: number; title: string | null }>(
  'billing.externalContract.find',
  `SELECT e.content = $3 AS same, e.made_contract AS id, c.title FROM contract_external e LEFT JOIN contract c ON c.contract_id = e.made_contract
   WHERE e.source = $1 AND e.external_id = $2`,
);

export const fillExternalContract = statement(
  'billing.externalContract.fill',
  'UPDATE contract_external SET made_contract = $3 WHERE source = $1 AND external_id = $2',
);
