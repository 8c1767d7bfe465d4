import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { listCursor } from './list-cursor.ts';
import { HIGHEST_ID, isId, refusal } from './refusals.ts';
import type { RunRow } from './run.ts';
import { progressOf, type RunProgress } from './run-progress.ts';
import { runByNumber, runPage, taskEver } from './sql/run-views.ts';
import { runsById } from './sql/runs.ts';

/** A run with how far it is. */
export interface RunView {
  readonly row: RunRow;
  readonly progress: RunProgress;
}

async function withProgress(db: Queryable, rows: readonly RunRow[]): Promise<RunView[]> {
  const progress = await progressOf(db, rows);
  return rows.flatMap((row, at) => {
    const found = progress[at];
    return found ? [{ row, progress: found }] : [];
  });
}

export interface RunsWish {
  /** Only of this task. Runs of a deleted task stay. */
  readonly taskId?: number | undefined;
  readonly status?: number | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Runs, the newest first. @throws HubError NOT_FOUND `unknown_task`; BAD_REQUEST on a damaged cursor */
export async function listRuns(db: Queryable, { taskId, status, after, limit }: RunsWish): Promise<Page<RunView>> {
  const below = listCursor.idOf(after) || HIGHEST_ID;
  if (taskId !== undefined && (!isId(taskId) || (await taskEver(db, taskId)).length === 0)) throw refusal('unknown_task', taskId);
  const rows = await runPage(db, Math.min(below, HIGHEST_ID), limit + 1, taskId ?? null, status ?? null);
  const { items, next } = pageOf(rows, limit, ({ runId }) => listCursor.after(runId));
  return { items: await withProgress(db, items), next };
}

/** @throws HubError NOT_FOUND `unknown_run` */
export async function requireRun(db: Queryable, id: number): Promise<RunRow> {
  const [row] = isId(id) ? await runsById(db, [id]) : [];
  if (!row) throw refusal('unknown_run', id);
  return row;
}

/** @throws HubError NOT_FOUND `unknown_run` */
export async function showRun(db: Queryable, id: number): Promise<RunView> {
  const [view] = await withProgress(db, [await requireRun(db, id)]);
  if (!view) throw refusal('unknown_run', id);
  return view;
}

/**
 * A run of a task that is not deleted.
 * @param number of the run within the task; undefined: the last
 * @throws HubError NOT_FOUND `unknown_task`, `unknown_run`; CONFLICT `never_run` for a task that has not run yet
 */
export async function runOfTask(db: Queryable, taskId: number, number: number | undefined): Promise<RunRow> {
  const [task] = isId(taskId) ? await taskEver(db, taskId) : [];
  if (!task || task.deleted) throw refusal('unknown_task', taskId);
  if (number !== undefined && !isId(number)) throw refusal('unknown_run', number);
  const [row] = await runByNumber(db, taskId, number ?? null);
  if (row) return row;
  throw number === undefined ? refusal('never_run', taskId) : refusal('unknown_run', number);
}
