import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { TaskStatus } from '../../../kinds.ts';
import type { Result } from '../../../result.ts';
import type { RunRow } from '../../../run.ts';
import type { RunProgress } from '../../../run-progress.ts';
import { RESULT, STATUS } from '../../codec.ts';
import { orAbsent } from '../absent.ts';
import { wireDate } from '../dates.ts';
import { headOf } from './frame.ts';

const NAME = 'GETTASKINFO';

/** Writes how far a run is: `<id> <run> <status> <start> <total> <done> <notified> <confirmed> <failed> <left>` (specification of alerts 3.4). */
export function progressLine(
  out: LineWriter,
  head: 'BEGIN' | 'OK',
  { taskId, number, status, startedAt }: Pick<RunRow, 'taskId' | 'number' | 'status' | 'startedAt'>,
  { total, done, notified, confirmed, failed, left }: RunProgress,
  zone: string,
): void {
  headOf(out, NAME, head)
    .number(taskId)
    .number(number)
    .number(STATUS.write(status as TaskStatus))
    .text(wireDate.write(startedAt, zone))
    .number(total)
    .number(done)
    .number(notified)
    .number(confirmed)
    .number(failed)
    .number(left)
    .end();
}

/** One subscriber inside a run. */
export interface TargetLine {
  readonly personId: number;
  readonly result: Result;
  readonly attempts: number;
  readonly at: Temporal.Instant | null;
  readonly address: string;
  readonly channel: number | null;
}

/** Writes `<id> <run> <abonid> <result> <attempts> <lasttime> <address> <channel>`. */
export function targetLine(
  out: LineWriter,
  head: 'DATA' | 'ABON',
  { taskId, number }: Pick<RunRow, 'taskId' | 'number'>,
  target: TargetLine,
  zone: string,
): void {
  const { personId, result, attempts, at, address, channel } = target;
  headOf(out, NAME, head)
    .number(taskId)
    .number(number)
    .number(personId)
    .number(RESULT.write(result))
    .number(attempts)
    .text(wireDate.write(at, zone))
    .text(address)
    .value(orAbsent(channel))
    .end();
}

/** Says that a run has its report: `<id> <run>` (specification of alerts 3.12). */
export function reportReadyLine(out: LineWriter, taskId: number, number: number): void {
  out.word('REPORTREADY').number(taskId).number(number).end();
}
