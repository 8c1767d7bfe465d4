import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { LogRow } from '../sql/read-log.ts';
import { wireDate } from './codec/dates.ts';

/** Writes a line of the log (specification of alerts 3.3). */
export function writeLog(out: LineWriter, { at, level, login, text }: LogRow, zone: string): void {
  out.line('GETLOG DATA', wireDate.writeTime(at, zone), level, login, text);
}
