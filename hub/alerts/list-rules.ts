import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { listCursor } from './list-cursor.ts';
import { isId, refusal } from './refusals.ts';
import type { RuleView } from './rule.ts';
import type { RuleFilter } from './rule-filter.ts';
import { matchPage, type RuleRow, ruleById, rulePage } from './sql/rules.ts';

export const ruleView = (row: RuleRow): RuleView => ({
  id: row.ruleId,
  name: row.name,
  enabled: row.enabled,
  filter: row.filter as RuleFilter,
  task_id: row.taskId,
  restart: row.restart,
  cooldown: row.cooldown,
  limit_per_hour: row.limitPerHour,
  allow_own: row.allowOwn,
  version: row.version,
  created_at: row.createdAt.toString(),
  changed_at: row.changedAt.toString(),
});

export interface PageWish {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Rules by id. @throws HubError BAD_REQUEST on a damaged cursor */
export async function listRules(db: Queryable, { after, limit }: PageWish): Promise<Page<RuleView>> {
  const rows = await rulePage(db, listCursor.idOf(after), limit + 1);
  return pageOf(rows.map(ruleView), limit, ({ id }) => listCursor.after(id));
}

/** @throws HubError NOT_FOUND `unknown_rule` */
export async function showRule(db: Queryable, id: number): Promise<RuleView> {
  const [row] = isId(id) ? await ruleById(db, id) : [];
  if (!row) throw refusal('unknown_rule', id);
  return ruleView(row);
}

/** What came of an event that fitted a rule. */
export interface MatchView {
  readonly event_id: string;
  readonly at: string;
  readonly outcome: string;
  readonly run_id: number | null;
  readonly reason: string;
}

const PLACE = /^a3\.(\d{1,18})\.([\w-]{1,60})$/;
const cursorOf = (micros: string, event: string): string => Buffer.from(`a3.${micros}.${event}`).toString('base64url');

/** Matches of a rule, the newest first. @throws HubError NOT_FOUND `unknown_rule`; BAD_REQUEST on a damaged cursor */
export async function listMatches(db: Queryable, id: number, { after, limit }: PageWish): Promise<Page<MatchView>> {
  const [, micros, event] = after === undefined ? [] : (PLACE.exec(Buffer.from(after, 'base64url').toString('latin1')) ?? []);
  if (after !== undefined && (micros === undefined || event === undefined || cursorOf(micros, event) !== after))
    throw new HubError('BAD_REQUEST', 'after: this is no cursor that a list of matches answered; leave it out for the first page', {
      reason: 'cursor',
      russian: 'after: это не курсор из ответа списка срабатываний; без него список начинается сначала',
    });
  await showRule(db, id);
  const { items, next } = pageOf(await matchPage(db, id, micros ?? null, event ?? '', limit + 1), limit, (last) =>
    cursorOf(last.micros, last.eventId),
  );
  return {
    items: items.map(({ eventId, at, outcome, runId, reason }) => ({
      event_id: eventId,
      at: at.toString(),
      outcome,
      run_id: runId,
      reason,
    })),
    next,
  };
}
