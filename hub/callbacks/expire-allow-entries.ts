import type { Database } from '../core/database/database.ts';
import { SYSTEM } from '../core/identity/caller.ts';
import { recordAllowStep } from './record-allow-step.ts';
import { type AllowRow, overdueAllows, stepAllow, waitingAllows } from './sql/allow.ts';

/** Ends the entries whose time is over; they have opened nothing since then. Any number of hubs may do it. @returns how many. */
export const expireAllowEntries = (database: Database): Promise<number> =>
  database.transaction(async (tx) => {
    const overdue = await overdueAllows(tx);
    for (const before of overdue) {
      const [row] = await stepAllow(tx, before.allowId, 'expired', SYSTEM.login, null);
      await recordAllowStep(tx, SYSTEM, { row: row as AllowRow, step: 'expired', before });
    }
    return overdue.length;
  });

const SATURDAY = 6;

/** One working day before an instant, by the days of UTC: hours of Saturdays and Sundays do not count. */
export function workingDayBefore(now: Temporal.Instant): Temporal.Instant {
  let at = now.toZonedDateTimeISO('UTC');
  let hours = 24;
  while (hours > 0) {
    at = at.subtract({ hours: 1 });
    if (at.dayOfWeek < SATURDAY) hours -= 1;
  }
  return at.toInstant();
}

/** Tells once of each request that has waited for its next step for over one working day (spec 9.2). @returns how many. */
export const warnAllowRequests = (database: Database, now: Temporal.Instant): Promise<number> =>
  database.transaction(async (tx) => {
    const waiting = await waitingAllows(tx, workingDayBefore(now));
    for (const row of waiting) await recordAllowStep(tx, SYSTEM, { row, step: 'waiting' });
    return waiting.length;
  });
