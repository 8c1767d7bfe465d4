import type { Queryable } from '../core/database/statement.ts';
import type { AddressPolicy } from './guard/address-policy.ts';
import { type AllowEntry, type AllowIndex, compileAllowList } from './guard/allow-match.ts';
import { judgeAddress, type Permitted, type Refused } from './guard/judge-address.ts';
import { approvedAllows } from './sql/allow.ts';

/** The allow-list as it is in the database, ready to be asked. */
export async function loadAllowIndex(db: Queryable): Promise<AllowIndex> {
  const rows = await approvedAllows(db);
  return compileAllowList(rows.map(({ allowId, ...row }): AllowEntry => ({ id: allowId, ...row })));
}

/** Stages 1 to 4 for an address as a setting, by the list as it is now, not as the hub remembers it: for enabling an endpoint in one transaction. */
export async function checkAllowed(
  db: Queryable,
  policy: AddressPolicy,
  address: string,
  organizationId: number | null,
): Promise<Permitted | Refused> {
  const index = await loadAllowIndex(db);
  return judgeAddress(address, { form: 'setting', policy, index, organizationId, now: Date.now() });
}
