import type { Turn } from '../core/deliveries/policy.ts';

/**
 * When the next attempt of a delivery is due (spec 4, 6.2), as data. The first attempt starts at once. Attempt n is due one delay after the
 * due start of attempt n-1; if that one was late, one delay after its real start; never before its end.
 */
export type Schedule =
  | { readonly kind: 'fixed'; readonly seconds: number; readonly jitter: number }
  /** The delays one after the other; the last one goes on. */
  | { readonly kind: 'list'; readonly seconds: readonly number[]; readonly jitter: number }
  /** `seconds`, then each delay `factor` times the one before, up to `most`. */
  | { readonly kind: 'exponential'; readonly seconds: number; readonly factor: number; readonly most: number; readonly jitter: number };

/** A schedule as it was given: any part may be missing or wrong. */
export interface ScheduleInput {
  readonly kind?: string | undefined;
  readonly seconds?: number | readonly number[] | undefined;
  readonly factor?: number | undefined;
  readonly most?: number | undefined;
  readonly jitter?: number | undefined;
}

/** What the source sends by: every 5 minutes. */
export const EVERY_FIVE_MINUTES: Schedule = { kind: 'fixed', seconds: 300, jitter: 0 };
/** The source's: ten attempts at most, the first one included. */
export const ATTEMPTS_OF_THE_SOURCE = 10;

const LONGEST_DELAY = 2_592_000;
/** All delays together, seconds: 30 days. */
const LONGEST_IN_ALL = 2_592_000;
const MOST_DELAYS = 49;
const MOST_JITTER = 50;
/** A start that is no later than this counts as on time, so that ten attempts span their 45 minutes. Milliseconds. */
const PUNCTUAL = 1_000;

/** Seconds before attempt `number + 1`, without jitter. @param number of the attempt that has just failed, from 1. */
export function delayAfter(schedule: Schedule, number: number): number {
  if (schedule.kind === 'fixed') return schedule.seconds;
  if (schedule.kind === 'list') return schedule.seconds[Math.min(number, schedule.seconds.length) - 1] ?? 0;
  return Math.min(schedule.seconds * schedule.factor ** (number - 1), schedule.most);
}

/** A schedule, or why it is none. */
export type ScheduleReading = { readonly schedule: Schedule } | { readonly en: string; readonly ru: string };

const isDelay = (seconds: unknown): seconds is number => typeof seconds === 'number' && seconds >= 1 && seconds <= LONGEST_DELAY;
const DELAY = { en: 'every delay must be 1 to 2592000 seconds', ru: 'каждая пауза должна быть от 1 до 2592000 секунд' };

function shapeOf({ kind, seconds, factor = 2, most = 86_400, jitter = 0 }: ScheduleInput): ScheduleReading {
  if (!(jitter >= 0 && jitter <= MOST_JITTER))
    return { en: 'jitter must be 0 to 50, in percent of a delay', ru: 'jitter должен быть от 0 до 50 процентов паузы' };
  if (kind === 'fixed') return isDelay(seconds) ? { schedule: { kind, seconds, jitter } } : DELAY;
  if (kind === 'list') {
    const list = Array.isArray(seconds) ? (seconds as readonly number[]) : [];
    if (list.length === 0 || list.length > MOST_DELAYS)
      return { en: `a list must have 1 to ${MOST_DELAYS} delays`, ru: `в списке должно быть от 1 до ${MOST_DELAYS} пауз` };
    return list.every(isDelay) ? { schedule: { kind, seconds: list, jitter } } : DELAY;
  }
  if (kind === 'exponential') {
    if (!isDelay(seconds) || !isDelay(most)) return DELAY;
    if (!(factor >= 1 && factor <= 10)) return { en: 'factor must be 1 to 10', ru: 'factor должен быть от 1 до 10' };
    return { schedule: { kind, seconds, factor, most, jitter } };
  }
  return {
    en: 'kind must be fixed (seconds), list (seconds: [...]) or exponential (seconds, factor, most)',
    ru: 'kind должен быть fixed (seconds), list (seconds: [...]) или exponential (seconds, factor, most)',
  };
}

/** Checks a schedule against the attempts that it is for: all delays together must not pass 30 days. */
export function readSchedule(input: ScheduleInput, attempts: number): ScheduleReading {
  const reading = shapeOf(input);
  if (!('schedule' in reading)) return reading;
  const { schedule } = reading;
  let all = 0;
  for (let number = 1; number < attempts; number += 1) all += delayAfter(schedule, number) * (1 + schedule.jitter / 100);
  if (all <= LONGEST_IN_ALL) return reading;
  return {
    en: `${attempts} attempts would take ${Math.round(all / 86_400)} days; at most 30 are allowed`,
    ru: `${attempts} попыток заняли бы дней: ${Math.round(all / 86_400)}; допускается не больше 30`,
  };
}

/**
 * Made once an endpoint: when the next attempt is due; undefined when they are used up.
 * @param random 0 to 1, for jitter.
 */
export function createNext(schedule: Schedule, attempts: number, random: () => number): (turn: Turn) => number | undefined {
  const spread = schedule.jitter / 100;
  return ({ spent, dueAt, begunAt, endedAt }) => {
    if (spent >= attempts) return undefined;
    const start = begunAt - dueAt > PUNCTUAL ? begunAt : dueAt;
    const delay = delayAfter(schedule, Math.max(spent, 1)) * 1000 * (spread === 0 ? 1 : 1 + spread * (2 * random() - 1));
    return Math.max(start + Math.round(delay), endedAt);
  };
}
