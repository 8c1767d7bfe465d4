import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { requireTask } from './add-rule.ts';
import { ruleView, showRule } from './list-rules.ts';
import { differences, recordChange } from './record-change.ts';
import { isId, refusal, refusedBy } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { type RuleChange, type RuleView, ruleChange } from './rule.ts';
import { lockRule, updateRule } from './sql/rules.ts';

/** Changes a rule; what is left out stays. @throws HubError NOT_FOUND `unknown_rule`, `unknown_task`; STALE_VERSION; VALIDATION; CONFLICT `name_taken` */
export async function changeRule(
  tx: Transaction,
  act: Act,
  { id, change, version }: { readonly id: number; readonly change: RuleChange; readonly version?: number | undefined },
): Promise<RuleView> {
  const wanted = validate(ruleChange, change, 'body');
  const [row] = isId(id) ? await lockRule(tx, id) : [];
  if (!row) throw refusal('unknown_rule', id);
  requireVersion(`rule ${id}`, row.version, version);
  const before = ruleView(row);
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as Partial<RuleView>;
  const after: RuleView = { ...before, ...given };
  const difference = differences(before, after);
  if (!difference) return before;
  if (after.task_id !== before.task_id) await requireTask(tx, after.task_id);
  await refusedBy(
    { alerts_rule_name: () => refusal('name_taken', after.name, '', '/name') },
    updateRule(
      tx,
      id,
      after.name,
      after.enabled,
      JSON.stringify(after.filter),
      after.task_id,
      after.restart,
      after.cooldown,
      after.limit_per_hour,
      after.allow_own,
    ),
  );
  await recordChange(tx, act, {
    thing: 'rule',
    done: 'changed',
    id,
    before: difference.before,
    after: difference.after,
    data: { name: after.name },
    said: `Изменено правило «${after.name}» (${id})`,
  });
  return showRule(tx, id);
}
