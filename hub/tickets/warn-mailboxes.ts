import type { Database } from '../core/database/database.ts';
import { type NewEvent, publish } from '../core/events/publish.ts';
import { queueLength } from './sql/feed.ts';
import { type MailboxState, mailboxStates, rememberMailboxWarning } from './sql/warnings.ts';

export interface MailboxLimits {
  /** Clock of the age of messages; they are enqueued by the database's. */
  readonly now: Temporal.Instant;
  /** `tickets.warnAgeDays`, for clients without thresholds of their own. */
  readonly warnAgeDays: readonly number[];
  /** `tickets.warnQueued`, likewise. */
  readonly warnQueued: number;
}

const DAY = 86_400_000;

/** The highest threshold, in days, that the oldest message has passed; 0 for none. */
export function ageThreshold(oldest: Temporal.Instant | null, thresholds: readonly number[], now: Temporal.Instant): number {
  if (oldest === null) return 0;
  const age = now.epochMilliseconds - oldest.epochMilliseconds;
  return Math.max(0, ...thresholds.filter((days) => age >= days * DAY));
}

async function warnOne(database: Database, state: MailboxState, limits: MailboxLimits): Promise<number> {
  const limit = state.warn_queued ?? limits.warnQueued;
  const warnedAge = ageThreshold(state.oldest, state.warn_age_days ?? limits.warnAgeDays, limits.now);
  // Counter and floor bound the length from above at no cost; only a mailbox that may be too long is counted.
  const mayBeLong = state.next_seq - 1 - state.floor_seq >= limit;
  const [length] = mayBeLong ? await queueLength(database.queue, state.client_id, state.floor_seq, limit) : [];
  const queued = length?.queued ?? 0;
  const long = queued >= limit;
  if (warnedAge === state.warned_age && long === state.warned_queued) return 0;
  const warnings: NewEvent[] = [];
  const warn = (data: Record<string, unknown>) =>
    warnings.push({ type: 'vestnik.tickets.mailbox.warning', subject: state.name, data: { client: state.name, ...data } });
  if (warnedAge > state.warned_age) warn({ reason: 'age', days: warnedAge, oldest: state.oldest?.toString() });
  if (long && !state.warned_queued) warn({ reason: 'length', atLeast: queued, limit });
  return database.transaction(async (tx) => {
    const remembered = await rememberMailboxWarning(tx, state.client_id, state.warned_age, state.warned_queued, warnedAge, long);
    if (remembered.length === 0) return 0;
    await publish(tx, ...warnings);
    return warnings.length;
  });
}

/**
 * Warns of mailboxes whose oldest message is too old or that are too long: once for each threshold, and again only after it has cleared.
 * A mailbox is never cut (spec 5.1).
 * @returns the number of warnings.
 */
export async function warnMailboxes(database: Database, limits: MailboxLimits): Promise<number> {
  let warned = 0;
  for (const state of await mailboxStates(database.queue)) warned += await warnOne(database, state, limits);
  return warned;
}
