/** `N` in a mask stands for a digit of the counter. */
const DIGIT = 'N';
const DIGITS = /N/g;

/** True when numbers made by it differ. */
export const countsUp = (mask: string): boolean => mask.includes(DIGIT);

/**
 * The number of a contract by the mask of its pattern (spec 2.1): digits of the counter in place of `N`, from the right, with zeros before them; what
 * does not fit stands before the first digit, so that no two counters give one number.
 * @example formatNumber('И-NNN/NN', 1234n) === 'И-012/34'
 */
export function formatNumber(mask: string, counter: bigint): string {
  const places = mask.match(DIGITS)?.length ?? 0;
  const digits = counter.toString().padStart(places, '0');
  const surplus = digits.length - places;
  let at = surplus;
  return mask.replace(DIGITS, () => {
    const from = at === surplus ? 0 : at;
    at += 1;
    return digits.slice(from, at);
  });
}
