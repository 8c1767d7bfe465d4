/**
 * When a task starts by itself, and when its attempts may be made (specification of alerts, 3.10 and 4.6). Wall times are plain texts, so that
 * a schedule goes through JSON and a database unchanged; a time zone turns them into instants.
 */

/** A schedule as it was set. A text in its place is a foreign client's value that does not parse: it is returned unchanged and starts nothing. */
export interface Schedule {
  readonly start: StartRule;
  /** Hours in which attempts may be made; empty: at any time. */
  readonly windows: readonly DialWindow[];
  /** Zone of all its times; null: that of the alerts. */
  readonly zone: string | null;
  /** Minutes by which a start may be late before it is skipped; null: 15. */
  readonly late: number | null;
}

/**
 * `at` is `YYYY-MM-DDTHH:MM:SS`, times are `HH:MM`; weekdays count from Monday, 1, to Sunday, 7. A day of the month that a month lacks is its
 * last.
 */
export type StartRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'once'; readonly at: string }
  | { readonly kind: 'weekly'; readonly days: readonly number[]; readonly times: readonly string[] }
  | { readonly kind: 'monthly'; readonly day: number; readonly time: string };

/** From one `HH:MM` to another that is later, or of the next day where it is earlier; `24:00` may be an end. */
export interface DialWindow {
  readonly from: string;
  readonly to: string;
}

/** A start that a schedule asks for. */
export interface Occurrence {
  /** The wall time that the schedule names, `YYYY-MM-DDTHH:MM:SS`: what makes an occurrence one and the same on every hub. */
  readonly local: string;
  readonly instant: Temporal.Instant;
}

/** Whether attempts may be made now, and until or from when; `until` is undefined where it never ends. */
export type WindowState =
  | { readonly open: true; readonly until: Temporal.Instant | undefined }
  | { readonly open: false; readonly opens: Temporal.Instant };

/** The schedule of a task that starts only when told to. */
export const NO_SCHEDULE: Schedule = { start: { kind: 'none' }, windows: [], zone: null, late: null };

const DEFAULT_LATE = 15;
const MOST_LATE = 7 * 24 * 60;
const MOST_TIMES = 288;
const MOST_WINDOWS = 24;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

/** What is wrong with a schedule, in a sentence; undefined for a good one. */
export function scheduleFault(schedule: Schedule): string | undefined {
  const { start, windows, zone, late } = schedule;
  if (windows.length > MOST_WINDOWS) return `${windows.length} dialling windows; at most ${MOST_WINDOWS}`;
  for (const { from, to } of windows) {
    if (!TIME.test(from)) return `a dialling window begins at ${from}; right would be a time from 00:00 to 23:59`;
    if (!TIME.test(to) && to !== '24:00') return `a dialling window ends at ${to}; right would be a time from 00:00 to 24:00`;
    if (from === to) return `the dialling window ${from}-${to} is empty; 00:00-24:00 is the whole day`;
  }
  if (zone !== null && !isZone(zone)) return `${zone} is no time zone; right would be such as Europe/Moscow`;
  if (late !== null && !inRange(late, 0, MOST_LATE)) return `late is ${late}; right would be 0 to ${MOST_LATE} minutes`;
  return startFault(start);
}

function startFault(start: StartRule): string | undefined {
  switch (start.kind) {
    case 'none':
      return undefined;
    case 'once':
      return isDateTime(start.at) ? undefined : `${start.at} is no date and time; right would be such as 2026-03-02T09:15:00`;
    case 'weekly': {
      if (start.days.length === 0) return 'a weekly start needs a day';
      if (new Set(start.days).size !== start.days.length || !start.days.every((day) => inRange(day, 1, 7))) {
        return `the weekdays are ${start.days.join(',')}; right would be different numbers from 1 (Monday) to 7`;
      }
      if (!inRange(start.times.length, 1, MOST_TIMES)) return `a weekly start needs 1 to ${MOST_TIMES} times`;
      const wrong = start.times.find((time) => !TIME.test(time));
      return wrong === undefined ? undefined : `${wrong} is no time; right would be 00:00 to 23:59`;
    }
    case 'monthly':
      if (!inRange(start.day, 1, 31)) return `the day of the month is ${start.day}; right would be 1 to 31`;
      return TIME.test(start.time) ? undefined : `${start.time} is no time; right would be 00:00 to 23:59`;
  }
}

/** Whether a text is a wall time `YYYY-MM-DDTHH:MM:SS` of a day that exists, in the years 1900 to 9998: databases take no other spellings. */
export function isDateTime(text: string): boolean {
  if (!DATE_TIME.test(text) || text.endsWith(':60') || text < '1900' || text >= '9999') return false;
  try {
    Temporal.PlainDateTime.from(text);
    return true;
  } catch {
    return false;
  }
}

function isZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

