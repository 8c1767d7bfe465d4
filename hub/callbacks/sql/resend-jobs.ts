import { statement } from '../../core/database/statement.ts';
import type { ResendJobState } from '../mass-resend.ts';

export type ResendJobRow = {
  jobId: number;
  state: ResendJobState;
  filter: Record<string, unknown>;
  owners: number[] | null;
  mode: 'auto' | 'same_bytes' | 'render_again';
  rate: number;
  below: number;
  sentTo: number;
  found: number;
  resent: number;
  skipped: number;
  reasons: Record<string, number>;
  fault: string | null;
  madeBy: string;
  madeIn: string;
  madeAt: Temporal.Instant;
  changedAt: Temporal.Instant;
};

const COLUMNS = `job_id AS "jobId", state, filter, owners, mode, rate, below, sent_to AS "sentTo", found, resent, skipped, reasons, fault,
  made_by AS "madeBy", made_in AS "madeIn", made_at AS "madeAt", changed_at AS "changedAt"`;

/** It is about deliveries that are there now. `$1` filter, `$2` owners, `$3` mode, `$4` rate, `$5` who, `$6` by which face. */
export const insertResendJob = statement<ResendJobRow>(
  'callbacks.insertResendJob',
  `INSERT INTO callback_resend_job (state, filter, owners, mode, rate, below, made_by, made_in)
   SELECT 'counting', $1::json, $2, $3, $4, last_value + 1, $5, $6 FROM delivery_id RETURNING ${COLUMNS}`,
);

export const resendJobById = statement<ResendJobRow>(
  'callbacks.resendJobById',
  `SELECT ${COLUMNS} FROM callback_resend_job WHERE job_id = $1`,
);

export const lockResendJob = statement<ResendJobRow>(
  'callbacks.lockResendJob',
  `SELECT ${COLUMNS} FROM callback_resend_job WHERE job_id = $1 FOR UPDATE`,
);

/** The newest first, below `$1`; `$2` owners of the scope (null: all). */
export const resendJobPage = statement<ResendJobRow>(
  'callbacks.resendJobPage',
  `SELECT ${COLUMNS} FROM callback_resend_job WHERE job_id < $1 AND ($2::bigint[] IS NULL OR owners <@ $2) ORDER BY job_id DESC LIMIT $3`,
);

export const setResendJobState = statement<ResendJobRow>(
  'callbacks.setResendJobState',
  `UPDATE callback_resend_job SET state = $2, rate = COALESCE($3, rate), fault = $4, changed_at = now(), sent_at = now()
   WHERE job_id = $1 RETURNING ${COLUMNS}`,
);

/** A job that has something to do and that no other hub is at, locked. */
export const claimResendJob = statement<ResendJobRow & { allowed: number }>(
  'callbacks.claimResendJob',
  `SELECT ${COLUMNS}, LEAST(floor(rate * extract(epoch FROM now() - sent_at)), 1000)::int AS allowed FROM callback_resend_job
   WHERE state = 'counting' OR (state = 'running' AND rate * extract(epoch FROM now() - sent_at) >= 1)
   ORDER BY changed_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED`,
);

/** Notes what was found in one look: `$2` deliveries, `$3` the place down to which it was looked. */
export const addResendItems = statement<ResendJobRow>(
  'callbacks.addResendItems',
  `WITH fresh AS (
     INSERT INTO callback_resend_item (job_id, delivery) SELECT $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING RETURNING 1)
   UPDATE callback_resend_job SET found = found + (SELECT count(*) FROM fresh), below = $3, changed_at = now() WHERE job_id = $1 RETURNING ${COLUMNS}`,
);

/** The oldest ones that were not sent yet. */
export const nextResendItems = statement<{ delivery: number }>(
  'callbacks.nextResendItems',
  'SELECT delivery FROM callback_resend_item WHERE job_id = $1 AND delivery > $2 ORDER BY delivery LIMIT $3',
);

/** After a group: `$2` sent up to, `$3` resent, `$4` skipped, `$5` reasons, `$6` how many of the rate it used. */
export const advanceResendJob = statement<ResendJobRow>(
  'callbacks.advanceResendJob',
  `UPDATE callback_resend_job SET sent_to = $2, resent = resent + $3, skipped = skipped + $4, reasons = $5::json, changed_at = now(),
     sent_at = GREATEST(sent_at + make_interval(secs => $6::float8 / rate), now() - interval '1 second')
   WHERE job_id = $1 RETURNING ${COLUMNS}`,
);

/** Lists of jobs that are over, and jobs that nobody asks for any more. */
export const sweepResendJobs = statement(
  'callbacks.sweepResendJobs',
  `WITH items AS (
     DELETE FROM callback_resend_item WHERE job_id IN (SELECT job_id FROM callback_resend_job WHERE state IN ('done', 'canceled', 'failed')))
   DELETE FROM callback_resend_job WHERE state IN ('done', 'canceled', 'failed') AND changed_at < now() - interval '180 days'`,
);
