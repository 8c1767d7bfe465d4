import type { Queryable } from '../core/database/statement.ts';
import { type Fence, OPEN_FENCE } from './fence.ts';
import { type FenceRow, fenceOfOperator } from './sql/operator-fences.ts';

function fenceFrom({ groups, groupsMode, domains, parameterRules }: FenceRow): Fence {
  const mask = BigInt(groups);
  const parameters = new Map<number, 'none' | 'read'>();
  for (const [id, rule] of Object.entries(parameterRules)) if (rule === 'none' || rule === 'read') parameters.set(Number(id), rule);
  return {
    someOf: groupsMode === 0 ? mask : 0n,
    noneOf: groupsMode === 1 ? mask : 0n,
    domains: domains.length === 0 ? null : domains,
    parameters,
  };
}

/** The fence of an operator as it is stored; who has none sees all contracts. */
export async function loadFence(db: Queryable, operatorId: number): Promise<Fence> {
  const [row] = await fenceOfOperator(db, operatorId);
  return row ? fenceFrom(row) : OPEN_FENCE;
}
