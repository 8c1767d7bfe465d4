import type { Database } from '../core/database/database.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { ReportFormat } from './write-report.ts';

/** Writes down who takes the report of a run away, as for files (specification of alerts 8.3.5). */
export const recordReport = (
  database: Pick<Database, 'transaction'>,
  caller: Caller,
  run: { readonly taskId: number; readonly number: number },
  format: ReportFormat,
): Promise<void> =>
  database.transaction((tx) =>
    audit(tx, caller, { action: 'alerts.report.read', object: String(run.taskId), after: { run: run.number, format } }),
  );
