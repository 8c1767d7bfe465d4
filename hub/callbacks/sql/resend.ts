import { statement } from '../../core/database/statement.ts';

/** Which of these events (`$1` txids, `$2` ids) are still kept, and whether they are empty shells of an erased person. */
export const eventsThere = statement<{ position: string; erased: boolean }>(
  'callbacks.eventsThere',
  `SELECT e.txid::text || '-' || e.id AS position,
     e.data ->> 'family' IS NOT DISTINCT FROM 'static' AND e.data ->> 'before' = '' AND e.data ->> 'after' = '' AS erased
   FROM unnest($1::text[], $2::bigint[]) AS u (txid, id) JOIN event e ON e.txid = u.txid::xid8 AND e.id = u.id`,
);

/** Links: one array a column; `$3` who, `$4` the job or null. */
export const insertResends = statement(
  'callbacks.insertResends',
  `INSERT INTO callback_resend (delivery, resent_as, resent_by, job_id)
   SELECT delivery, resent_as, $3, $4 FROM unnest($1::bigint[], $2::bigint[]) AS r (delivery, resent_as)`,
);

/** What a resend must know of its endpoint. */
export type ResendEndpoint = { endpointId: number; enabled: boolean; ordering: string; callbackId: string };

/** Those of `$1` that are not deleted. */
export const resendEndpoints = statement<ResendEndpoint>(
  'callbacks.resendEndpoints',
  `SELECT e.endpoint_id AS "endpointId", e.enabled, v.settings ->> 'ordering' AS ordering, v.settings ->> 'callback_id' AS "callbackId"
   FROM callback_endpoint e JOIN callback_endpoint_version v ON v.endpoint_id = e.endpoint_id AND v.version = e.version
   WHERE e.endpoint_id = ANY ($1::bigint[]) AND e.deleted_at IS NULL`,
);
