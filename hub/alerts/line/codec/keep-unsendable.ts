import { decodeWindows1251, encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';

/** A stored text as the wire shows it: what windows-1251 does not have is `?`. */
export const asSent = (stored: string): string => decodeWindows1251(encodeWindows1251(stored, '?'));

/**
 * A text of an `UPDATE...` as it is to be stored: where it is exactly what the server would have sent for the stored one, the stored one, so that a client of
 * windows-1251 does not spoil by saving what it cannot show (specification of alerts 2.13).
 */
export function keepUnsendable(received: string, stored: string): string {
  return received === stored || asSent(stored) === received ? stored : received;
}
