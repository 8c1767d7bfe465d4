/** Percent-encoding of bytes: what to write for each of the 256. Built once for each set of characters, never while a message is rendered. */
export type PercentTable = readonly string[];

/** @param kept matches the ASCII characters that stand as they are. @param space what a space becomes. */
export function percentTable(kept: RegExp, space = '%20'): PercentTable {
  return Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte);
    if (byte === 0x20) return space;
    return byte < 0x80 && kept.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** Path segments and query values: all but the unreserved characters of RFC 3986. */
export const URL_TABLE: PercentTable = percentTable(/[A-Za-z0-9._~-]/);
/** Values of application/x-www-form-urlencoded, as the WHATWG URL standard writes them. */
export const FORM_TABLE: PercentTable = percentTable(/[A-Za-z0-9._*-]/, '+');

export function percentEncode(bytes: Uint8Array, table: PercentTable): string {
  let out = '';
  for (let at = 0; at < bytes.length; at++) out += table[bytes[at]!]!;
  return out;
}
