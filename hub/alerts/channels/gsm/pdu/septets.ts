import { PduError } from './pdu-error.ts';

/**
 * Packs characters of seven bits into octets, lowest bit first (3GPP TS 23.038, 6.1.2.1).
 * @param septets values 0 to 127
 * @param fill bits left free before the first character, 0 to 6: behind a header they bring the text to a border of septets
 */
export function packSeptets(septets: Uint8Array, fill = 0): Uint8Array {
  const octets = new Uint8Array(Math.ceil((fill + 7 * septets.length) / 8));
  let bit = fill;
  for (const septet of septets) {
    const at = bit >> 3;
    const shift = bit & 7;
    octets[at]! |= (septet << shift) & 0xff;
    if (shift > 1) octets[at + 1]! |= septet >> (8 - shift);
    bit += 7;
  }
  return octets;
}

/**
 * The reverse of `packSeptets`.
 * @throws PduError when `count` characters do not fit into the octets
 */
export function unpackSeptets(octets: Uint8Array, count: number, fill = 0): Uint8Array {
  if (fill + 7 * count > 8 * octets.length) throw new PduError(`${count} characters of seven bits do not fit into ${octets.length} octets`);
  const septets = new Uint8Array(count);
  let bit = fill;
  for (let index = 0; index < count; index += 1) {
    const at = bit >> 3;
    const pair = octets[at]! | ((octets[at + 1] ?? 0) << 8);
    septets[index] = (pair >> (bit & 7)) & 0x7f;
    bit += 7;
  }
  return septets;
}
