import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileSettings } from '../profiles.ts';
import { ATTEMPTS_OF_THE_SOURCE, createNext, delayAfter, EVERY_FIVE_MINUTES, readSchedule, type Schedule } from '../schedule.ts';

const noon = Date.UTC(2026, 10, 22, 12);
const minutes = (count: number): number => count * 60_000;

/** Due times of all attempts when each of them starts and ends as told; the last one is where it gives up. */
function play(
  schedule: Schedule,
  attempts: number,
  about: { late?: (number: number) => number; takes?: number; random?: () => number } = {},
): number[] {
  const next = createNext(schedule, attempts, about.random ?? (() => 0.5));
  const due = [noon];
  for (let spent = 1; ; spent += 1) {
    const dueAt = due.at(-1) ?? 0;
    const begunAt = dueAt + (about.late?.(spent) ?? 3);
    const at = next({ spent, dueAt, begunAt, endedAt: begunAt + (about.takes ?? 200) });
    if (at === undefined) return due;
    due.push(at);
  }
}

describe('the schedule of the source', () => {
  test('ten attempts, five minutes apart, span 45 minutes', () => {
    const due = play(EVERY_FIVE_MINUTES, ATTEMPTS_OF_THE_SOURCE);
    expect(due).toEqual(Array.from({ length: 10 }, (_, index) => noon + minutes(5 * index)));
    expect(profileSettings('classic', 'order')).toMatchObject({ schedule: EVERY_FIVE_MINUTES, max_attempts: 10, success: ['200'] });
  });

  test('a late start moves what follows; a slow answer does not, until it passes the next due time', () => {
    const due = play(EVERY_FIVE_MINUTES, 4, { late: (number) => (number === 2 ? minutes(7) : 0) });
    expect(due.map((at) => (at - noon) / 60_000)).toEqual([0, 5, 17, 22]);
    expect(play(EVERY_FIVE_MINUTES, 3, { takes: minutes(2) }).map((at) => (at - noon) / 60_000)).toEqual([0, 5, 10]);
    expect(play(EVERY_FIVE_MINUTES, 3, { takes: minutes(6), late: () => 0 }).map((at) => (at - noon) / 60_000)).toEqual([0, 6, 12]);
  });
});

describe('other schedules', () => {
  test('the modern list has nine delays for ten attempts', () => {
    const { schedule, max_attempts } = profileSettings('modern', 'order');
    const due = play(schedule, max_attempts);
    const delays = due.slice(1).map((at, index) => (at - (due[index] ?? 0)) / 1000);
    expect(delays).toEqual([5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 86_400]);
  });

  test('a list goes on with its last delay; an exponential one grows up to its most', () => {
    const list: Schedule = { kind: 'list', seconds: [1, 2], jitter: 0 };
    expect([1, 2, 3, 9].map((number) => delayAfter(list, number))).toEqual([1, 2, 2, 2]);
    const growing: Schedule = { kind: 'exponential', seconds: 5, factor: 3, most: 100, jitter: 0 };
    expect([1, 2, 3, 4, 50].map((number) => delayAfter(growing, number))).toEqual([5, 15, 45, 100, 100]);
  });

  test('jitter stays within its percentage, both ways, and never lets an attempt begin before the one before has ended', () => {
    const schedule: Schedule = { kind: 'fixed', seconds: 100, jitter: 20 };
    expect(play(schedule, 2, { random: () => 0 })[1]).toBe(noon + 80_000);
    expect(play(schedule, 2, { random: () => 1 })[1]).toBe(noon + 120_000);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 300_000 }), (random, takes) => {
        const at = play(schedule, 2, { random: () => random, takes, late: () => 0 })[1] ?? 0;
        expect(at).toBeGreaterThanOrEqual(Math.max(noon + 80_000, noon + takes));
        expect(at).toBeLessThanOrEqual(Math.max(noon + 120_000, noon + takes));
      }),
    );
  });
});

describe('B10: a schedule that is refused', () => {
  test.each([
    ['empty', {}],
    ['an empty list', { kind: 'list', seconds: [] }],
    ['negative', { kind: 'fixed', seconds: -300 }],
    ['nothing between attempts', { kind: 'fixed', seconds: 0 }],
    ['a negative delay in a list', { kind: 'list', seconds: [5, -1] }],
    ['fifty delays', { kind: 'list', seconds: Array.from({ length: 50 }, () => 1) }],
    ['no number', { kind: 'fixed', seconds: Number.NaN }],
    ['a list where one delay is meant', { kind: 'fixed', seconds: [1] }],
    ['an unknown kind', { kind: 'cron', seconds: 5 }],
    ['shrinking', { kind: 'exponential', seconds: 5, factor: 0.5 }],
    ['jitter over half', { kind: 'fixed', seconds: 5, jitter: 51 }],
    ['over 30 days in all', { kind: 'fixed', seconds: 300_000 }],
  ])('%s', (_, input) => {
    const reading = readSchedule(input, 10);
    expect(reading).toEqual({ en: expect.stringMatching(/must|would take/), ru: expect.any(String) });
  });

  test('30 days to the second are allowed, and not a delay more', () => {
    expect(readSchedule({ kind: 'fixed', seconds: 288_000 }, 10)).toHaveProperty('schedule');
    expect(readSchedule({ kind: 'fixed', seconds: 288_001 }, 10)).not.toHaveProperty('schedule');
    expect(readSchedule({ kind: 'fixed', seconds: 2_000_000 }, 1)).toHaveProperty('schedule');
  });
});
