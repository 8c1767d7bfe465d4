import { statement } from '../../core/database/statement.ts';
import type { AllowState } from '../allowed-address.ts';

/** A line of the allow-list as its row says. */
export type AllowRow = {
  allowId: number;
  state: AllowState;
  scheme: 'http' | 'https';
  host: string;
  port: number;
  pathPrefix: string;
  networks: string[];
  organizations: number[];
  validUntil: Temporal.Instant | null;
  reason: string;
  createdBy: string;
  forwardedBy: string | null;
  approvedBy: string | null;
  stepBy: string;
  stepReason: string | null;
  proofToken: string;
  provenAt: Temporal.Instant | null;
  version: number;
  createdAt: Temporal.Instant;
  changedAt: Temporal.Instant;
};

const COLUMNS = `allow_id AS "allowId", state, scheme, host, port, path_prefix AS "pathPrefix", networks, organizations,
  valid_until AS "validUntil", reason, created_by AS "createdBy", forwarded_by AS "forwardedBy", approved_by AS "approvedBy",
  step_by AS "stepBy", step_reason AS "stepReason", proof_token AS "proofToken", proven_at AS "provenAt", version,
  created_at AS "createdAt", changed_at AS "changedAt"`;

/** `$10` who made it, `$11` who approved it (null: it is a request). No row when such a line is open or approved already. */
export const insertAllow = statement<AllowRow>(
  'callbacks.insertAllow',
  `INSERT INTO callback_allow (state, scheme, host, port, path_prefix, networks, organizations, valid_until, reason, created_by, step_by,
     approved_by, proof_token)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12)
   ON CONFLICT (host, port, scheme, path_prefix, organizations) WHERE state IN ('requested', 'forwarded', 'approved') DO NOTHING
   RETURNING ${COLUMNS}`,
);

/** The open or approved line that stands in the way of a new one. */
export const presentAllow = statement<AllowRow>(
  'callbacks.presentAllow',
  `SELECT ${COLUMNS} FROM callback_allow WHERE host = $1 AND port = $2 AND scheme = $3 AND path_prefix = $4 AND organizations = $5
     AND state IN ('requested', 'forwarded', 'approved')`,
);

export const allowById = statement<AllowRow>('callbacks.allowById', `SELECT ${COLUMNS} FROM callback_allow WHERE allow_id = $1`);

/** The line, locked until the commit: steps of one line follow one another. */
export const lockAllow = statement<AllowRow>(
  'callbacks.lockAllow',
  `SELECT ${COLUMNS} FROM callback_allow WHERE allow_id = $1 FOR NO KEY UPDATE`,
);

/** A step: `$2` state, `$3` who, `$4` why. */
export const stepAllow = statement<AllowRow>(
  'callbacks.stepAllow',
  `UPDATE callback_allow SET state = $2, step_by = $3, step_reason = $4, version = version + 1, changed_at = now(), warned_at = NULL,
     forwarded_by = CASE WHEN $2 = 'forwarded' THEN $3 ELSE forwarded_by END,
     approved_by = CASE WHEN $2 = 'approved' THEN $3 ELSE approved_by END
   WHERE allow_id = $1 RETURNING ${COLUMNS}`,
);

export const proveAllow = statement<AllowRow>(
  'callbacks.proveAllow',
  `UPDATE callback_allow SET proven_at = now(), version = version + 1 WHERE allow_id = $1 RETURNING ${COLUMNS}`,
);

/** By id, after `$1`. `$2` states, `$3` organizations of the scope (null: all), `$4` a pattern for the host, `$5` rows. */
export const allowPage = statement<AllowRow>(
  'callbacks.allowPage',
  `SELECT ${COLUMNS} FROM callback_allow
   WHERE allow_id > $1 AND state = ANY($2) AND ($3::bigint[] IS NULL OR (organizations <@ $3 AND organizations <> '{}'))
     AND ($4::text IS NULL OR host LIKE $4)
   ORDER BY allow_id LIMIT $5`,
);

/** What is open to callbacks now, oldest first. */
export const approvedAllows = statement<AllowRow>(
  'callbacks.approvedAllows',
  `SELECT ${COLUMNS} FROM callback_allow WHERE state = 'approved' ORDER BY allow_id`,
);

export const allowVersion = statement<{ version: number }>('callbacks.allowVersion', 'SELECT version FROM callback_allow_version');

/** Lines whose time is over, locked; those that another hub is at are left to it. */
export const overdueAllows = statement<AllowRow>(
  'callbacks.overdueAllows',
  `SELECT ${COLUMNS} FROM callback_allow WHERE state = 'approved' AND valid_until <= now() ORDER BY allow_id LIMIT 100
   FOR NO KEY UPDATE SKIP LOCKED`,
);

/** Requests without a step since `$1` that were not told of, locked and marked as told. */
export const waitingAllows = statement<AllowRow>(
  'callbacks.waitingAllows',
  `UPDATE callback_allow SET warned_at = now() WHERE allow_id IN (
     SELECT allow_id FROM callback_allow WHERE state IN ('requested', 'forwarded') AND changed_at < $1 AND warned_at IS NULL
     ORDER BY allow_id LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED)
   RETURNING ${COLUMNS}`,
);
