import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { InvalidArgumentError } from 'commander';
import { readInstant, withinReach } from '../instant.ts';
import type { Translate } from './words.ts';

/** Readers of the values of options and arguments, for commander. Each throws InvalidArgumentError: a wrong value is a wrong command line. */

/** `--label A --label B` gathers both. */
export const gather = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** Reads a whole number from `least` to `most`. */
export const wholeNumber =
  (t: Translate, least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(t(`a whole number from ${least} to ${most}.`, `целое число от ${least} до ${most}.`));
  };

/** Reads an id. */
export const identifier = (t: Translate) => wholeNumber(t, 1, Number.MAX_SAFE_INTEGER);

/** Reads an instant with its offset, or a day or time of this computer's zone: `2026-11-22`, `2026-11-22T14:05`. Years 1900 to 2199. */
export const moment =
  (t: Translate) =>
  (text: string): Temporal.Instant => {
    try {
      return readInstant(text);
    } catch {
      try {
        return withinReach(Temporal.PlainDateTime.from(text).toZonedDateTime(systemTimeZone()).toInstant());
      } catch {
        throw new InvalidArgumentError(
          t(
            'a day or time such as 2026-11-22 or 2026-11-22T14:05+03:00.',
            'день или время, например 2026-11-22 или 2026-11-22T14:05+03:00.',
          ),
        );
      }
    }
  };
