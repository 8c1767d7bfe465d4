import { run, type Transaction } from '../core/database/statement.ts';
import { HubError, isDatabaseAway } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import type { StoredEvent } from '../core/events/subscribe.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import type { Act } from './act.ts';
import { ruleRefusal } from './rule.ts';
import { compileFilter, type RuleEvent, type RuleFilter } from './rule-filter.ts';
import { insertLog } from './sql/log.ts';
import { enabledRules, insertMatch, type RuleRow, recentStarts, settleMatch } from './sql/rules.ts';
import { lockTask } from './sql/runs.ts';
import { startRun } from './start-run.ts';
import { tellRefusedStart } from './tell-task.ts';

const notes = notesOf('alerts.rules');
/** Types of the alerts' own events. */
export const OWN = 'vestnik.alerts.';
/** Of PostgreSQL: the transaction must be made again as a whole. */
const AGAIN = /^(?:40|57|08|53)/;

/** Compiled filters by rule and version. */
export type FilterBook = (rule: RuleRow) => (event: RuleEvent) => boolean;

export function createFilterBook(): FilterBook {
  const known = new Map<number, { readonly version: number; readonly fits: (event: RuleEvent) => boolean }>();
  return (rule) => {
    const present = known.get(rule.ruleId);
    if (present?.version === rule.version) return present.fits;
    const fits = compileFilter(rule.filter as RuleFilter);
    known.set(rule.ruleId, { version: rule.version, fits });
    return fits;
  };
}

interface Outcome {
  readonly outcome: 'started' | 'running' | 'cooldown' | 'limit' | 'refused';
  readonly run: number | null;
  readonly reason: string;
}

/** Starts the task of a rule; whatever goes wrong with it is undone and told, so that no event stops those behind it. */
async function start(tx: Transaction, act: Act, rule: RuleRow, event: StoredEvent): Promise<Outcome> {
  const [task] = await lockTask(tx, rule.taskId);
  // Nothing starts a disabled task by itself; a person still can.
  if (task && !task.enabled) return { outcome: 'refused', run: null, reason: `task ${rule.taskId} is disabled` };
  await run(tx, 'SAVEPOINT alerts_rule');
  try {
    const initiator = { login: act.caller.login, how: 'rule', from: rule.name } as const;
    const standing = await startRun(tx, act, rule.taskId, { restart: rule.restart, initiator, event: event.data });
    await run(tx, 'RELEASE SAVEPOINT alerts_rule');
    const id = standing.run?.id ?? null;
    return standing.changed
      ? { outcome: 'started', run: id, reason: '' }
      : { outcome: 'running', run: id, reason: `run ${standing.run?.number} is under way` };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (isDatabaseAway(error) || (!(error instanceof HubError) && typeof code === 'string' && AGAIN.test(code))) throw error;
    await run(tx, 'ROLLBACK TO SAVEPOINT alerts_rule');
    if (error instanceof HubError) return { outcome: 'refused', run: null, reason: error.message };
    notes.error('the task of a rule could not be started', { rule: rule.name, event: event.position }, error);
    return { outcome: 'refused', run: null, reason: 'an internal error; see the log of the hub' };
  }
}

async function applyRule(tx: Transaction, act: Act, rule: RuleRow, event: StoredEvent): Promise<void> {
  const [first] = await insertMatch(tx, rule.ruleId, event.position);
  if (!first) return;
  const [recent] = await recentStarts(tx, rule.ruleId, rule.cooldown);
  const against = ruleRefusal(
    { cooldown: rule.cooldown, limit_per_hour: rule.limitPerHour },
    recent ?? { lastMinute: 0, lastHour: 0, seconds: null },
  );
  const outcome: Outcome = against ? { ...against, run: null } : await start(tx, act, rule, event);
  await settleMatch(tx, rule.ruleId, event.position, outcome.outcome, outcome.run, outcome.reason);
  const data = {
    rule_id: rule.ruleId,
    rule: rule.name,
    task_id: rule.taskId,
    event_id: event.position,
    event_type: event.type,
    ...outcome,
  };
  await publish(tx, { type: 'vestnik.alerts.rule.matched', subject: `rule/${rule.ruleId}`, data });
  if (outcome.outcome !== 'refused') return;
  await tellRefusedStart(tx, rule.taskId);
  await publish(tx, {
    type: 'vestnik.alerts.start.refused',
    subject: `task/${rule.taskId}`,
    data: { task_id: rule.taskId, rule: rule.name, event_id: event.position, reason: outcome.reason },
  });
  await insertLog(tx, 'warn', act.caller.login, `Правило «${rule.name}» (${rule.ruleId}): задание ${rule.taskId} не запущено`);
}

/**
 * Starts the tasks of the rules that events fit, in the transaction that moves the place behind the events: an event starts a task once, whatever hub looks at it
 * (specification of alerts, chapter 7). Own events are looked at only by rules that allow it.
 */
export async function applyRules(tx: Transaction, act: Act, book: FilterBook, events: readonly StoredEvent[]): Promise<void> {
  const rules = await enabledRules(tx);
  if (rules.length === 0) return;
  for (const event of events) {
    const own = event.type.startsWith(OWN);
    for (const rule of rules) {
      // What rules themselves tell would else never end.
      if (own && (!rule.allowOwn || event.type.startsWith('vestnik.alerts.rule.'))) continue;
      // A rule is about what happens from its making on.
      if (Temporal.Instant.compare(event.time, rule.createdAt) < 0) continue;
      if (book(rule)(event)) await applyRule(tx, act, rule, event);
    }
  }
}
