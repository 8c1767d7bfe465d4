import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DialWindow,
  isDateTime,
  lateMinutes,
  NO_SCHEDULE,
  nextOccurrence,
  nextOccurrences,
  type Schedule,
  type StartRule,
  scheduleFault,
  windowAt,
} from '../schedule.ts';

const at = (text: string) => Temporal.Instant.from(text);
const with_ = (start: StartRule, more: Partial<Schedule> = {}): Schedule => ({ ...NO_SCHEDULE, start, ...more });
const daily = (...times: string[]) => with_({ kind: 'weekly', days: [1, 2, 3, 4, 5, 6, 7], times });
const starts = (schedule: Schedule, after: string, zone: string, count: number) =>
  nextOccurrences(schedule, at(after), zone, count).map(({ local, instant }) => `${local} ${instant}`);

/** Nights in which clocks change, and their zones: by an hour, by half of one, at midnight, by a whole day, for good. */
const NIGHTS = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['America/Santiago', '2026-09-06'],
  ['America/Santiago', '2026-04-05'],
  ['Pacific/Apia', '2011-12-30'],
  ['Europe/Moscow', '2014-10-26'],
] as const;

/** Every minute of the six days around a night, and what the clocks show then. */
const TABLES = new Map<string, readonly { readonly instant: number; readonly wall: string }[]>();
function minutesAround(zone: string, night: string) {
  const key = zone + night;
  const known = TABLES.get(key);
  if (known) return known;
  const begin = Math.floor(Temporal.PlainDate.from(night).subtract({ days: 3 }).toZonedDateTime(zone).epochMilliseconds / 60_000);
  const table = Array.from({ length: 6 * 1440 }, (_, minute) => {
    const instant = (begin + minute) * 60_000;
    const wall = Temporal.Instant.fromEpochMilliseconds(instant)
      .toZonedDateTimeISO(zone)
      .toPlainDateTime()
      .toString({ smallestUnit: 'second' });
    return { instant, wall };
  });
  TABLES.set(key, table);
  return table;
}

/** The first minute at which the clocks show a wall time or a later one, looked up minute by minute. */
const firstShown = (table: ReturnType<typeof minutesAround>, wall: string) =>
  table.find((minute) => minute.wall >= wall)?.instant ?? Number.NaN;

const time = fc.nat(1439).map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
const night = fc.constantFrom(...NIGHTS);

