import type { Database } from '../core/database/database.ts';
import { daysLeft, EXPIRING_DAYS } from './certificate.ts';
import { expiringCertificates, mailboxStates } from './sql/warnings.ts';
import { ageThreshold, type MailboxLimits } from './warn-mailboxes.ts';

export interface Limits {
  /** Valid certificates that end within EXPIRING_DAYS, the next to end first. */
  readonly certificates: readonly { client: string; serial: string; notAfter: Temporal.Instant; daysLeft: number; renewed: boolean }[];
  /** Mailboxes with undelivered messages, the oldest message first. */
  readonly mailboxes: readonly {
    client: string;
    oldest: Temporal.Instant;
    /** Upper bound of what waits. */
    atMost: number;
    /** Days of the highest threshold of age that was passed; 0 for none. */
    overAge: number;
    /** The last count, at most ten minutes ago, was over the limit of length. */
    overLength: boolean;
  }[];
}

const SHOWN = 1_000;

/** What needs an eye on it: certificates about to end and mailboxes that are not emptied (spec 8, console Limits and certificates). */
export async function listLimits(
  database: Pick<Database, 'work' | 'queue'>,
  limits: Pick<MailboxLimits, 'now' | 'warnAgeDays'>,
): Promise<Limits> {
  const { now, warnAgeDays } = limits;
  const [certificates, states] = await Promise.all([
    expiringCertificates(database.work, now, EXPIRING_DAYS),
    mailboxStates(database.queue),
  ]);
  const mailboxes = states.flatMap((state) => {
    if (state.oldest === null) return [];
    return {
      client: state.name,
      oldest: state.oldest,
      atMost: state.next_seq - 1 - state.floor_seq,
      overAge: ageThreshold(state.oldest, state.warn_age_days ?? warnAgeDays, now),
      overLength: state.warned_queued,
    };
  });
  return {
    certificates: certificates.slice(0, SHOWN).map(({ name, serial, not_after, renewed }) => ({
      client: name,
      serial,
      notAfter: not_after,
      daysLeft: daysLeft(not_after, now),
      renewed,
    })),
    mailboxes: mailboxes.sort((a, b) => Temporal.Instant.compare(a.oldest, b.oldest)).slice(0, SHOWN),
  };
}
