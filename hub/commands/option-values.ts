import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { InvalidArgumentError } from 'commander';
import { readInstant, withinReach } from '../core/instant.ts';
import type { Translate } from './language.ts';

/** A parser of whole numbers for options. */
export const wholeNumber =
  (min: number, max: number, t: Translate) =>
  (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(t(`a whole number from ${min} to ${max} is needed`, `нужно целое число от ${min} до ${max}`));
  };

/** A parser of times: RFC 3339, or a day, which begins in the zone of this computer. */
export const timeValue =
  (t: Translate) =>
  (text: string): Temporal.Instant => {
    try {
      return /^\d{4}-\d{2}-\d{2}$/.test(text)
        ? withinReach(Temporal.PlainDate.from(text).toZonedDateTime(systemTimeZone()).toInstant())
        : readInstant(text);
    } catch {
      throw new InvalidArgumentError(
        t('a time such as 2026-11-22 or 2026-11-22T14:05:00+03:00 is needed', 'нужно время вида 2026-11-22 или 2026-11-22T14:05:00+03:00'),
      );
    }
  };

/** Gathers a repeatable option. */
export const gather = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];
