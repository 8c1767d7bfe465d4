import { logPage, logSize } from '../../sql/read-log.ts';
import type { LineCommand } from '../call.ts';
import { readDate } from '../codec/dates.ts';
import { readNumber } from '../codec/ids.ts';
import { endLine } from '../codec/lines/frame.ts';
import { logBegin, logLine } from '../codec/lines/log-lines.ts';
import { LineRefusal, required } from '../refuse.ts';

const PORTION = 1_000;
const MOST_OFFSET = 999_999_999;

/** The log of a day by the clock of the alerts, from a line on; `lines` counts those that follow. */
export const getLog: LineCommand<'GETLOG'> = {
  async perform(call, { date: day, offset: from = '0' }) {
    const date = required(readDate(day));
    const offset = required(readNumber(from, 0, MOST_OFFSET));
    const { zone, context, out } = call;
    const db = context.database.work;
    const begin = date.toZonedDateTime(zone).toInstant();
    const end = date.add({ days: 1 }).toZonedDateTime(zone).toInstant();
    const [size] = await logSize(db, begin, end);
    if (!size?.lines || size.last === null) throw new LineRefusal('ERR_NOLOGFILE');
    let left = Math.max(0, size.lines - offset);
    logBegin(out, call.name, date, left);
    let place = { at: begin.subtract({ seconds: 1 }), id: 0 };
    for (let skip = offset; left > 0; skip = 0) {
      const rows = await logPage(db, begin, end, size.last, place.at, place.id, skip, Math.min(PORTION, left));
      for (const row of rows) logLine(out, row, zone);
      left -= rows.length;
      place = rows.at(-1) ?? place;
      if (rows.length === 0) break;
      const full = call.piece();
      if (full) await full;
    }
    endLine(out, call.name);
  },
};
