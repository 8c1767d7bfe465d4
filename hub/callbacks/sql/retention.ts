import { statement } from '../../core/database/statement.ts';

/** Bodies whose time is over, `$1` blocks at a time. */
export const deleteOldBodies = statement<{ block: string }>(
  'callbacks.deleteOldBodies',
  `DELETE FROM callback_body WHERE block IN (SELECT block FROM callback_body WHERE kept_until < now() ORDER BY kept_until LIMIT $1) RETURNING block`,
);

/** How long the log of each endpoint is kept, deleted ones included. */
export const logDays = statement<{ endpointId: number; until: Temporal.Instant }>(
  'callbacks.logDays',
  `SELECT e.endpoint_id AS "endpointId", now() - make_interval(days => (v.settings -> 'retention_days' ->> 'log')::int) AS until
   FROM callback_endpoint e JOIN callback_endpoint_version v ON v.endpoint_id = e.endpoint_id AND v.version = e.version ORDER BY e.endpoint_id`,
);

/** Links of deliveries that are no longer in the log. */
export const deleteResends = statement('callbacks.deleteResends', 'DELETE FROM callback_resend WHERE delivery = ANY ($1::bigint[])');
