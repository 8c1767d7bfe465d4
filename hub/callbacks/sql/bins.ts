import { statement } from '../../core/database/statement.ts';
import type { BinAnswer, BinVia } from '../bin.ts';

export type BinRow = {
  binId: number;
  token: string;
  organizationId: number | null;
  name: string;
  answer: BinAnswer;
  taken: number;
  kept: number;
  lastAt: Temporal.Instant | null;
  version: number;
  createdBy: string;
  createdAt: Temporal.Instant;
  changedAt: Temporal.Instant;
};

/** `days`: the parameter with the days that requests are kept. */
const select = (
  days: string,
): string => `SELECT b.bin_id AS "binId", b.token, b.organization_id AS "organizationId", b.name, b.answer, b.taken,
    (SELECT count(*)::int FROM callback_bin_request r WHERE r.bin_id = b.bin_id AND r.received_at > now() - make_interval(days => ${days})) AS kept,
    b.last_at AS "lastAt", b.version, b.created_by AS "createdBy", b.created_at AS "createdAt", b.changed_at AS "changedAt"
  FROM callback_bin b`;

export const insertBin = statement<{ binId: number }>(
  'callbacks.insertBin',
  `INSERT INTO callback_bin (token, organization_id, name, answer, created_by) VALUES ($1, $2, $3, $4, $5) RETURNING bin_id AS "binId"`,
);

/** Those who add a bin for one owner follow one another. */
export const lockOwner = statement(
  'callbacks.lockBinOwner',
  "SELECT pg_advisory_xact_lock(hashtextextended('callbacks.bins', COALESCE($1::bigint, 0)))",
);

export const countBins = statement<{ bins: number }>(
  'callbacks.countBins',
  'SELECT count(*)::int AS bins FROM callback_bin WHERE organization_id IS NOT DISTINCT FROM $1::bigint',
);

export const binById = statement<BinRow>('callbacks.binById', `${select('$2::int')} WHERE b.bin_id = $1`);

export const lockBin = statement('callbacks.lockBin', 'SELECT FROM callback_bin WHERE bin_id = $1 FOR NO KEY UPDATE');

/** By id, after `$1`. `$2` days, `$3` owners (null: all), `$4` rows. */
export const binPage = statement<BinRow>(
  'callbacks.binPage',
  `${select('$2::int')} WHERE b.bin_id > $1 AND ($3::bigint[] IS NULL OR b.organization_id = ANY ($3)) ORDER BY b.bin_id LIMIT $4`,
);

export const updateBin = statement(
  'callbacks.updateBin',
  'UPDATE callback_bin SET name = $2, answer = $3, version = version + 1, changed_at = now() WHERE bin_id = $1',
);

export const deleteBinRow = statement('callbacks.deleteBin', 'DELETE FROM callback_bin WHERE bin_id = $1');

export const binOfToken = statement<{ binId: number }>(
  'callbacks.binOfToken',
  'SELECT bin_id AS "binId" FROM callback_bin WHERE token = $1',
);

/**
 * Counts requests into bins, one array a column: tokens, how many. Locked in one order, so that two hubs never wait for each other; `taken` is
 * the number of the last. No row for a token without a bin.
 */
export const countRequests = statement<{ binId: number; token: string; taken: number; organizationId: number | null; answer: BinAnswer }>(
  'callbacks.countRequests',
  `WITH held AS MATERIALIZED (SELECT bin_id, token FROM callback_bin WHERE token = ANY ($1) ORDER BY bin_id FOR NO KEY UPDATE)
   UPDATE callback_bin b SET taken = b.taken + n.count, last_at = now()
   FROM held JOIN unnest($1::text[], $2::int[]) AS n (token, count) ON n.token = held.token
   WHERE b.bin_id = held.bin_id
   RETURNING b.bin_id AS "binId", b.token, b.taken, b.organization_id AS "organizationId", b.answer`,
);

/** One array a column. */
export const insertRequests = statement(
  'callbacks.insertRequests',
  `INSERT INTO callback_bin_request (bin_id, number, via, personal, method, content_type, bytes, answered, sealed)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bool[], $5::text[], $6::text[], $7::int[], $8::smallint[], $9::bytea[])`,
);

/** Leaves the newest of each bin: those above the numbers of `$2`. */
export const trimRequests = statement(
  'callbacks.trimRequests',
  'DELETE FROM callback_bin_request r USING unnest($1::bigint[], $2::bigint[]) AS t (bin_id, upto) WHERE r.bin_id = t.bin_id AND r.number <= t.upto',
);

/** Some of those that are older than `$1` days. */
export const sweepRequests = statement<{ number: number }>(
  'callbacks.sweepRequests',
  `DELETE FROM callback_bin_request WHERE (bin_id, number) IN (
     SELECT bin_id, number FROM callback_bin_request WHERE received_at < now() - make_interval(days => $1) ORDER BY received_at LIMIT $2)
   RETURNING number`,
);

export const clearRequests = statement('callbacks.clearRequests', 'DELETE FROM callback_bin_request WHERE bin_id = $1');

/** All that were made of real events. */
export const erasePersonalRequests = statement('callbacks.erasePersonalRequests', 'DELETE FROM callback_bin_request WHERE personal');

export type BinRequestRow = {
  number: number;
  receivedAt: Temporal.Instant;
  via: BinVia;
  personal: boolean;
  method: string;
  contentType: string | null;
  bytes: number;
  answered: number | null;
};

const REQUEST = `number, received_at AS "receivedAt", via, personal, method, content_type AS "contentType", bytes, answered`;
const FRESH = 'received_at > now() - make_interval(days => $2::int)';

/** The newest first: those of bin `$1` not older than `$2` days, numbers below `$3`, `$4` rows. */
export const requestPage = statement<BinRequestRow>(
  'callbacks.requestPage',
  `SELECT ${REQUEST} FROM callback_bin_request WHERE bin_id = $1 AND ${FRESH} AND number < $3 ORDER BY number DESC LIMIT $4`,
);

export const requestByNumber = statement<BinRequestRow & { sealed: Buffer }>(
  'callbacks.requestByNumber',
  `SELECT ${REQUEST}, sealed FROM callback_bin_request WHERE bin_id = $1 AND ${FRESH} AND number = $3`,
);
