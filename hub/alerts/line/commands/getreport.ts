import { runOfTask } from '../../list-runs.ts';
import { recordReport } from '../../record-report.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { readReportFormat } from '../codec.ts';
import { required } from '../refuse.ts';
import { createHexLines } from '../write-hex.ts';

/** The report of a run, with the results so far while it is under way. */
export const getReport: LineCommand = {
  refusals: { never_run: 'ERR_TASKNOTRUNNING', other: 'ERR_GETREPORT' },
  async perform(call, [tid = '', wanted = '', run]) {
    const { context, act, caller } = call;
    const id = required(readId(tid));
    const format = wanted === '' ? act.settings.reportFormat : required(readReportFormat(wanted));
    const number = run === undefined ? undefined : required(readId(run));
    const row = await runOfTask(context.database.work, id, number);
    await recordReport(context.database, caller, row, format === 'XLS' ? 'xls' : 'html');
    const pieces = context.reportOf(act, row.runId, format)[Symbol.asyncIterator]();
    try {
      // What cannot be made at all is an error, not half an answer.
      let piece = await pieces.next();
      call.out.line('GETREPORT BEGIN', format);
      const lines = createHexLines(call);
      for (; !piece.done; piece = await pieces.next()) await lines.write(piece.value);
      lines.end();
      call.out.line('GETREPORT END');
    } finally {
      await pieces.return?.();
    }
  },
};
