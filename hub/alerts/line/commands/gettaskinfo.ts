import { runOfTask } from '../../list-runs.ts';
import { resultNow } from '../../list-targets.ts';
import { progressOf } from '../../run-progress.ts';
import { targetPortion } from '../../sql/run-views.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { endLine } from '../codec/lines/frame.ts';
import { progressLine, targetLine } from '../codec/lines/run-lines.ts';
import { required } from '../refuse.ts';

const PORTION = 1_000;

/** How a run goes, subscriber by subscriber. */
export const getTaskInfo: LineCommand<'GETTASKINFO'> = {
  refusals: { never_run: 'ERR_TASKNOTRUNNING', other: 'ERR_GETTASK' },
  async perform(call, { id: tid, run }) {
    const db = call.context.database.work;
    const number = run === undefined ? undefined : required(readId(run));
    const row = await runOfTask(db, required(readId(tid)), number);
    const [progress] = await progressOf(db, [row]);
    if (!progress) throw new Error(`run ${row.runId} has no progress`);
    const { out, zone } = call;
    progressLine(out, 'BEGIN', row, progress, zone);
    for (let after = 0; ; ) {
      const targets = await targetPortion(db, row.runId, after, PORTION, false);
      for (const target of targets) targetLine(out, 'DATA', row, { ...target, result: resultNow(target), at: target.lastAt }, zone);
      const last = targets.at(-1);
      if (!last || targets.length < PORTION) break;
      after = last.no;
      const full = call.piece();
      if (full) await full;
    }
    endLine(out, call.name);
  },
};
