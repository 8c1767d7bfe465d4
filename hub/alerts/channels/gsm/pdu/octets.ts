import { PduError } from './pdu-error.ts';

/** Octets that a PDU of SMS may have at most: service centre 12, head 30, user data 140, and as much again for parameters nobody asked for. */
const LONGEST = 364;
const HEX = /^(?:[0-9A-Fa-f]{2})+$/;

/**
 * The octets of a PDU as a modem prints them.
 * @param text hexadecimal, any case, without spaces
 * @throws PduError when it is no such text, or longer than any PDU of SMS
 */
export function octetsOf(text: string): Uint8Array {
  if (text.length > 2 * LONGEST) throw new PduError(`a PDU of ${text.length} characters; at most ${2 * LONGEST} are read`);
  if (!HEX.test(text)) throw new PduError('the PDU is not an even number of hexadecimal digits');
  return Buffer.from(text, 'hex');
}

/** What remains to be read of a PDU. */
export interface OctetReader {
  /** @throws PduError naming `field` when the PDU ends before it */
  octet(field: string): number;
  /** @throws PduError naming `field` when the PDU ends inside it */
  take(count: number, field: string): Uint8Array;
  /** Octets left. */
  left(): number;
}

export function createOctetReader(octets: Uint8Array): OctetReader {
  let at = 0;
  const take = (count: number, field: string): Uint8Array => {
    if (at + count > octets.length) throw new PduError(`the PDU ends inside ${field}: ${count} octets wanted, ${octets.length - at} left`);
    at += count;
    return octets.subarray(at - count, at);
  };
  return { take, octet: (field) => take(1, field)[0]!, left: () => octets.length - at };
}
