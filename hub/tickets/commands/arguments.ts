import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { HubError } from '../../core/errors.ts';
import type { Translate } from '../../core/terminal/words.ts';

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
