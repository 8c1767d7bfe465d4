import type { Database } from '../core/database/database.ts';
import type { Route } from '../core/http/route.ts';
import type { Acts } from './api/acts.ts';

/** What the routes of billing stand on. */
export interface BillingApiPorts {
  readonly database: Database;
  readonly acts: Acts;
}

/** REST routes below /api/v1/billing (spec 9); each is a thin face over a use case. */
export const billingRoutes = (_ports: BillingApiPorts): Route[] => [];
