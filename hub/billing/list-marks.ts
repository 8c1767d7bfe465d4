import type { Queryable } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { findContract } from './find-contract.ts';
import { labelsOfContract } from './sql/contract-labels.ts';
import { groupRows } from './sql/groups.ts';

interface Mark {
  readonly id: number;
  readonly title: string;
}

/** Groups and labels of a contract; `version` is the contract's. @throws HubError NOT_FOUND */
export async function listMarks(
  db: Queryable,
  act: Act,
  contractId: number,
): Promise<{ readonly groups: Mark[]; readonly labels: Mark[]; readonly version: number }> {
  const { id, groups, version } = await findContract(db, act, contractId);
  const mask = BigInt(groups);
  const marked = (await groupRows(db)).filter((group) => (mask >> BigInt(group.id)) & 1n);
  return { groups: marked.map((group) => ({ id: group.id, title: group.title })), labels: await labelsOfContract(db, id), version };
}
