/**
 * The lowest id of version 7 made at or after an instant. Operations, documents and messages have such ids, so a range of time is a range
 * of ids; a hub's clock makes the ids and the database's the times, so ranges need a margin where that matters.
 */
export function lowestIdAt(instant: Temporal.Instant): string {
  const hex = Math.max(0, instant.epochMilliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
