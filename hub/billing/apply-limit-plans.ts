import type { Database } from '../core/database/database.ts';
import { HubError } from '../core/errors.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import type { Act } from './act.ts';
import { returnLimit } from './set-limit.ts';
import { dueLimitPlans } from './sql/limits.ts';

const notes = notesOf('billing.limits');
const BATCH = 200;

/**
 * Returns every temporary limit whose day has come by `act.today` (spec 2.7), each in its own transaction; also those of days on which no hub ran. What
 * cannot be done is noted and left for the next time.
 * @param act the scheduler's
 * @returns how many returned
 */
export async function applyLimitPlans(database: Database, act: Act): Promise<number> {
  let returned = 0;
  let last = 0;
  for (;;) {
    const plans = await dueLimitPlans(database.work, act.today, last, BATCH);
    for (const { id, contractId } of plans) {
      last = id;
      try {
        if (await database.transaction((tx) => returnLimit(tx, act, contractId))) returned += 1;
      } catch (error) {
        if (!(error instanceof HubError) || error.status >= 500) throw error;
        notes.warn('a temporary limit is due and stays as it is', { contract: contractId, why: error.message });
      }
    }
    if (plans.length < BATCH) return returned;
  }
}
