import { badValue } from '../bad-value.ts';

/**
 * Days and times as foreign programs write them (spec billing 4, 5.5, 6.2): ISO days, ISO date-times with `Z`, `+03:00`, `+0300`, fractions or no zone,
 * `dd.MM.yyyy` with or without a time. Without a zone the billing's counts.
 */
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,30})?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i;
const RUSSIAN = /^(\d\d)\.(\d\d)\.(\d{4})(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?$/;
const EPOCH = /^-?\d{11,14}$/;
const [FIRST_YEAR, LAST_YEAR] = [1900, 2200];

interface Read {
  readonly at: Temporal.PlainDateTime;
  /** `+03:00`, `Z` */
  readonly offset: string | undefined;
  readonly timed: boolean;
}

const wrong = (name: string, text: string) =>
  badValue(
    name,
    `${JSON.stringify(text.slice(0, 40))} is no date from ${FIRST_YEAR} to ${LAST_YEAR}, such as 2020-03-31 or 31.03.2020`,
    'ожидается дата, например 31.03.2020 или 2020-03-31',
  );

function read(name: string, text: string): Read {
  const iso = ISO.exec(text);
  const [, year, month, day, hour, minute, second, offset] = iso ?? [];
  const russian = iso ? null : RUSSIAN.exec(text);
  const parts = russian
    ? { year: russian[3], month: russian[2], day: russian[1], hour: russian[4], minute: russian[5], second: russian[6] }
    : { year, month, day, hour, minute, second };
  if ((!iso && !russian) || Number(parts.year) < FIRST_YEAR || Number(parts.year) > LAST_YEAR) throw wrong(name, text);
  try {
    const numbers = Object.fromEntries(Object.entries(parts).map(([part, digits]) => [part, Number(digits ?? 0)]));
    const at = Temporal.PlainDateTime.from(numbers as { year: number; month: number; day: number }, { overflow: 'reject' });
    return { at, offset, timed: parts.hour !== undefined };
  } catch {
    throw wrong(name, text);
  }
}

const minutesOf = (offset: string): number => {
  if (offset === 'Z' || offset === 'z') return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return (offset.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
};

function instantOf(name: string, text: string, { at, offset }: Read, timeZone: string): Temporal.Instant {
  if (offset === undefined) return at.toZonedDateTime(timeZone).toInstant();
  const minutes = minutesOf(offset);
  if (Math.abs(minutes) > 18 * 60) throw wrong(name, text);
  return at.toZonedDateTime('UTC').toInstant().subtract({ minutes });
}

/** @param name of the parameter. @throws HubError BAD_REQUEST */
export function readInstant(name: string, text: string, timeZone: string): Temporal.Instant {
  const trimmed = text.trim();
  if (EPOCH.test(trimmed)) return instantOfEpoch(name, Number(trimmed));
  return instantOf(name, trimmed, read(name, trimmed), timeZone);
}

/** The day that a text means; of a time with a zone the day that it is where the billing is. @throws HubError BAD_REQUEST */
export function readDay(name: string, text: string, timeZone: string): Temporal.PlainDate {
  const trimmed = text.trim();
  if (EPOCH.test(trimmed)) return instantOfEpoch(name, Number(trimmed)).toZonedDateTimeISO(timeZone).toPlainDate();
  const found = read(name, trimmed);
  if (!found.timed || found.offset === undefined) return found.at.toPlainDate();
  return instantOf(name, trimmed, found, timeZone).toZonedDateTimeISO(timeZone).toPlainDate();
}

/** Of milliseconds since 1970. @throws HubError BAD_REQUEST */
export function instantOfEpoch(name: string, milliseconds: number): Temporal.Instant {
  if (!Number.isSafeInteger(milliseconds)) throw wrong(name, String(milliseconds));
  try {
    const instant = Temporal.Instant.fromEpochMilliseconds(milliseconds);
    const { year } = instant.toZonedDateTimeISO('UTC');
    if (year >= FIRST_YEAR && year <= LAST_YEAR) return instant;
  } catch {
    // Beyond what an instant can be.
  }
  throw wrong(name, String(milliseconds));
}

/** Midnights by zone and day: finding an offset takes longer than everything else in writing a row. Emptied when it is full. */
const midnights = new Map<string, string>();
const MOST_MIDNIGHTS = 20_000;

function midnightText(day: Temporal.PlainDate, timeZone: string): string {
  const key = `${day.toString()} ${timeZone}`;
  const known = midnights.get(key);
  if (known !== undefined) return known;
  if (midnights.size >= MOST_MIDNIGHTS) midnights.clear();
  const text = day.toZonedDateTime(timeZone).toString({ smallestUnit: 'second', timeZoneName: 'never' });
  midnights.set(key, text);
  return text;
}

/** `2017-03-01T00:00:00+03:00`; a day is its midnight. */
export const isoTime = (value: Temporal.Instant | Temporal.PlainDate, timeZone: string): string =>
  value instanceof Temporal.PlainDate
    ? midnightText(value, timeZone)
    : value.toZonedDateTimeISO(timeZone).toString({ smallestUnit: 'second', timeZoneName: 'never' });

/** `2017-03-01` where the billing is. */
export const isoDay = (value: Temporal.Instant | Temporal.PlainDate, timeZone: string): string =>
  (value instanceof Temporal.PlainDate ? value : value.toZonedDateTimeISO(timeZone).toPlainDate()).toString();
