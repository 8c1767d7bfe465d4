import { statement } from '../../core/database/statement.ts';
import { fenceCondition } from '../fence.ts';

/** Of the contracts `$1` those that lie within the fence `$2` to `$4`; a deleted one where it lay last. */
export const contractsWithin = statement<{ id: number }>(
  'billing.contractsWithin',
  `SELECT c.contract_id AS id FROM contract c WHERE c.contract_id = ANY ($1::int[]) AND ${fenceCondition(2)}
   UNION ALL
   SELECT a.contract_id FROM contract_archive a, LATERAL (
     SELECT (a.record -> 'contract' ->> 'groups')::bigint AS groups, (a.record -> 'contract' ->> 'domain_id')::int AS domain_id) c
   WHERE a.contract_id = ANY ($1) AND ${fenceCondition(2)}`,
);
