import type { Route } from '../core/http/route.ts';
import type { HubPorts } from '../core/module.ts';

/** REST routes of the administration below /api/v1/tickets (spec 8). */
export function ticketRoutes(_hub: HubPorts): Route[] {
  return [];
}
