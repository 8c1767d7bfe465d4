import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { readEnded } from '../core/deliveries/log.ts';
import { publishJob } from './add-resend-job.ts';
import type { DeliveryState } from './delivery-view.ts';
import { type DeliveryFilter, findDeliveries } from './list-deliveries.ts';
import { MOST_RESENT } from './mass-resend.ts';
import { resendRows } from './resend-deliveries.ts';
import {
  addResendItems,
  advanceResendJob,
  claimResendJob,
  nextResendItems,
  type ResendJobRow,
  setResendJobState,
} from './sql/resend-jobs.ts';
import type { TickSource } from './ticks.ts';

/** Deliveries that one look notes. */
const LOOK = 1_000;
/** A job tells of its progress when a multiple of this is passed. */
const TELL_EVERY = 1_000;

/** The filter as it was stored: times are texts there. */
function filterOf(stored: ResendJobRow['filter']): DeliveryFilter {
  const { from, to, ...others } = stored as Omit<DeliveryFilter, 'from' | 'to' | 'state'> & {
    readonly state: readonly DeliveryState[];
    readonly from?: string;
    readonly to?: string;
  };
  return {
    ...others,
    ...(from !== undefined && { from: Temporal.Instant.from(from) }),
    ...(to !== undefined && { to: Temporal.Instant.from(to) }),
  };
}

async function countOn(tx: Transaction, job: ResendJobRow): Promise<void> {
  const { rows, next } = await findDeliveries(tx, job.owners ?? undefined, filterOf(job.filter), { before: job.below, limit: LOOK });
  const ids = rows.map(({ id }) => id);
  const [counted = job] = await addResendItems(tx, job.jobId, ids, next ?? 0);
  if (counted.found > MOST_RESENT) {
    const [failed = counted] = await setResendJobState(
      tx,
      job.jobId,
      'failed',
      null,
      `more than ${MOST_RESENT} deliveries fit: narrow the filter`,
    );
    await publishJob(tx, failed);
    return;
  }
  if (next !== undefined) return;
  const [ready = counted] = await setResendJobState(tx, job.jobId, 'ready', null, null);
  await publishJob(tx, ready);
}

async function sendOn(tx: Transaction, ticks: TickSource, job: ResendJobRow & { readonly allowed: number }): Promise<void> {
  const items = await nextResendItems(tx, job.jobId, job.sentTo, job.allowed);
  const last = items.at(-1);
  if (!last) {
    const [done = job] = await setResendJobState(tx, job.jobId, 'done', null, null);
    await publishJob(tx, done);
    return;
  }
  const rows = await readEnded(
    tx,
    'callbacks',
    items.map(({ delivery }) => delivery),
  );
  const answers = await resendRows(tx, ticks, rows, { mode: job.mode, by: job.madeBy, job: job.jobId });
  const reasons = { ...job.reasons };
  const note = (reason: string, count: number): void => {
    if (count > 0) reasons[reason] = (reasons[reason] ?? 0) + count;
  };
  // What the retention has taken meanwhile is not there any more.
  note('gone', items.length - rows.length);
  for (const answer of answers) if ('refusal' in answer) note(answer.refusal, 1);
  const resent = answers.filter((answer) => 'id' in answer).length;
  const [now = job] = await advanceResendJob(
    tx,
    job.jobId,
    last.delivery,
    resent,
    items.length - resent,
    JSON.stringify(reasons),
    items.length,
  );
  const told = (row: ResendJobRow): number => Math.floor((row.resent + row.skipped) / TELL_EVERY);
  if (told(now) > told(job)) await publishJob(tx, now);
}

/**
 * One step of one job that has something to do: a look that counts, or a group that is sent, with the job's progress in one transaction, so that
 * nothing is sent twice whatever happens.
 * @returns false when there was nothing to do.
 */
export const runResendJobs = (database: Database, ticks: TickSource): Promise<boolean> =>
  database.transaction(async (tx) => {
    const [job] = await claimResendJob(tx);
    if (!job) return false;
    await (job.state === 'counting' ? countOn(tx, job) : sendOn(tx, ticks, job));
    return true;
  });
