/**
 * The times that may come in from outside: the years 1900 to 2199, which no document leaves (spec online-ticket 2.2). Temporal knows times
 * that PostgreSQL can neither store nor compare with, so what lies beyond would fail in a query instead of at the door.
 */
const OLDEST = Date.parse('1900-01-01T00:00:00Z');
const BEYOND = Date.parse('2200-01-01T00:00:00Z');

/** The same instant. @throws RangeError outside of the years 1900 to 2199 (UTC). */
export function withinReach(instant: Temporal.Instant): Temporal.Instant {
  const { epochMilliseconds } = instant;
  if (epochMilliseconds >= OLDEST && epochMilliseconds < BEYOND) return instant;
  throw new RangeError(`${instant} lies outside of the years 1900 to 2199`);
}

/** @param text RFC 3339 with an offset or Z. @throws RangeError when it is no instant, or one that `withinReach` refuses. */
export const readInstant = (text: string): Temporal.Instant => withinReach(Temporal.Instant.from(text));

/** Whether `readInstant` takes it. */
export function isInstant(text: string): boolean {
  try {
    readInstant(text);
    return true;
  } catch {
    return false;
  }
}
