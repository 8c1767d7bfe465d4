import { statement } from '../../core/database/statement.ts';

/** How an endpoint fares, as its owner among the hubs last wrote. `first` and `later` count no further than `$3` each. */
export type HealthRow = {
  endpointId: number;
  name: string;
  organizationId: number | null;
  enabled: boolean;
  disabledBy: 'user' | 'hub' | null;
  autoDisable: 'notice' | 'disable';
  hold: 'hold' | 'observe';
  succeededAt: Temporal.Instant | null;
  failingSince: Temporal.Instant | null;
  failures: number;
  lastCode: string | null;
  breaker: 'open' | 'closed';
  breakerUntil: Temporal.Instant | null;
  first: number;
  later: number;
  oldest: Temporal.Instant | null;
};

/** By id, after `$1`. `$2` owners (null: all), `$3` how far to count, `$4` rows, `$5` only this one. */
export const healthPage = statement<HealthRow>(
  'callbacks.healthPage',
  `SELECT e.endpoint_id AS "endpointId", e.name, e.organization_id AS "organizationId", e.enabled, e.disabled_by AS "disabledBy",
     v.settings ->> 'auto_disable' AS "autoDisable", v.settings ->> 'breaker' AS hold, t.succeeded_at AS "succeededAt",
     t.failing_since AS "failingSince", COALESCE(t.failures, 0) AS failures, t.last_code AS "lastCode", COALESCE(t.breaker, 'closed') AS breaker,
     t.breaker_until AS "breakerUntil",
     (SELECT count(*)::int FROM (SELECT FROM delivery_due d WHERE d.engine = 1 AND d.target = e.endpoint_id AND d.lane = 0 LIMIT $3) AS f) AS first,
     (SELECT count(*)::int FROM (SELECT FROM delivery_due d WHERE d.engine = 1 AND d.target = e.endpoint_id AND d.lane = 1 LIMIT $3) AS l) AS later,
     LEAST((SELECT d.due_at FROM delivery_due d WHERE d.engine = 1 AND d.target = e.endpoint_id AND d.lane = 0 ORDER BY d.id LIMIT 1),
       (SELECT d.due_at FROM delivery_due d WHERE d.engine = 1 AND d.target = e.endpoint_id AND d.lane = 1 ORDER BY d.due_at LIMIT 1)) AS oldest
   FROM (SELECT * FROM callback_endpoint WHERE deleted_at IS NULL AND endpoint_id > $1 AND ($2::bigint[] IS NULL OR organization_id = ANY ($2))
     AND ($5::bigint IS NULL OR endpoint_id = $5) ORDER BY endpoint_id LIMIT $4) AS e
   JOIN callback_endpoint_version v ON v.endpoint_id = e.endpoint_id AND v.version = e.version
   LEFT JOIN delivery_target t ON t.engine = 1 AND t.target = e.endpoint_id
   ORDER BY e.endpoint_id`,
);

/** What is to be told of endpoints that are not deleted: how they fare beside what was told. */
export type TurnRow = {
  endpointId: number;
  organizationId: number | null;
  name: string;
  enabled: boolean;
  autoDisable: 'notice' | 'disable';
  failingSince: Temporal.Instant | null;
  failures: number;
  lastCode: string | null;
  breaker: 'open' | 'closed';
  told: 'ok' | 'failing' | 'open';
  failingTold: Temporal.Instant | null;
  aheadTold: Temporal.Instant | null;
  disableTold: Temporal.Instant | null;
  now: Temporal.Instant;
};

/**
 * Those that fail, whose breaker is open, or of which something was told that is over; locked, so that one hub tells. What failed before the
 * endpoint was last enabled no longer counts.
 */
export const healthTurns = statement<TurnRow>(
  'callbacks.healthTurns',
  `SELECT e.endpoint_id AS "endpointId", e.organization_id AS "organizationId", e.name, e.enabled,
     (SELECT v.settings ->> 'auto_disable' FROM callback_endpoint_version v WHERE v.endpoint_id = e.endpoint_id AND v.version = e.version) AS "autoDisable",
     CASE WHEN t.failing_since IS NOT NULL THEN GREATEST(t.failing_since, e.state_at) END AS "failingSince", t.failures, t.last_code AS "lastCode",
     t.breaker, COALESCE(h.state, 'ok') AS told,
     h.failing_since AS "failingTold", h.ahead_since AS "aheadTold", h.disable_since AS "disableTold", now() AS now
   FROM delivery_target t JOIN callback_endpoint e ON e.endpoint_id = t.target LEFT JOIN callback_health_told h ON h.endpoint_id = e.endpoint_id
   WHERE t.engine = 1 AND e.deleted_at IS NULL AND (t.failing_since IS NOT NULL OR t.breaker = 'open' OR h.state <> 'ok' OR h.failing_since IS NOT NULL)
   ORDER BY e.endpoint_id FOR NO KEY UPDATE OF e SKIP LOCKED`,
);

/** Notes what was told: state, and of which failures each of the three notices. */
export const storeTold = statement(
  'callbacks.storeTold',
  `INSERT INTO callback_health_told (endpoint_id, state, failing_since, ahead_since, disable_since) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (endpoint_id) DO UPDATE SET state = excluded.state, failing_since = excluded.failing_since, ahead_since = excluded.ahead_since,
     disable_since = excluded.disable_since`,
);

/** Endpoints that the hub disabled longer ago than `$1` days, locked: nothing more is kept for them. */
export const longDisabled = statement<{ endpointId: number; organizationId: number | null; name: string; stateReason: string | null }>(
  'callbacks.longDisabled',
  `SELECT endpoint_id AS "endpointId", organization_id AS "organizationId", name, state_reason AS "stateReason" FROM callback_endpoint
   WHERE disabled_by = 'hub' AND deleted_at IS NULL AND state_at < now() - make_interval(days => $1)
   ORDER BY endpoint_id LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED`,
);

/** The oldest first attempt that is due for longer than `$1` seconds, of an enabled endpoint whose breaker lets it through. */
export const oldestWaiting = statement<{ endpointId: number; organizationId: number | null; name: string; seconds: number }>(
  'callbacks.oldestWaiting',
  `SELECT e.endpoint_id AS "endpointId", e.organization_id AS "organizationId", e.name, extract(epoch FROM now() - o.due_at)::float8 AS seconds
   FROM callback_endpoint e CROSS JOIN LATERAL (
     SELECT due_at FROM delivery_due d WHERE d.engine = 1 AND d.target = e.endpoint_id AND d.lane = 0 ORDER BY d.id LIMIT 1) AS o
   LEFT JOIN delivery_target t ON t.engine = 1 AND t.target = e.endpoint_id
   WHERE e.enabled AND o.due_at < now() - make_interval(secs => $1) AND COALESCE(t.breaker, 'closed') = 'closed'
   ORDER BY o.due_at LIMIT 1`,
);
