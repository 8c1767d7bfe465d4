import type { Queryable } from '../core/database/statement.ts';
import { countedAs, RESULT, type Result } from './result.ts';
import { openTargets, paceOfRuns } from './sql/run-views.ts';
import { runCounts } from './sql/runs.ts';

/** How far a run is (specification of alerts 4.11): `total = done + left`, `done = notified + confirmed + failed`, `left = queued + underWay + waiting`. */
export interface RunProgress {
  readonly total: number;
  readonly done: number;
  readonly notified: number;
  readonly confirmed: number;
  readonly failed: number;
  readonly left: number;
  /** Nothing of them is under way: to be told, to be told later, or merged with another target. */
  readonly queued: number;
  readonly underWay: number;
  /** Handed over; what became of it, or an answer, is waited for. */
  readonly waiting: number;
  /** By result, those that are not 0. */
  readonly results: ReadonlyMap<Result, number>;
  /** Targets that come to a result in a second, over the last minute; null: not known yet, or it does not run. */
  readonly perSecond: number | null;
  /** Seconds until all have one at this speed; null: nobody knows. */
  readonly secondsLeft: number | null;
}

/** Over how long the speed of a run is taken. Seconds. */
export const PACE_WINDOW = 60;

/** How far these runs are; in their order. A bounded number of rows is looked at for what is done, and each open target once. */
export async function progressOf(
  db: Queryable,
  runs: readonly { readonly runId: number; readonly total: number }[],
): Promise<RunProgress[]> {
  const ids = runs.map(({ runId }) => runId);
  if (ids.length === 0) return [];
  const [counts, open, paces] = await Promise.all([runCounts(db, ids), openTargets(db, ids), paceOfRuns(db, ids, PACE_WINDOW)]);
  const countsOf = Map.groupBy(counts, ({ runId }) => runId);
  const openOf = Map.groupBy(open, ({ runId }) => runId);
  const paceOf = new Map(paces.map((pace) => [pace.runId, pace]));
  return runs.map(({ runId, total }) => {
    const results = new Map<Result, number>();
    const sums = { notified: 0, confirmed: 0, failed: 0 };
    for (const { result, count } of countsOf.get(runId) ?? []) {
      if (count === 0 || result === RESULT.queued) continue;
      results.set(result as Result, count);
      sums[countedAs(result as Result)] += count;
    }
    const done = sums.notified + sums.confirmed + sums.failed;
    const left = Math.max(0, total - done);
    const inState = (state: string): number => openOf.get(runId)?.find((entry) => entry.state === state)?.count ?? 0;
    // Counters and states are read one after the other: what changed between shows as queued.
    const underWay = Math.min(left, inState('u'));
    const waiting = Math.min(left - underWay, inState('w'));
    const pace = paceOf.get(runId);
    const perSecond = pace && pace.seconds >= 1 ? Math.max(0, done - pace.done) / pace.seconds : null;
    const secondsLeft = left === 0 ? 0 : perSecond ? left / perSecond : null;
    return { total, done, ...sums, left, queued: left - underWay - waiting, underWay, waiting, results, perSecond, secondsLeft };
  });
}
