import type { Route } from '../core/http/route.ts';
import type { ServePorts } from '../core/module.ts';

/** REST of the alerts, below /api/v1/alerts (specification of alerts, chapter 7). */
export function alertRoutes(_hub: ServePorts): readonly Route[] {
  return [];
}
