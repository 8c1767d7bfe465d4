import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { recordChange } from './record-change.ts';
import { isId, refusal } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { lockRule, removeRule } from './sql/rules.ts';

/** Deletes a rule with what is noted of its matches; runs that it started stay. @throws HubError NOT_FOUND `unknown_rule`; STALE_VERSION */
export async function deleteRule(tx: Transaction, act: Act, id: number, version?: number): Promise<void> {
  const [row] = isId(id) ? await lockRule(tx, id) : [];
  if (!row) throw refusal('unknown_rule', id);
  requireVersion(`rule ${id}`, row.version, version);
  await removeRule(tx, id);
  const { name } = row;
  await recordChange(tx, act, {
    thing: 'rule',
    done: 'deleted',
    id,
    before: { name },
    data: { name },
    said: `Удалено правило «${name}» (${id})`,
  });
}
