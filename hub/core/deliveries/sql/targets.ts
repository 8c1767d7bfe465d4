import { statement } from '../../database/statement.ts';

/** A hub's sign of life; `$3` is the lease in milliseconds. */
export const renewHub = statement<{ now: number }>(
  'deliveries.renewHub',
  `INSERT INTO delivery_hub (engine, hub, alive_until) VALUES ($1, $2, now() + make_interval(secs => $3::float8 / 1000))
   ON CONFLICT (engine, hub) DO UPDATE SET alive_until = excluded.alive_until
   RETURNING (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
);

/** A hub that drains is alive and counts no longer where parts are worked out. */
export const markLeaving = statement('deliveries.markLeaving', 'UPDATE delivery_hub SET leaving = true WHERE engine = $1 AND hub = $2');

export const removeHub = statement('deliveries.removeHub', 'DELETE FROM delivery_hub WHERE engine = $1 AND hub = $2');

/** Of all engines. */
export const removeDeadHub = statement('deliveries.removeDeadHub', 'DELETE FROM delivery_hub WHERE hub = $1');

export const forgetHubs = statement(
  'deliveries.forgetHubs',
  `DELETE FROM delivery_hub h WHERE h.engine = $1 AND h.alive_until < now() - interval '1 hour'
     AND NOT EXISTS (SELECT FROM delivery_target t WHERE t.engine = $1 AND t.owner = h.hub)`,
);

/** How many targets one hub should have: a fair part, rounded up. */
export const fairPart = statement<{ part: number }>(
  'deliveries.fairPart',
  `SELECT ceil((SELECT count(*) FROM delivery_target WHERE engine = $1)::float8
     / GREATEST(1, (SELECT count(*) FROM delivery_hub WHERE engine = $1 AND alive_until > now() AND NOT leaving)))::int AS part`,
);

/** Takes up to `$3` targets that nobody owns; with `$4` also those whose owner is dead. */
export const takeTargets = statement<{ target: number }>(
  'deliveries.takeTargets',
  `UPDATE delivery_target t SET owner = $2
   FROM (SELECT f.target FROM delivery_target f
     WHERE f.engine = $1 AND (f.owner IS NULL OR ($4 AND f.owner <> $2
       AND NOT EXISTS (SELECT FROM delivery_hub h WHERE h.engine = $1 AND h.hub = f.owner AND h.alive_until > now())))
     ORDER BY f.target LIMIT $3 FOR UPDATE SKIP LOCKED) free
   WHERE t.engine = $1 AND t.target = free.target RETURNING t.target`,
);

export const releaseTargets = statement(
  'deliveries.releaseTargets',
  'UPDATE delivery_target SET owner = NULL WHERE engine = $1 AND owner = $2 AND target = ANY ($3::bigint[])',
);

export type OwnedRow = { target: number; until: number | null; step: number };

export const ownedTargets = statement<OwnedRow>(
  'deliveries.ownedTargets',
  `SELECT target, (extract(epoch FROM breaker_until) * 1000)::float8 AS until, breaker_step AS step
   FROM delivery_target WHERE engine = $1 AND owner = $2`,
);

export const insertTarget = statement(
  'deliveries.insertTarget',
  'INSERT INTO delivery_target (engine, target) VALUES ($1, $2) ON CONFLICT DO NOTHING',
);

export const deleteTarget = statement('deliveries.deleteTarget', 'DELETE FROM delivery_target WHERE engine = $1 AND target = $2');

export const notifyDelivery = statement('deliveries.notify', 'SELECT pg_notify($1, $2)');
