import { HubError } from '../core/errors.ts';

/** Cursors of the feed: a seq with a check, so that a damaged one is refused and does not silently lose or repeat changes (spec 7.2, B21). */
const LARGEST = 2n ** 53n;

const checkOf = (digits: string): string => ((BigInt(digits) * 7919n + 104_729n) % 46_656n).toString(36).padStart(4, '0');

/** @example formatChangeCursor(1042) */
export const formatChangeCursor = (seq: number): string => `${seq}${checkOf(String(seq))}`;

/** @throws HubError BAD_REQUEST with the reason `cursor`. */
export function parseChangeCursor(text: string): number {
  const { digits, check } = /^(?<digits>\d{1,16})(?<check>[0-9a-z]{4})$/.exec(text)?.groups ?? {};
  if (digits === undefined || check !== checkOf(digits) || BigInt(digits) >= LARGEST) {
    throw new HubError('BAD_REQUEST', 'after: this is not a cursor that the feed answered; begin again with dateStart', {
      reason: 'cursor',
      russian: 'after: это не курсор из ответа ленты; начните заново с dateStart',
    });
  }
  return Number(digits);
}
