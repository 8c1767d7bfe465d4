/**
 * A client's certificate (spec 6.1).
 *
 * States: valid -(EXPIRING_DAYS before the end)-> expiring -(not_after passes)-> expired; valid, expiring -revoke-> revoked, for good.
 * A client may have several valid ones at once, so that renewal leaves no gap. Revoking does not change the state of the client.
 */
export type CertificateState = 'valid' | 'expiring' | 'expired' | 'revoked';

/** Days before the end from which on a certificate is shown as expiring. */
export const EXPIRING_DAYS = 30;

export interface CertificateDates {
  readonly notAfter: Temporal.Instant;
  readonly revokedAt: Temporal.Instant | null;
}

const DAY = 86_400_000;

/** Whole days left; 0 on the last day, negative when over. */
export function daysLeft(notAfter: Temporal.Instant, now: Temporal.Instant): number {
  return Math.floor((notAfter.epochMilliseconds - now.epochMilliseconds) / DAY);
}

export function certificateState({ notAfter, revokedAt }: CertificateDates, now: Temporal.Instant): CertificateState {
  if (revokedAt !== null) return 'revoked';
  if (Temporal.Instant.compare(notAfter, now) <= 0) return 'expired';
  return daysLeft(notAfter, now) < EXPIRING_DAYS ? 'expiring' : 'valid';
}

/**
 * The threshold to warn about now: the lowest one reached, unless it was warned about before.
 * @param warned the last threshold warned about, null for none.
 * @param thresholds days before the end, in any order.
 */
export function dueWarning(
  notAfter: Temporal.Instant,
  warned: number | null,
  now: Temporal.Instant,
  thresholds: readonly number[],
): number | undefined {
  const left = notAfter.epochMilliseconds - now.epochMilliseconds;
  if (left <= 0) return undefined;
  const reached = Math.min(...thresholds.filter((days) => left <= days * DAY));
  return Number.isFinite(reached) && (warned === null || reached < warned) ? reached : undefined;
}
