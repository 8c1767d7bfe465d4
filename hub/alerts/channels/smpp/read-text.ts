import { type Concatenation, decodeGsm, decodeUcs2, readUserDataHeader } from '../sms-text.ts';
import { ESM_HEADER, OPTION, type ShortMessage, type SmppAddress } from './pdu.ts';

/** What a short message says to people. */
export interface ReceivedText {
  /** With a `+` where it is international. */
  readonly from: string;
  readonly to: string;
  /** Of this part; a pair may be cut at its ends. */
  readonly text: string;
  /** Undefined for a message of one part. */
  readonly concatenation: Concatenation | undefined;
}

/** A number as the rest of the hub writes it. */
const numberOf = ({ ton, number }: SmppAddress): string => (ton === 1 && /^\d/.test(number) ? `+${number}` : number);

/**
 * Data coding 8 and the class forms 0x18 to 0x1B are UCS-2; 0 and the classes 0xF0 to 0xF3 are the default alphabet; 1 and 3 are ASCII and Latin-1,
 * which also show best what is unknown.
 */
function decodeBody(dataCoding: number, octets: Buffer): string {
  if ((dataCoding & 0xec) === 0x08) return decodeUcs2(octets);
  if (dataCoding === 0 || (dataCoding & 0xfc) === 0xf0) return decodeGsm(octets);
  return octets.toString('latin1');
}

function sarOf(options: ShortMessage['options']): Concatenation | undefined {
  const [reference, total = 0, place = 0] = [OPTION.sarReference, OPTION.sarTotal, OPTION.sarPlace].map((tag) => {
    const value = options.get(tag);
    return value && (value.length === 1 || value.length === 2) ? value.readUIntBE(0, value.length) : undefined;
  });
  return reference !== undefined && place >= 1 && place <= total ? { reference, total, place } : undefined;
}

/** Reads the text of a submit_sm or deliver_sm; header and options that contradict themselves count as none. */
export function readText({ source, destination, esmClass, dataCoding, options, body }: ShortMessage): ReceivedText {
  const header = (esmClass & ESM_HEADER) !== 0 ? readUserDataHeader(body) : undefined;
  return {
    from: numberOf(source),
    to: numberOf(destination),
    text: decodeBody(dataCoding, header ? body.subarray(header.headerLength) : body),
    concatenation: header?.concatenation ?? sarOf(options),
  };
}
