import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { LogRow } from '../../../sql/read-log.ts';
import { wireDate, writeDate } from '../dates.ts';
import { headOf } from './frame.ts';

/** Writes the first line of a day's log: `<date> <lines>` (specification of alerts 3.3). */
export function logBegin(out: LineWriter, name: string, day: Temporal.PlainDate, lines: number): void {
  headOf(out, name, 'BEGIN').text(writeDate(day)).number(lines).end();
}

/** Writes a line of the log: `<time> <level> <login> <text>`; asked for and pushed, it is the same. */
export function logLine(out: LineWriter, { at, level, login, text }: LogRow, zone: string): void {
  headOf(out, 'GETLOG', 'DATA').text(wireDate.writeTime(at, zone)).text(level).text(login).text(text).end();
}
