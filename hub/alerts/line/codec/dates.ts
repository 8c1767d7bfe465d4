import { type ExclusionEdge, edgeOfDate } from '../../exclusion.ts';
import { isDateTime } from '../../schedule.ts';
import type { Reading } from './compound.ts';

/**
 * Date and time on the wire: `YYYY-MM-DDTHH:MM:SS`, wall time of the alerts' zone; empty: none (specification of alerts 3.10). A wall time that comes
 * twice is the first, one that a change of clocks leaves out is as far behind the change as it was told.
 */
export const wireDate = {
  read(text: string, zone: string): Reading<Temporal.Instant | null> {
    if (text === '') return { value: null };
    if (!isDateTime(text)) return { fault: `"${text.slice(0, 40)}" is no date and time; right would be such as 2026-03-02T09:15:00` };
    return { value: Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant() };
  },
  /** Parts of a second are left out. */
  write(instant: Temporal.Instant | null, zone: string): string {
    return instant === null ? '' : wallTime(instant.epochMilliseconds, zone);
  },
  /** The time of day alone, `HH:MM:SS`: of lines of a log, whose date was told before. */
  writeTime(instant: Temporal.Instant, zone: string): string {
    return wallTime(instant.epochMilliseconds, zone).slice(11);
  },
};

/**
 * A wall time that the database has told already, `YYYY-MM-DDTHH:MM:SS`, or a day, `YYYY-MM-DD`; '' for none. They are what the wire has, as they are; a
 * client with other dates is matched here and above.
 */
export const writeLocal = (told: string): string => told;

/** Side of an exclusion: a date and time, or a date, of which the end means the end of that day and which is answered as a date again. */
export const exclusionDate = {
  read(text: string, side: 'begin' | 'end', zone: string): Reading<ExclusionEdge | null> {
    const date = readDate(text);
    if (date) return { value: edgeOfDate(date, side, zone) };
    const reading = wireDate.read(text, zone);
    if ('fault' in reading)
      return { fault: `"${text.slice(0, 40)}" is neither a date such as 2026-07-01 nor a date and time such as 2026-07-01T09:00:00` };
    return { value: reading.value && { instant: reading.value, date: null } };
  },
  write(edge: ExclusionEdge | null, zone: string): string {
    return edge?.date ?? wireDate.write(edge?.instant ?? null, zone);
  },
};

/** A date `YYYY-MM-DD`, such as that of GETLOG. @returns undefined for what is none */
export function readDate(text: string): Temporal.PlainDate | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) && isDateTime(`${text}T00:00:00`) ? Temporal.PlainDate.from(text) : undefined;
}

/** A day as `readDate` reads it. */
export const writeDate = (day: Temporal.PlainDate): string => day.toString();

/** Offsets of the last zone that was asked for, by hours since 1970: a listing writes the same few hours many thousand times. */
const OFFSETS_KEPT = 4_096;
const HOUR = 3_600_000;
let offsetsZone = '';
const offsets = new Map<number, number | undefined>();

function wallTime(milliseconds: number, zone: string): string {
  const offset = offsetOf(milliseconds, zone);
  return new Date(milliseconds + offset).toISOString().slice(0, 19);
}

/** Milliseconds by which the clocks of a zone are ahead of UTC. Hours inside which they change are asked for each time. */
function offsetOf(milliseconds: number, zone: string): number {
  if (zone !== offsetsZone || offsets.size >= OFFSETS_KEPT) {
    offsets.clear();
    offsetsZone = zone;
  }
  const hour = Math.floor(milliseconds / HOUR);
  let offset = offsets.get(hour);
  if (offset === undefined && !offsets.has(hour)) {
    const first = askOffset(hour * HOUR, zone);
    offset = first === askOffset((hour + 1) * HOUR - 1, zone) ? first : undefined;
    offsets.set(hour, offset);
  }
  return offset ?? askOffset(milliseconds, zone);
}

function askOffset(milliseconds: number, zone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
}