function inRange(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Minutes by which a start of this schedule may be late. */
export function lateMinutes(schedule: Schedule | string): number {
  return typeof schedule === 'string' ? DEFAULT_LATE : (schedule.late ?? DEFAULT_LATE);
}

/**
 * The first start after an instant; undefined where none comes any more. A wall time that a change of clocks leaves out starts at the first
 * instant after it, one that comes twice at the first time only (4.6.1).
 * @param zone zone of the alerts, for schedules without their own
 */
export function nextOccurrence(schedule: Schedule | string, after: Temporal.Instant, zone: string): Occurrence | undefined {
  if (typeof schedule === 'string') return undefined;
  const { start } = schedule;
  const place = schedule.zone ?? zone;
  switch (start.kind) {
    case 'none':
      return undefined;
    case 'once':
      return firstAfter([Temporal.PlainDateTime.from(start.at)], after, place);
    case 'weekly': {
      // A day back, since clocks may have been turned back over midnight; a week and two days forward hold every weekday.
      const today = after.toZonedDateTimeISO(place).toPlainDate();
      const times = start.times.map((time) => Temporal.PlainTime.from(time)).sort(Temporal.PlainTime.compare);
      for (let offset = -1; offset <= 9; offset++) {
        const day = today.add({ days: offset });
        if (!start.days.includes(day.dayOfWeek)) continue;
        const found = firstAfter(
          times.map((time) => day.toPlainDateTime(time)),
          after,
          place,
        );
        if (found) return found;
      }
      return undefined;
    }
    case 'monthly': {
      const month = after.toZonedDateTimeISO(place).toPlainDate().toPlainYearMonth();
      const time = Temporal.PlainTime.from(start.time);
      for (let offset = -1; offset <= 2; offset++) {
        const day = month.add({ months: offset }).toPlainDate({ day: start.day });
        const found = firstAfter([day.toPlainDateTime(time)], after, place);
        if (found) return found;
      }
      return undefined;
    }
  }
}

/** The next starts after an instant, in order; fewer than `count` where the schedule ends before. */
export function nextOccurrences(schedule: Schedule | string, after: Temporal.Instant, zone: string, count: number): Occurrence[] {
  const found: Occurrence[] = [];
  let last = after;
  while (found.length < count) {
    const next = nextOccurrence(schedule, last, zone);
    if (!next) break;
    found.push(next);
    last = next.instant;
  }
  return found;
}

function firstAfter(locals: readonly Temporal.PlainDateTime[], after: Temporal.Instant, zone: string): Occurrence | undefined {
  for (const local of locals) {
    const instant = firstInstant(local, zone);
    if (Temporal.Instant.compare(instant, after) > 0) return { local: local.toString({ smallestUnit: 'second' }), instant };
  }
  return undefined;
}

/** The first instant at which the clocks of a zone show a wall time or a later one. */
function firstInstant(local: Temporal.PlainDateTime, zone: string): Temporal.Instant {
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.toInstant();
  // Left out: read by the offset after the change it lies before the change, which is then the next one.
  return (earlier.getTimeZoneTransition('next') ?? earlier).toInstant();
}

/** Answers of windowAt that still hold: the engine asks for the same few many times a second, and finding one out costs a tenth of a millisecond. */
const MOST_STATES = 256;
const states = new Map<string, { readonly from: number; readonly to: number; readonly state: WindowState }>();

/** Whether dialling windows let attempts be made at an instant, and when that changes. */
export function windowAt(windows: readonly DialWindow[], instant: Temporal.Instant, zone: string): WindowState {
  if (windows.length === 0) return { open: true, until: undefined };
  let key = zone;
  for (const { from, to } of windows) key += ` ${from}-${to}`;
  const now = instant.epochMilliseconds;
  const known = states.get(key);
  if (known && known.from <= now && now < known.to) return known.state;
  const state = findState(windows, instant, zone);
  const change = state.open ? state.until : state.opens;
  if (states.size >= MOST_STATES) states.clear();
  states.set(key, { from: now, to: change?.epochMilliseconds ?? Number.POSITIVE_INFINITY, state });
  return state;
}

function findState(windows: readonly DialWindow[], instant: Temporal.Instant, zone: string): WindowState {
  if (coverTheDay(windows)) return { open: true, until: undefined };
  const today = instant.toZonedDateTimeISO(zone).toPlainDate();
  const spans: { begin: Temporal.Instant; end: Temporal.Instant }[] = [];
  for (let offset = -2; offset <= 4; offset++) {
    const day = today.add({ days: offset });
    for (const { from, to } of windows) {
      const last = to <= from || to === '24:00' ? day.add({ days: 1 }) : day;
      const begin = firstInstant(day.toPlainDateTime(from), zone);
      const end = firstInstant(last.toPlainDateTime(to === '24:00' ? '00:00' : to), zone);
      if (Temporal.Instant.compare(begin, end) < 0) spans.push({ begin, end });
    }
  }
  spans.sort((a, b) => Temporal.Instant.compare(a.begin, b.begin));
  let until: Temporal.Instant | undefined;
  for (const { begin, end } of spans) {
    if (Temporal.Instant.compare(begin, until ?? instant) > 0) {
      if (until === undefined) return { open: false, opens: begin };
      break;
    }
    if (Temporal.Instant.compare(end, until ?? instant) > 0) until = end;
  }
  return { open: true, until };
}

function coverTheDay(windows: readonly DialWindow[]): boolean {
  const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const spans = windows
    .flatMap(
      ({ from, to }) =>
        (to > from
          ? [[minutes(from), minutes(to)]]
          : [
              [minutes(from), 1440],
              [0, minutes(to)],
            ]) as [number, number][],
    )
    .sort(([a], [b]) => a - b);
  let covered = 0;
  for (const [from, to] of spans) {
    if (from > covered) return false;
    covered = Math.max(covered, to);
  }
  return covered >= 1440;
}
