import { statement } from '../../core/database/statement.ts';
import { fenceCondition } from '../fence.ts';
import { CLOSED_DATES_LOCK } from './closed-dates.ts';
import { CONTRACT_COLUMNS, type ContractRow } from './contracts.ts';

/** Of a contract `c` the one whose money is its: a dependent member has none of its own, its head's counts (`payer.ts` says the same of a row). */
export const PAYER = 'CASE WHEN c.super_id > 0 AND c.sub_mode = 0 THEN c.super_id ELSE c.contract_id END';

/**
 * Locks the contract whose money that of `$1` is, within the fence `$2` to `$4`: of a dependent member the head, otherwise itself. Holds the closed
 * dates, too, in a statement before they are read: whoever closes a period waits until what is under way has ended.
 */
export const lockPayerRow = statement<ContractRow>(
  'billing.lockPayer',
  `SELECT ${CONTRACT_COLUMNS} FROM contract c WHERE c.contract_id =
     (SELECT ${PAYER} FROM contract c
      WHERE c.contract_id = $1 AND ${fenceCondition(2)} AND pg_advisory_xact_lock_shared(${CLOSED_DATES_LOCK}) IS NOT NULL) FOR NO KEY UPDATE`,
);

/** Members of the head `$1` within the fence `$2` to `$4`, by id. */
export const memberRows = statement<{ id: number; title: string; groups: string; domainId: number; dependent: boolean }>(
  'billing.members',
  `SELECT c.contract_id AS id, c.title, c.groups::text, c.domain_id AS "domainId", c.sub_mode = 0 AS dependent FROM contract c
   WHERE c.super_id = $1 AND c.super_id > 0 AND ${fenceCondition(2)} ORDER BY c.contract_id`,
);