describe('starts', () => {
  test('none, and a foreign text, never come', () => {
    expect(nextOccurrence(NO_SCHEDULE, at('2026-01-01T00:00:00Z'), 'UTC')).toBeUndefined();
    expect(nextOccurrence('каждый день', at('2026-01-01T00:00:00Z'), 'UTC')).toBeUndefined();
  });

  test('once comes once, in its own zone or in that of the alerts', () => {
    const once = with_({ kind: 'once', at: '2026-03-02T09:15:00' });
    expect(starts(once, '2026-03-02T06:14:59Z', 'Europe/Moscow', 3)).toEqual(['2026-03-02T09:15:00 2026-03-02T06:15:00Z']);
    expect(starts(once, '2026-03-02T06:15:00Z', 'Europe/Moscow', 3)).toEqual([]);
    expect(starts({ ...once, zone: 'Asia/Omsk' }, '2026-01-01T00:00:00Z', 'Europe/Moscow', 1)).toEqual([
      '2026-03-02T09:15:00 2026-03-02T03:15:00Z',
    ]);
  });

  test('weekly comes on its days at its times, whatever their order', () => {
    const weekly = with_({ kind: 'weekly', days: [1, 5], times: ['18:00', '09:00'] });
    expect(starts(weekly, '2026-11-22T12:00:00Z', 'Europe/Moscow', 5)).toEqual([
      '2026-11-23T09:00:00 2026-11-23T06:00:00Z',
      '2026-11-23T18:00:00 2026-11-23T15:00:00Z',
      '2026-11-27T09:00:00 2026-11-27T06:00:00Z',
      '2026-11-27T18:00:00 2026-11-27T15:00:00Z',
      '2026-11-30T09:00:00 2026-11-30T06:00:00Z',
    ]);
  });

  test('monthly takes the last day of a month that is too short', () => {
    const monthly = with_({ kind: 'monthly', day: 31, time: '08:00' });
    expect(starts(monthly, '2028-01-31T08:00:00Z', 'UTC', 4)).toEqual([
      '2028-02-29T08:00:00 2028-02-29T08:00:00Z',
      '2028-03-31T08:00:00 2028-03-31T08:00:00Z',
      '2028-04-30T08:00:00 2028-04-30T08:00:00Z',
      '2028-05-31T08:00:00 2028-05-31T08:00:00Z',
    ]);
  });

  test('a time that spring leaves out comes at the first instant after it', () => {
    expect(starts(daily('02:30'), '2026-03-28T12:00:00Z', 'Europe/Berlin', 2)).toEqual([
      '2026-03-29T02:30:00 2026-03-29T01:00:00Z',
      '2026-03-30T02:30:00 2026-03-30T00:30:00Z',
    ]);
    // Midnight itself, and a whole day.
    expect(starts(daily('00:10'), '2026-09-05T12:00:00Z', 'America/Santiago', 1)).toEqual(['2026-09-06T00:10:00 2026-09-06T04:00:00Z']);
    expect(starts(daily('09:00'), '2011-12-29T20:00:00Z', 'Pacific/Apia', 2)).toEqual([
      '2011-12-30T09:00:00 2011-12-30T10:00:00Z',
      '2011-12-31T09:00:00 2011-12-30T19:00:00Z',
    ]);
  });

  test('a time that autumn brings twice comes the first time only', () => {
    expect(starts(daily('02:30'), '2026-10-24T12:00:00Z', 'Europe/Berlin', 2)).toEqual([
      '2026-10-25T02:30:00 2026-10-25T00:30:00Z',
      '2026-10-26T02:30:00 2026-10-26T01:30:00Z',
    ]);
    expect(starts(daily('02:30'), '2026-10-25T00:45:00Z', 'Europe/Berlin', 1)).toEqual(['2026-10-26T02:30:00 2026-10-26T01:30:00Z']);
  });

  test('around every change of clocks they come when a clock watched minute by minute says so', () => {
    fc.assert(
      fc.property(
        night,
        fc.uniqueArray(time, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1440, max: 4 * 1440 }),
        (where, times, minute) => {
          const [zone, day] = where;
          const table = minutesAround(zone, day);
          const after = table[minute]!.instant;
          const expected = Array.from({ length: 6 }, (_, offset) =>
            Temporal.PlainDate.from(day)
              .add({ days: offset - 2 })
              .toString(),
          )
            .flatMap((date) => [...times].sort().map((clock) => `${date}T${clock}:00`))
            .map((local) => ({ local, instant: firstShown(table, local) }))
            .find(({ instant }) => instant > after);
          const found = nextOccurrence(daily(...times), Temporal.Instant.fromEpochMilliseconds(after), zone);
          expect({ local: found?.local, instant: found?.instant.epochMilliseconds }).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('no local time comes twice and every one comes in order', () => {
    fc.assert(
      fc.property(night, fc.uniqueArray(time, { minLength: 1, maxLength: 5 }), ([zone, day], times) => {
        const begin = Temporal.PlainDate.from(day).subtract({ days: 2 }).toZonedDateTime(zone).toInstant();
        const found = nextOccurrences(daily(...times), begin, zone, 4 * times.length);
        expect(found).toHaveLength(4 * times.length);
        expect(new Set(found.map(({ local }) => local)).size).toBe(found.length);
        const order = found.map(({ instant }) => instant.epochMilliseconds);
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });

  test('a year of daily starts is previewed', () => {
    const year = nextOccurrences(daily('12:00'), at('2026-01-01T00:00:00Z'), 'Europe/Berlin', 365);
    expect(year.at(-1)?.local).toBe('2026-12-31T12:00:00');
  });
});

describe('windows', () => {
  const ask = (windows: readonly DialWindow[], when: string, zone = 'UTC') => {
    const state = windowAt(windows, at(when), zone);
    return state.open ? `open until ${state.until}` : `opens ${state.opens}`;
  };
  const DAY = [{ from: '09:00', to: '18:00' }];

  test('without any, or covering the day, they are always open', () => {
    expect(ask([], '2026-01-01T03:00:00Z')).toBe('open until undefined');
    expect(ask([{ from: '00:00', to: '24:00' }], '2026-01-01T03:00:00Z')).toBe('open until undefined');
    const halves = [
      { from: '22:00', to: '08:00' },
      { from: '08:00', to: '22:00' },
    ];
    expect(ask(halves, '2026-01-01T03:00:00Z')).toBe('open until undefined');
  });

  test('open at their first instant and close at their last', () => {
    expect(ask(DAY, '2026-01-01T08:59:59.999Z')).toBe('opens 2026-01-01T09:00:00Z');
    expect(ask(DAY, '2026-01-01T09:00:00Z')).toBe('open until 2026-01-01T18:00:00Z');
    expect(ask(DAY, '2026-01-01T17:59:59.999Z')).toBe('open until 2026-01-01T18:00:00Z');
    expect(ask(DAY, '2026-01-01T18:00:00Z')).toBe('opens 2026-01-02T09:00:00Z');
    expect(ask(DAY, '2026-01-01T06:00:00Z', 'Europe/Moscow')).toBe('open until 2026-01-01T15:00:00Z');
  });

  test('are answered alike however often and in whatever order they are asked about', () => {
    const moments = [
      '2026-01-01T12:00:00Z',
      '2026-01-01T17:59:59Z',
      '2026-01-01T18:00:00Z',
      '2026-01-02T03:00:00Z',
      '2026-01-01T08:00:00Z',
      '2026-01-01T12:00:00Z',
    ];
    expect(moments.map((moment) => ask(DAY, moment))).toEqual([
      'open until 2026-01-01T18:00:00Z',
      'open until 2026-01-01T18:00:00Z',
      'opens 2026-01-02T09:00:00Z',
      'opens 2026-01-02T09:00:00Z',
      'opens 2026-01-01T09:00:00Z',
      'open until 2026-01-01T18:00:00Z',
    ]);
    for (let n = 0; n < 600; n++) {
      const minute = String(n % 60).padStart(2, '0');
      const own = [{ from: `${String(10 + Math.floor(n / 60)).padStart(2, '0')}:${minute}`, to: '23:00' }];
      expect(windowAt(own, at('2026-01-01T22:00:00Z'), 'UTC').open).toBe(true);
      expect(windowAt(own, at('2026-01-01T09:00:00Z'), 'UTC').open).toBe(false);
    }
  });

  test('may cross midnight and touch each other', () => {
    const nights = [
      { from: '20:00', to: '24:00' },
      { from: '00:00', to: '02:00' },
      { from: '12:00', to: '13:00' },
    ];
    expect(ask([{ from: '20:00', to: '02:00' }], '2026-01-01T01:00:00Z')).toBe('open until 2026-01-01T02:00:00Z');
    expect(ask(nights, '2026-01-01T21:00:00Z')).toBe('open until 2026-01-02T02:00:00Z');
    expect(ask(nights, '2026-01-01T02:00:00Z')).toBe('opens 2026-01-01T12:00:00Z');
  });

  test('one that lies in the hour that spring leaves out does not open that night', () => {
    const hour = [{ from: '02:00', to: '03:00' }];
    expect(ask(hour, '2026-03-29T01:00:00Z', 'Europe/Berlin')).toBe('opens 2026-03-30T00:00:00Z');
    expect(ask([{ from: '03:00', to: '02:00' }], '2026-03-28T12:00:00Z', 'Europe/Berlin')).toBe('open until 2026-03-30T00:00:00Z');
  });

  test('around every change of clocks they are open when a clock watched minute by minute says so', () => {
    const window = fc.tuple(time, fc.oneof(time, fc.constant('24:00'))).filter(([from, to]) => from !== to);
    fc.assert(
      fc.property(
        night,
        fc.array(window, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1440, max: 3 * 1440 }),
        (where, pairs, minute) => {
          const [zone, day] = where;
          const table = minutesAround(zone, day);
          const windows = pairs.map(([from, to]) => ({ from, to }));
          const spans = Array.from({ length: 7 }, (_, offset) => Temporal.PlainDate.from(day).add({ days: offset - 3 })).flatMap((date) =>
            windows.map(({ from, to }) => {
              const last = to === '24:00' || to < from ? date.add({ days: 1 }) : date;
              const end = firstShown(table, `${last}T${to === '24:00' ? '00:00' : to}:00`);
              return { begin: firstShown(table, `${date}T${from}:00`), end: Number.isNaN(end) ? Number.POSITIVE_INFINITY : end };
            }),
          );
          const isOpen = (instant: number) => spans.some(({ begin, end }) => begin <= instant && instant < end);
          const now = table[minute]!.instant;
          const state = windowAt(windows, Temporal.Instant.fromEpochMilliseconds(now), zone);
          expect(state.open).toBe(isOpen(now));
          const change = state.open ? state.until : state.opens;
          const expected = table.find(({ instant }) => instant > now && isOpen(instant) !== state.open)?.instant;
          if (change !== undefined && change.epochMilliseconds <= table.at(-1440)!.instant) expect(change.epochMilliseconds).toBe(expected);
          else expect(expected ?? Number.POSITIVE_INFINITY).toBeGreaterThan(table.at(-1441)!.instant);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('what a schedule must not be', () => {
  test.each([
    [with_({ kind: 'once', at: '2026-02-30T00:00:00' }), 'no date and time'],
    [with_({ kind: 'weekly', days: [], times: ['09:00'] }), 'needs a day'],
    [with_({ kind: 'weekly', days: [0], times: ['09:00'] }), 'weekdays'],
    [with_({ kind: 'weekly', days: [1, 1], times: ['09:00'] }), 'weekdays'],
    [with_({ kind: 'weekly', days: [1], times: [] }), 'times'],
    [with_({ kind: 'weekly', days: [1], times: ['24:00'] }), '24:00'],
    [with_({ kind: 'monthly', day: 32, time: '09:00' }), '32'],
    [with_({ kind: 'monthly', day: 1, time: '9:00' }), '9:00'],
    [{ ...NO_SCHEDULE, zone: 'Europe/Nowhere' }, 'Europe/Nowhere'],
    [{ ...NO_SCHEDULE, late: -1 }, 'late'],
    [{ ...NO_SCHEDULE, windows: [{ from: '24:00', to: '01:00' }] }, '24:00'],
    [{ ...NO_SCHEDULE, windows: [{ from: '09:00', to: '09:00' }] }, 'empty'],
    [{ ...NO_SCHEDULE, windows: Array.from({ length: 25 }, () => ({ from: '09:00', to: '10:00' })) }, '25'],
  ] as [Schedule, string][])('%j', (schedule, part) => {
    expect(scheduleFault(schedule)).toContain(part);
  });

  test('good ones have no fault', () => {
    expect(scheduleFault(NO_SCHEDULE)).toBeUndefined();
    expect(
      scheduleFault({ ...daily('00:00', '23:59'), zone: 'Asia/Omsk', late: 0, windows: [{ from: '22:00', to: '24:00' }] }),
    ).toBeUndefined();
  });

  test('wall times are days that exist, in years that databases take', () => {
    expect(['2026-03-02T09:15:00', '2028-02-29T23:59:59'].every(isDateTime)).toBe(true);
    for (const wrong of [
      '2026-02-29T00:00:00',
      '2026-03-02T24:00:00',
      '2026-03-02T09:15:60',
      '2026-03-02 09:15:00',
      '1899-12-31T00:00:00',
      '9999-01-01T00:00:00',
    ])
      expect(isDateTime(wrong)).toBe(false);
  });
});

test('a start may be 15 minutes late unless the schedule says otherwise', () => {
  expect([lateMinutes(NO_SCHEDULE), lateMinutes({ ...NO_SCHEDULE, late: 0 }), lateMinutes('text')]).toEqual([15, 0, 15]);
});
