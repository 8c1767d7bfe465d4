import { readFile } from 'node:fs/promises';
import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { InvalidArgumentError } from 'commander';
import { HubError } from '../../core/errors.ts';
import { readInstant, withinReach } from '../../core/instant.ts';
import type { Translate } from './words.ts';

/** Readers of the values of options; a wrong value is a wrong command line. */
export const wholeNumber =
  (t: Translate, least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(t(`a whole number from ${least} to ${most}.`, `целое число от ${least} до ${most}.`));
  };

/** `1000-1042`, or one sequence. */
export const sequenceRange =
  (t: Translate) =>
  (text: string): { first: number; last: number } => {
    const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match && first >= 1 && first <= last) return { first, last };
    throw new InvalidArgumentError(t('a range such as 1000-1042.', 'диапазон, например 1000-1042.'));
  };

/** An instant with its offset, or a day or time of this computer's zone: `2026-11-22`, `2026-11-22T14:05`. */
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

/** Days of thresholds, `1,7,20`; `none`; `default`: those of the configuration. */
export const ageDays =
  (t: Translate) =>
  (text: string): number[] | 'default' => {
    if (text === 'default') return text;
    if (text === 'none') return [];
    const days = text.split(',').map((part) => (/^\d{1,2}$/.test(part.trim()) ? Number(part) : Number.NaN));
    if (days.every((day) => day >= 1 && day <= 30)) return days;
    throw new InvalidArgumentError(
      t('days from 1 to 30 such as 1,7,20; or none, default.', 'дни от 1 до 30, например 1,7,20; либо none, default.'),
    );
  };

/** The certificate request of a file. @throws HubError NOT_FOUND */
export async function readRequest(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HubError('NOT_FOUND', `the certificate request ${path} cannot be read (${error.code})`, { cause: error });
  });
}
