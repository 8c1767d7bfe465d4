import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { listCursor } from './list-cursor.ts';
import { requireRun } from './list-runs.ts';
import { HIGHEST_ID, isId, refusal } from './refusals.ts';
import { RESULT, type Result } from './result.ts';
import { type AttemptViewRow, attemptPortion, personAttempts, personEver } from './sql/run-views.ts';

/** One dial, SMS or mail for a target. */
export interface AttemptView {
  readonly id: number;
  readonly target: number;
  readonly name: string;
  readonly round: number;
  readonly address: string;
  readonly channel: number | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  /** `underWay` until it is known what came of it. */
  readonly result: Result;
  readonly code: string;
  readonly detail: string;
  readonly heard_ms: number | null;
  readonly confirmed_at: string | null;
  /** Target that made it, where this one shares it. */
  readonly shared_with: number | null;
}

const attemptView = (row: AttemptViewRow): AttemptView => ({
  id: row.attemptId,
  target: row.no,
  name: row.name,
  round: row.round,
  address: row.address,
  channel: row.channel,
  started_at: row.startedAt.toString(),
  ended_at: row.endedAt?.toString() ?? null,
  result: (row.result ?? RESULT.underWay) as Result,
  code: row.code,
  detail: row.detail,
  heard_ms: row.heard,
  confirmed_at: row.confirmedAt?.toString() ?? null,
  shared_with: row.madeBy,
});

const MARK = 'a2';
const PLACE = /^a2\.(\d{1,10})\.(\d{1,16})$/;
const cursorOf = (target: number, attempt: number): string => Buffer.from(`${MARK}.${target}.${attempt}`).toString('base64url');

/** @throws HubError BAD_REQUEST with the reason `cursor` */
function placeOf(cursor: string | undefined): readonly [target: number, attempt: number] {
  if (cursor === undefined) return [0, 0];
  const [, target, attempt] = PLACE.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const place = [Number(target), Number(attempt)] as const;
  if (place[0] <= HIGHEST_ID && Number.isSafeInteger(place[1]) && cursorOf(...place) === cursor) return place;
  throw new HubError('BAD_REQUEST', 'after: this is no cursor that a list of attempts answered; leave it out for the first page', {
    reason: 'cursor',
    russian: 'after: это не курсор из ответа списка попыток; без него список начинается сначала',
  });
}

export interface AttemptsWish {
  /** Only of this target of the run. */
  readonly target?: number | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Attempts of a run by target and time. @throws HubError NOT_FOUND `unknown_run`; BAD_REQUEST on a damaged cursor */
export async function listAttempts(db: Queryable, runId: number, { target, after, limit }: AttemptsWish): Promise<Page<AttemptView>> {
  const [no, attempt] = placeOf(after);
  await requireRun(db, runId);
  if (target !== undefined && !isId(target)) return { items: [], next: null };
  const rows = await attemptPortion(db, runId, no, attempt, limit + 1, target ?? null);
  return pageOf(rows.map(attemptView), limit, (last) => cursorOf(last.target, last.id));
}

/** An attempt for a person, with the run that made it. */
export interface HistoryView extends AttemptView {
  readonly run_id: number;
  readonly task_id: number;
  readonly number: number;
  readonly task: string;
  readonly type: number;
  /** Of the person in the run. */
  readonly target_result: Result;
}

/**
 * Attempts for a person over all tasks, the newest first; those of runs that are kept, also when the person is deleted.
 * @throws HubError NOT_FOUND `unknown_person`; BAD_REQUEST on a damaged cursor
 */
export async function listHistory(
  db: Queryable,
  personId: number,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<HistoryView>> {
  const below = listCursor.idOf(after) || Number.MAX_SAFE_INTEGER;
  const [person] = isId(personId) ? await personEver(db, personId) : [];
  if (!person?.known) throw refusal('unknown_person', personId);
  const rows = await personAttempts(db, personId, below, limit + 1);
  const views = rows.map((row) => ({
    ...attemptView(row),
    run_id: row.runId,
    task_id: row.taskId,
    number: row.number,
    task: row.task,
    type: row.type,
    target_result: row.targetResult as Result,
  }));
  return pageOf(views, limit, ({ id }) => listCursor.after(id));
}
