import { decodeGsm } from '../../sms-text.ts';
import type { OctetReader } from './octets.ts';
import { PduError } from './pdu-error.ts';
import { unpackSeptets } from './septets.ts';

const SIGNS = '0123456789*#abc';
const INTERNATIONAL = 0x91;
const UNKNOWN = 0x81;
/** Digits of an address: ten octets (3GPP TS 23.040, 9.1.2.5). */
const MOST_DIGITS = 20;
const NUMBER = /^(\+?)([0-9*#abc]{1,20})$/;

function semiOctets(digits: string): number[] {
  const octets: number[] = [];
  for (let index = 0; index < digits.length; index += 2) {
    const second = digits[index + 1];
    octets.push(SIGNS.indexOf(digits[index]!) | ((second === undefined ? 0xf : SIGNS.indexOf(second)) << 4));
  }
  return octets;
}

function digitsOf(octets: Uint8Array, count: number, field: string): string {
  let digits = '';
  for (let index = 0; index < count; index += 1) {
    const sign = SIGNS[(octets[index >> 1]! >> (4 * (index & 1))) & 0xf];
    // A filler before the end: some networks count it in.
    if (sign === undefined && index === count - 1) break;
    if (sign === undefined) throw new PduError(`${field}: place ${index + 1} holds no digit`);
    digits += sign;
  }
  return digits;
}

function split(address: string, field: string): { plus: boolean; digits: string } {
  const match = NUMBER.exec(address);
  if (!match) throw new PduError(`${field} is not 1 to ${MOST_DIGITS} digits with an optional leading +`);
  return { plus: match[1] === '+', digits: match[2]! };
}

/**
 * Address of a person (3GPP TS 23.040, 9.1.2.5): count of digits, type of number, digits in swapped pairs.
 * @param address digits, `*` and `#`; with a leading `+` it is international
 * @throws PduError when it is something else
 */
export function encodeAddress(address: string): Uint8Array {
  const { plus, digits } = split(address, 'the address');
  return Uint8Array.of(digits.length, plus ? INTERNATIONAL : UNKNOWN, ...semiOctets(digits));
}

/** Reads what `encodeAddress` writes; a sender's name (alphanumeric) is given as its text. @throws PduError */
export function readAddress(reader: OctetReader, field: string): string {
  const count = reader.octet(`the length of ${field}`);
  if (count > MOST_DIGITS + 2) throw new PduError(`${field} says that it has ${count} digits; at most ${MOST_DIGITS} are possible`);
  const type = reader.octet(`the type of ${field}`);
  const octets = reader.take((count + 1) >> 1, field);
  // The count is in semi-octets for names, too: seven of them hold four characters. A rounded count shows one zero, the sign @, more.
  if ((type & 0x70) === 0x50) return decodeGsm(unpackSeptets(octets, Math.floor((count * 4) / 7))).replace(/@$/, '');
  const digits = digitsOf(octets, count, field);
  return (type & 0x70) === 0x10 && digits !== '' ? `+${digits}` : digits;
}

/** Address of the service centre, whose length counts octets; undefined: the one that is on the SIM. @throws PduError */
export function encodeServiceCentre(address: string | undefined): Uint8Array {
  if (address === undefined) return Uint8Array.of(0);
  const { plus, digits } = split(address, 'the service centre');
  const octets = semiOctets(digits);
  return Uint8Array.of(octets.length + 1, plus ? INTERNATIONAL : UNKNOWN, ...octets);
}

/** Passes over the service centre, which every PDU of a modem begins with. @throws PduError */
export function skipServiceCentre(reader: OctetReader): void {
  reader.take(reader.octet('the length of the service centre'), 'the service centre');
}
