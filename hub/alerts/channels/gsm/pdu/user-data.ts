import { type Concatenation, decodeGsm, decodeUcs2, readUserDataHeader } from '../../sms-text.ts';
import type { OctetReader } from './octets.ts';
import { PduError } from './pdu-error.ts';
import { unpackSeptets } from './septets.ts';

export type Alphabet = 'gsm' | 'ucs2' | 'octets';

/** The alphabet that a data coding scheme names (3GPP TS 23.038, chapter 4); what is reserved is read as the default alphabet. */
export function alphabetOf(scheme: number): Alphabet {
  const group = scheme >> 4;
  if (group < 8) return (['gsm', 'octets', 'ucs2', 'gsm'] as const)[(scheme >> 2) & 3]!;
  if (group === 0xe) return 'ucs2';
  return group === 0xf && (scheme & 4) !== 0 ? 'octets' : 'gsm';
}

export interface UserText {
  readonly text: string;
  readonly concatenation: Concatenation | undefined;
}

/**
 * Reads the length of the user data and the text behind it. Octets of no alphabet (settings for phones, pictures) are shown as ISO 8859-1.
 * @param scheme data coding scheme
 * @throws PduError when the lengths contradict each other, or the text is compressed, which no network does
 */
export function readUserText(reader: OctetReader, scheme: number, hasHeader: boolean): UserText {
  if (scheme >> 4 < 8 && (scheme & 0x20) !== 0) throw new PduError('the text is compressed');
  const alphabet = alphabetOf(scheme);
  const length = reader.octet('the length of the text');
  const most = alphabet === 'gsm' ? 160 : 140;
  if (length > most) throw new PduError(`the text says that it has ${length} places; at most ${most} are possible`);
  const octets = reader.take(alphabet === 'gsm' ? Math.ceil((length * 7) / 8) : length, 'the text');
  let concatenation: Concatenation | undefined;
  let headerLength = 0;
  if (hasHeader) {
    const header = readUserDataHeader(octets);
    if (!header) throw new PduError('the header of the text is longer than the text');
    ({ concatenation, headerLength } = header);
  }
  if (alphabet === 'ucs2') return { text: decodeUcs2(octets.subarray(headerLength)), concatenation };
  if (alphabet === 'octets') return { text: Buffer.from(octets.subarray(headerLength)).toString('latin1'), concatenation };
  const headerSeptets = Math.ceil((headerLength * 8) / 7);
  if (headerSeptets > length) throw new PduError('the header of the text is longer than the text');
  const fill = headerSeptets * 7 - headerLength * 8;
  return { text: decodeGsm(unpackSeptets(octets.subarray(headerLength), length - headerSeptets, fill)), concatenation };
}
