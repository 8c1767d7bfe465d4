import type { Route } from '../core/http/route.ts';
import type { HubPorts } from '../core/module.ts';

/** REST routes below /api/v1/callbacks (spec 4, 6); each is a thin face over a use case. */
export function callbackRoutes(_hub: HubPorts): Route[] {
  return [];
}
