import { statement } from '../../core/database/statement.ts';
import type { MaskClass } from '../endpoint.ts';

/** What the log must know of an endpoint; deleted ones are in it, too. */
export type LogEndpoint = {
  endpointId: number;
  name: string;
  organizationId: number | null;
  enabled: boolean;
  deleted: boolean;
  /** Its breaker is open, and stops attempts. */
  holding: boolean;
};

/** Endpoints of the owners `$1` (null: all), or of them those with the ids `$2`. */
export const logEndpoints = statement<LogEndpoint>(
  'callbacks.logEndpoints',
  `SELECT e.endpoint_id AS "endpointId", e.name, e.organization_id AS "organizationId", e.enabled, e.deleted_at IS NOT NULL AS deleted,
     CASE WHEN t.breaker = 'open' THEN (
       SELECT v.settings ->> 'breaker' = 'hold' FROM callback_endpoint_version v WHERE v.endpoint_id = e.endpoint_id AND v.version = e.version)
     ELSE false END AS holding
   FROM callback_endpoint e LEFT JOIN delivery_target t ON t.engine = 1 AND t.target = e.endpoint_id
   WHERE ($1::bigint[] IS NULL OR e.organization_id = ANY ($1)) AND ($2::bigint[] IS NULL OR e.endpoint_id = ANY ($2))`,
);

/** The trip of an order, as events told. */
export const tripOfOrder = statement<{ tripId: number }>(
  'callbacks.tripOfOrder',
  'SELECT trip_id AS "tripId" FROM callback_order WHERE order_id = $1',
);

/** What was resent as what: of the deliveries `$1`, the newest last. */
export const resendsOf = statement<{ delivery: number; resentAs: number; at: Temporal.Instant; by: string }>(
  'callbacks.resendsOf',
  `SELECT delivery, resent_as AS "resentAs", resent_at AS at, resent_by AS by FROM callback_resend WHERE delivery = ANY ($1::bigint[])
   ORDER BY delivery, resent_as`,
);

/**
 * What the log hides of an endpoint, and whether any of its versions could send one of the variables `$2` (names separated by `|`), and that with a filter: a
 * version may be gone from use and its bodies still be there. Versions of the billing without `subscriber_data` send none.
 */
export const maskOf = statement<{ mask: MaskClass[]; named: 'never' | 'plain' | 'filtered' }>(
  'callbacks.maskOf',
  `SELECT v.settings -> 'mask' AS mask,
     (SELECT CASE WHEN bool_or(o.settings::text ~ ('@\\{(' || $2 || ') *\\|')) THEN 'filtered' WHEN bool_or(o.settings::text ~ ('@\\{(' || $2 || ') *\\}')) THEN 'plain'
        ELSE 'never' END
      FROM callback_endpoint_version o
      WHERE o.endpoint_id = e.endpoint_id AND (e.family <> 'billing' OR o.settings ->> 'subscriber_data' = 'true')) AS named
   FROM callback_endpoint e JOIN callback_endpoint_version v ON v.endpoint_id = e.endpoint_id AND v.version = e.version
   WHERE e.endpoint_id = $1`,
);
