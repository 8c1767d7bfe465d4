import type { Database } from '../../core/database/database.ts';
import type { Acts } from './acts.ts';

/** What the routes of billing stand on. */
export interface BillingApiPorts {
  readonly database: Database;
  readonly acts: Acts;
}
