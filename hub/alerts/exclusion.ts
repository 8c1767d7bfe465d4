/**
 * One side of the days on which a subscriber is not disturbed (specification of alerts, 3.10 and 4.2): the interval is begin <= now < end, and a
 * side that is missing is open. A side that was given as a date keeps it, and is shown as a date again.
 */
export interface ExclusionEdge {
  readonly instant: Temporal.Instant;
  /** `YYYY-MM-DD`; null where a time of day was given. */
  readonly date: string | null;
}

/** Begin or end of the exclusion that a date means: its first instant, or that of the day after. */
export function edgeOfDate(date: Temporal.PlainDate, side: 'begin' | 'end', zone: string): ExclusionEdge {
  const day = side === 'begin' ? date : date.add({ days: 1 });
  return { instant: day.toZonedDateTime(zone).toInstant(), date: date.toString() };
}
