/**
 * How an endpoint fares (spec 6.8, 6.9).
 *
 *   ok -> failing (the last attempts failed) -> ok (one succeeded)
 *   ok, failing -> open (its breaker has opened) -> failing or ok
 * After some minutes of failures alone a warning is told, one day before the end of five days a notice, and at their end the endpoint is
 * disabled, or told of again when it only wants notices; each once for the same failures.
 */
export type HealthState = 'ok' | 'failing' | 'open';

/** Failures alone for so long, and of so many attempts at least, disable an endpoint; the notice comes a day before. */
export const DISABLE_AFTER = Temporal.Duration.from({ hours: 120 });
const AHEAD = Temporal.Duration.from({ hours: 24 });
export const DISABLE_ATTEMPTS = 20;

export interface Fares {
  readonly failingSince: Temporal.Instant | null;
  readonly failures: number;
  readonly breaker: 'open' | 'closed';
}

export const healthState = ({ failingSince, breaker }: Fares): HealthState =>
  breaker === 'open' ? 'open' : failingSince === null ? 'ok' : 'failing';

/** When its failures disable an endpoint, should they go on; null while there are none. */
export const disableAt = ({ failingSince }: Pick<Fares, 'failingSince'>): Temporal.Instant | null =>
  failingSince?.add(DISABLE_AFTER) ?? null;

export type Notice = 'failing' | 'ahead' | 'disable';

/** Notices that are due now, told or not. @param warnMinutes failures for so long raise the warning. */
export function noticesOf({ failingSince, failures }: Fares, now: Temporal.Instant, warnMinutes: number): Notice[] {
  if (failingSince === null) return [];
  const passed = (since: Temporal.Instant): boolean => Temporal.Instant.compare(now, since) >= 0;
  const end = failingSince.add(DISABLE_AFTER);
  const enough = failures >= DISABLE_ATTEMPTS;
  return [
    ...(passed(failingSince.add({ minutes: warnMinutes })) ? (['failing'] as const) : []),
    ...(enough && passed(end.subtract(AHEAD)) ? (['ahead'] as const) : []),
    ...(enough && passed(end) ? (['disable'] as const) : []),
  ];
}
