import { CONTRACT_COLUMNS, type ContractRow } from '@vestnik/hub/billing/sql/contracts.ts';
import { statement } from '@vestnik/hub/core/database/statement.ts';

/** What the peers ask the database for each call: the columns that contractGet needs, of one contract by its number. */
export const contractById = statement<ContractRow>(
  'bench.contractById',
  `SELECT ${CONTRACT_COLUMNS} FROM contract c WHERE c.contract_id = $1`,
);
