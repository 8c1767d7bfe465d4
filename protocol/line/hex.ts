/**
 * The bytes of a parameter of hexadecimal digits, in any case and without separators (specification of alerts 2.16).
 * @returns undefined for an odd number of digits or for anything else
 */
export function readHex(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromHex(text);
  } catch {
    return undefined;
  }
}
