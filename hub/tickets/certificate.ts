/**
 * A client's certificate (spec 6.1).
 *
 * States: valid -(a threshold of days passes)-> expiring -(not_after passes)-> expired; valid, expiring -revoke-> revoked, for good.
 * A client may have several valid ones at once, so that renewal leaves no gap. Revoking does not change the state of the client.
 */
export type CertificateState = 'valid' | 'expiring' | 'expired' | 'revoked';

/** Days before the end at which a warning goes out, once each. */
export const CERTIFICATE_WARNING_DAYS = [30, 14, 7, 1] as const;

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
  return daysLeft(notAfter, now) < CERTIFICATE_WARNING_DAYS[0] ? 'expiring' : 'valid';
}

/**
 * The threshold to warn about now: the lowest one reached, unless it was warned about before.
 * @param warned the last threshold warned about, null for none.
 */
export function dueWarning(notAfter: Temporal.Instant, warned: number | null, now: Temporal.Instant): number | undefined {
  const left = notAfter.epochMilliseconds - now.epochMilliseconds;
  if (left <= 0) return undefined;
  const reached = CERTIFICATE_WARNING_DAYS.findLast((days) => left <= days * DAY);
  return reached !== undefined && (warned === null || reached < warned) ? reached : undefined;
}
