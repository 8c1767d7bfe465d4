import { statement } from '../../core/database/statement.ts';

export type LabelRow = { id: number; title: string };

export const labelById = statement<LabelRow>('billing.labelById', 'SELECT label_id AS id, title FROM billing_label WHERE label_id = $1');

export const labelsOfContract = statement<LabelRow>(
  'billing.labelsOfContract',
  'SELECT l.label_id AS id, l.title FROM contract_label c JOIN billing_label l USING (label_id) WHERE c.contract_id = $1 ORDER BY l.title, l.label_id',
);

/** @returns nothing when the contract has the label already */
export const putLabel = statement<{ id: number }>(
  'billing.putLabel',
  'INSERT INTO contract_label (contract_id, label_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING label_id AS id',
);

/** @returns nothing when the contract does not have it */
export const takeLabel = statement<{ id: number }>(
  'billing.takeLabel',
  'DELETE FROM contract_label WHERE contract_id = $1 AND label_id = $2 RETURNING label_id AS id',
);
