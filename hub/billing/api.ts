import type { Database } from '../core/database/database.ts';
import type { Route } from '../core/http/route.ts';
import type { Acts } from './api/acts.ts';
import { contractMarkRoutes } from './api/contract-marks.ts';
import { contractNoteRoutes } from './api/contract-notes.ts';
import { contractParameterRoutes } from './api/contract-parameters.ts';
import { contractSearchRoutes } from './api/contract-search.ts';
import { contractRoutes } from './api/contracts.ts';
import { journalRoutes } from './api/journal.ts';
import { limitRoutes } from './api/limits.ts';
import { statusRoutes } from './api/statuses.ts';

/** What the routes of billing stand on. */
export interface BillingApiPorts {
  readonly database: Database;
  readonly acts: Acts;
}

/** REST routes below /api/v1/billing (spec 9); each is a thin face over a use case. */
export const billingRoutes = (ports: BillingApiPorts): Route[] => [
  ...contractSearchRoutes(ports),
  ...contractRoutes(ports),
  ...contractMarkRoutes(ports),
  ...contractNoteRoutes(ports),
  ...contractParameterRoutes(ports),
  ...statusRoutes(ports),
  ...limitRoutes(ports),
  ...journalRoutes(ports),
];
