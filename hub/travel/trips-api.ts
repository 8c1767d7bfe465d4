import type { Route } from '../core/http/route.ts';
import type { HubPorts } from '../core/module.ts';
import { changeRoutes } from './api/changes.ts';
import { orderFileRoutes } from './api/order-files.ts';
import { orderRoutes } from './api/orders.ts';
import { tripRoutes as tripsOf } from './api/trips.ts';
import type { ChangeFeed } from './trip-feed.ts';

/** REST routes of trips, orders and the feed by their prefix below /api/v1 (spec 2.7, 2.8); each is a thin face over a use case. */
export function tripRoutes(hub: HubPorts, feed: ChangeFeed): Record<string, Route[]> {
  return { trips: tripsOf(hub), orders: [...orderRoutes(hub), ...orderFileRoutes(hub)], changes: changeRoutes(hub, feed) };
}
