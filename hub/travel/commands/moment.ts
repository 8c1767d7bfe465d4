import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { InvalidArgumentError } from 'commander';
import type { Translate } from './words.ts';

/** Reads an instant with its offset, or a day or time of this computer's zone: `2026-11-22`, `2026-11-22T14:05`. */
export const moment =
  (t: Translate) =>
  (text: string): Temporal.Instant => {
    try {
      return Temporal.Instant.from(text);
    } catch {
      try {
        return Temporal.PlainDateTime.from(text).toZonedDateTime(systemTimeZone()).toInstant();
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
