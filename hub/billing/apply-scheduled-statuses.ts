import type { Database } from '../core/database/database.ts';
import { HubError } from '../core/errors.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import type { Act } from './act.ts';
import { applyStatus } from './change-status.ts';
import { reactToMoney } from './react-to-money.ts';
import { contractsOutOfStatus } from './sql/statuses.ts';

const notes = notesOf('billing.statuses');
const BATCH = 200;

/**
 * Lets the statuses come into force that begin today, and those that began while no hub ran (spec 2.6), each in its own transaction. What cannot be done
 * is noted and left for the next time.
 * @param act the scheduler's
 * @param since the first day on which something may have been missed; null: any
 * @returns how many came into force
 */
export async function applyScheduledStatuses(
  database: Database,
  act: Act,
  since: Temporal.PlainDate | null,
  isStopped: () => boolean = () => false,
): Promise<number> {
  let applied = 0;
  let last = 0;
  for (;;) {
    const rows = await contractsOutOfStatus(database.work, act.today, since, last, BATCH);
    for (const { id } of rows) {
      if (isStopped()) return applied;
      last = id;
      try {
        const done = await database.transaction(async (tx) => {
          if (!(await applyStatus(tx, act, id))) return false;
          await reactToMoney(tx, act, id, { cause: 'accrual' });
          return true;
        });
        if (done) applied += 1;
      } catch (error) {
        if (!(error instanceof HubError) || error.status >= 500) throw error;
        notes.warn('a scheduled status is due and does not come into force', { contract: id, why: error.message });
      }
    }
    if (rows.length < BATCH) return applied;
  }
}
