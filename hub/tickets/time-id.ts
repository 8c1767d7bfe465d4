/** The end of the year 9999: an id can claim a later time, a database need not understand it. */
const LAST_TIME = 253_402_300_799_999;

/** When an id of version 7 was made, to the millisecond; undefined for other ids. @param id 36 characters. */
export function timeOfId(id: string): Temporal.Instant | undefined {
  const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return id[14] === '7' && time <= LAST_TIME ? Temporal.Instant.fromEpochMilliseconds(time) : undefined;
}

/**
 * The lowest id of version 7 made at or after an instant. Operations, documents and messages have such ids, so a range of time is a range
 * of ids; a hub's clock makes the ids and the database's the times, so ranges need a margin where that matters.
 */
export function lowestIdAt(instant: Temporal.Instant): string {
  const hex = Math.max(0, instant.epochMilliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
