import { statement } from '../../core/database/statement.ts';

/** Waiting attempts by lane (estimated beyond 100,000 by counting no further), the age of the oldest due one of enabled endpoints, open breakers. */
export const dueGauges = statement<{ first: number; later: number; oldest: number; open: number }>(
  'callbacks.dueGauges',
  `SELECT (SELECT count(*)::int FROM (SELECT FROM delivery_due WHERE engine = 1 AND lane = 0 LIMIT 100000) AS f) AS first,
     (SELECT count(*)::int FROM (SELECT FROM delivery_due WHERE engine = 1 AND lane = 1 LIMIT 100000) AS l) AS later,
     (SELECT COALESCE(max(extract(epoch FROM now() - o.due_at)), 0)::float8 FROM callback_endpoint e CROSS JOIN LATERAL (
       SELECT due_at FROM (
         (SELECT due_at FROM delivery_due WHERE engine = 1 AND target = e.endpoint_id AND lane = 0 ORDER BY id LIMIT 1)
         UNION ALL
         (SELECT due_at FROM delivery_due WHERE engine = 1 AND target = e.endpoint_id AND lane = 1 AND due_at <= now() ORDER BY due_at LIMIT 1)) AS d
       ORDER BY due_at LIMIT 1) o
      WHERE e.enabled AND o.due_at <= now()) AS oldest,
     (SELECT count(*)::int FROM delivery_target WHERE engine = 1 AND breaker = 'open') AS open`,
);
