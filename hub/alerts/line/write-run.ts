import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { TaskStatus } from '../kinds.ts';
import type { Result } from '../result.ts';
import type { RunRow } from '../run.ts';
import type { RunProgress } from '../run-progress.ts';

import { wireDate } from './codec/dates.ts';
import { RESULT, STATUS } from './codec.ts';

/** Writes how far a run is: `<id> <run> <status> <start> <total> <done> <notified> <confirmed> <failed> <left>` (specification of alerts 3.4). */
export function writeProgress(
  out: LineWriter,
  head: 'BEGIN' | 'OK',
  { taskId, number, status, startedAt }: Pick<RunRow, 'taskId' | 'number' | 'status' | 'startedAt'>,
  { total, done, notified, confirmed, failed, left }: RunProgress,
  zone: string,
): void {
  out.line(
    `GETTASKINFO ${head}`,
    taskId,
    number,
    STATUS.write(status as TaskStatus),
    wireDate.write(startedAt, zone),
    total,
    done,
    notified,
    confirmed,
    failed,
    left,
  );
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
export function writeTarget(
  out: LineWriter,
  head: 'DATA' | 'ABON',
  { taskId, number }: Pick<RunRow, 'taskId' | 'number'>,
  target: TargetLine,
  zone: string,
): void {
  const { personId, result, attempts, at, address, channel } = target;
  out.line(
    `GETTASKINFO ${head}`,
    taskId,
    number,
    personId,
    RESULT.write(result),
    attempts,
    wireDate.write(at, zone),
    address,
    channel ?? '',
  );
}
