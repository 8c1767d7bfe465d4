import { statement } from '../../core/database/statement.ts';
import { fenceCondition } from '../fence.ts';

/** The record of a contract as it is stored. */
export type ContractRow = {
  id: number;
  title: string;
  comment: string;
  groups: string;
  password: Buffer | null;
  dateFrom: Temporal.PlainDate;
  dateTo: Temporal.PlainDate | null;
  mode: 0 | 1;
  parameterGroupId: number;
  personType: number;
  hidden: boolean;
  superId: number;
  subMode: 0 | 1;
  status: number;
  statusFrom: Temporal.PlainDate | null;
  patternId: number;
  balanceLimit: string;
  domainId: number;
  version: number;
  /** Members of a head, and those of them that are dependent. */
  members: number[];
  dependents: number[];
};

export const CONTRACT_COLUMNS = `c.contract_id AS id, c.title, c.comment, c.groups::text, c.password, c.date_from AS "dateFrom", c.date_to AS "dateTo", c.mode,
  c.parameter_group_id AS "parameterGroupId", c.person_type AS "personType", c.hidden, c.super_id AS "superId", c.sub_mode AS "subMode", c.status,
  c.status_from AS "statusFrom", c.pattern_id AS "patternId", c.balance_limit AS "balanceLimit", c.domain_id AS "domainId", c.version,
  CASE WHEN c.super_id = -1 THEN ARRAY (SELECT m.contract_id FROM contract m WHERE m.super_id = c.contract_id AND m.super_id > 0 ORDER BY m.contract_id) ELSE '{}' END AS members,
  CASE WHEN c.super_id = -1 THEN ARRAY (SELECT m.contract_id FROM contract m WHERE m.super_id = c.contract_id AND m.super_id > 0 AND m.sub_mode = 0
    ORDER BY m.contract_id) ELSE '{}' END AS dependents`;

/** The contracts `$1` that lie within the fence `$2` to `$4`. */
export const contractsById = statement<ContractRow>(
  'billing.contractsById',
  `SELECT ${CONTRACT_COLUMNS} FROM contract c WHERE c.contract_id = ANY ($1::int[]) AND ${fenceCondition(2)}`,
);

/** The contract `$1` within that fence, locked: money, statuses and limits of a contract change one after another. */
export const lockContractRow = statement<ContractRow>(
  'billing.lockContract',
  `SELECT ${CONTRACT_COLUMNS} FROM contract c WHERE c.contract_id = $1 AND ${fenceCondition(2)} FOR NO KEY UPDATE`,
);
