/**
 * Exact money: kopecks as bigint inside, decimal text with two digits at the borders and in the database. Never a float.
 */
export type Money = bigint;

/** One amount; sums of many may have more digits. */
const AMOUNT = /^\s*([+-]?)(\d{1,13})(?:\.(\d{1,2}))?\s*$/;
const STORED = /^(-?)(\d{1,30})(?:\.(\d{1,2}))?$/;
const HUNDRED = 100n;

function kopecksOf(match: RegExpExecArray | null): Money | undefined {
  if (!match) return undefined;
  const [, sign, whole = '0', part = ''] = match;
  const kopecks = BigInt(whole) * HUNDRED + BigInt(part.padEnd(2, '0'));
  return sign === '-' ? -kopecks : kopecks;
}

/** @returns undefined when it is no amount of at most 13 digits before the point and 2 behind it; exponents are none. */
export const parseMoney = (text: string): Money | undefined => kopecksOf(AMOUNT.exec(text));

/** An amount of the database, which is always right. @throws RangeError otherwise */
export function money(text: string): Money {
  const stored = kopecksOf(STORED.exec(text));
  if (stored === undefined) throw new RangeError(`${text} is no amount of money`);
  return stored;
}

/** `-12.50` */
export function moneyText(amount: Money): string {
  const size = amount < 0n ? -amount : amount;
  return `${amount < 0n ? '-' : ''}${size / HUNDRED}.${String(size % HUNDRED).padStart(2, '0')}`;
}

/** A quotient rounded half away from zero: once, at the stored row (spec 2). */
export function divideRounded(amount: bigint, by: bigint): bigint {
  const negative = amount < 0n !== by < 0n;
  const [size, parts] = [amount < 0n ? -amount : amount, by < 0n ? -by : by];
  const rounded = (size * 2n + parts) / (parts * 2n);
  return negative ? -rounded : rounded;
}
