import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { showRule } from './list-rules.ts';
import { recordChange } from './record-change.ts';
import { isId, refusal, refusedBy } from './refusals.ts';
import { type NewRuleInput, newRuleInput, type RuleView } from './rule.ts';
import { insertRule } from './sql/rules.ts';
import { taskEver } from './sql/run-views.ts';

/** @throws HubError NOT_FOUND `unknown_task`, also for a deleted one */
export async function requireTask(tx: Transaction, id: number): Promise<void> {
  const [task] = isId(id) ? await taskEver(tx, id) : [];
  if (!task || task.deleted) throw refusal('unknown_task', id, '', '/task_id');
}

/** Adds a rule. Events from now on are looked at. @throws HubError VALIDATION; NOT_FOUND `unknown_task`; CONFLICT `name_taken` */
export async function addRule(tx: Transaction, act: Act, input: NewRuleInput): Promise<RuleView> {
  const rule = validate(newRuleInput, input, 'body');
  await requireTask(tx, rule.task_id);
  const [made] = await refusedBy(
    { alerts_rule_name: () => refusal('name_taken', rule.name, '', '/name') },
    insertRule(
      tx,
      rule.name,
      rule.enabled,
      JSON.stringify(rule.filter),
      rule.task_id,
      rule.restart,
      rule.cooldown,
      rule.limit_per_hour,
      rule.allow_own,
    ),
  );
  const view = await showRule(tx, made?.id ?? 0);
  const { id, name } = view;
  await recordChange(tx, act, {
    thing: 'rule',
    done: 'added',
    id,
    after: rule,
    data: { name },
    said: `Добавлено правило «${name}» (${id})`,
  });
  return view;
}
