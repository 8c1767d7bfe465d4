import { runOfTask } from '../../list-runs.ts';
import { recordReport } from '../../record-report.ts';
import type { LineCommand } from '../call.ts';
import { ifPresent } from '../codec/absent.ts';
import { readId } from '../codec/ids.ts';
import { reportLine } from '../codec/lines/file-lines.ts';
import { endLine } from '../codec/lines/frame.ts';
import { readReportFormat } from '../codec.ts';
import { required } from '../refuse.ts';
import { createHexLines } from '../write-hex.ts';

/** The report of a run, with the results so far while it is under way. */
export const getReport: LineCommand<'GETREPORT'> = {
  refusals: { never_run: 'ERR_TASKNOTRUNNING', other: 'ERR_GETREPORT' },
  async perform(call, { id: tid, format: wanted = '', run }) {
    const { context, act, caller } = call;
    const id = required(readId(tid));
    const named = ifPresent(wanted);
    const format = named === undefined ? act.settings.reportFormat : required(readReportFormat(named));
    const number = run === undefined ? undefined : required(readId(run));
    const row = await runOfTask(context.database.work, id, number);
    await recordReport(context.database, caller, row, format === 'XLS' ? 'xls' : 'html');
    const pieces = context.reportOf(act, row.runId, format)[Symbol.asyncIterator]();
    try {
      // What cannot be made at all is an error, not half an answer.
      let piece = await pieces.next();
      reportLine(call.out, call.name, format);
      const lines = createHexLines(call);
      for (; !piece.done; piece = await pieces.next()) await lines.write(piece.value);
      lines.end();
      endLine(call.out, call.name);
    } finally {
      await pieces.return?.();
    }
  },
};
