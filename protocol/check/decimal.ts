/**
 * Exact decimals for sums: a bigint that counts hundred-millionths, the finest that the reader lets through. Floats would make two good files
 * of many small amounts differ.
 */
export type Decimal = bigint;

const DIGITS = 8;

/** Reads a decimal string as the reader gives them: `-?[0-9]+(\.[0-9]{1,8})?`. */
export function parseDecimal(text: string): Decimal {
  const point = text.indexOf('.');
  if (point < 0) return BigInt(text) * 10n ** BigInt(DIGITS);
  return BigInt(text.slice(0, point) + text.slice(point + 1).padEnd(DIGITS, '0'));
}

/** Writes a decimal the way money is written in the files: no fraction when it is zero, else at least two digits. */
export function formatDecimal(value: Decimal): string {
  const digits = (value < 0n ? -value : value).toString().padStart(DIGITS + 1, '0');
  const fraction = digits.slice(-DIGITS).replace(/0+$/, '');
  const shown = fraction === '' ? '' : `.${fraction.padEnd(2, '0')}`;
  return `${value < 0n ? '-' : ''}${digits.slice(0, -DIGITS)}${shown}`;
}
