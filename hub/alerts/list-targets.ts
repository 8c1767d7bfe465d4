import type { Queryable, Value } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { listCursor } from './list-cursor.ts';
import { requireRun } from './list-runs.ts';
import { RESULT, type Result } from './result.ts';
import { likeText } from './search-people.ts';
import { type TargetRow, targetsByNumbers, targetsWhere } from './sql/run-views.ts';

/** A subscriber inside a run. */
export interface TargetView {
  readonly no: number;
  readonly person_id: number;
  readonly name: string;
  readonly organization: string;
  readonly department: string;
  readonly rank: string;
  readonly position: string;
  readonly result: Result;
  readonly round: number;
  readonly attempts: number;
  readonly address: string;
  readonly channel: number | null;
  readonly confirmed_by: string;
  readonly detail: string;
  /** Number of the target whose attempts are its own, too. */
  readonly merged_with: number | null;
  readonly due_at: string | null;
  readonly first_at: string | null;
  readonly last_at: string | null;
}

const UNDER_WAY: readonly string[] = ['u', 'w'];

/** What a target's result is for whoever looks: `underWay` from its first byte on. */
export const resultNow = ({ state, result }: Pick<TargetRow, 'state' | 'result'>): Result =>
  result === RESULT.queued && UNDER_WAY.includes(state) ? RESULT.underWay : (result as Result);

export const targetView = (row: TargetRow): TargetView => ({
  no: row.no,
  person_id: row.personId,
  name: row.name,
  organization: row.organization,
  department: row.department,
  rank: row.rank,
  position: row.position,
  result: resultNow(row),
  round: row.round,
  attempts: row.attempts,
  address: row.address,
  channel: row.channel,
  confirmed_by: row.confirmedBy,
  detail: row.detail,
  merged_with: row.leader,
  due_at: row.dueAt?.toString() ?? null,
  first_at: row.firstAt?.toString() ?? null,
  last_at: row.lastAt?.toString() ?? null,
});

export interface TargetsWish {
  /** Only these results. */
  readonly results?: readonly Result[] | undefined;
  /** A part of the name or of an address, in any case of letters. */
  readonly text?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Targets of a run in the order in which they are told. @throws HubError NOT_FOUND `unknown_run`; BAD_REQUEST on a damaged cursor */
export async function listTargets(
  db: Queryable,
  runId: number,
  { results, text = '', after, limit }: TargetsWish,
): Promise<Page<TargetView>> {
  const values: Value[] = [];
  const bind = (value: Value): string => `$${values.push(value)}`;
  const behind = listCursor.idOf(after);
  await requireRun(db, runId);
  const conditions = [`t.run_id = ${bind(runId)}`, `t.no > ${bind(behind)}`];
  if (results) {
    const final = results.filter((result) => result !== RESULT.queued && result !== RESULT.underWay);
    const open = [
      ...(results.includes(RESULT.queued) ? [`t.state IN ('r', 'l', 'm')`] : []),
      ...(results.includes(RESULT.underWay) ? [`t.state IN ('u', 'w')`] : []),
    ];
    const either = [`(t.state = 'f' AND t.result = ANY (${bind(final)}::smallint[]))`, ...open];
    conditions.push(`(${either.join(' OR ')})`);
  }
  if (text.trim() !== '') {
    const part = bind(`%${likeText(text.trim())}%`);
    conditions.push(
      `(lower(t.name) LIKE lower(${part}) OR lower(t.address) LIKE lower(${part})
        OR EXISTS (SELECT FROM unnest(t.addresses) AS a (address) WHERE lower(a.address) LIKE lower(${part})))`,
    );
  }
  values.push(limit + 1);
  return pageOf((await targetsWhere(db, conditions, values)).map(targetView), limit, ({ no }) => listCursor.after(no));
}

/** Some targets of a run, by their numbers. */
export const targetsOf = async (db: Queryable, runId: number, numbers: readonly number[]): Promise<TargetView[]> =>
  (await targetsByNumbers(db, runId, numbers)).map(targetView);
