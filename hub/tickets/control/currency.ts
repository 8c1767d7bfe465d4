/**
 * Digits after the point by ISO 4217: two, but for these. A currency that is not listed has two.
 * Amounts of the control message have at most three digits, so the two currencies with four (CLF, UYW) are used with three.
 */
const NO_DIGITS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE_DIGITS = 'BHD CLF IQD JOD KWD LYD OMR TND UYW';

const DIGITS = new Map<string, number>([
  ...NO_DIGITS.split(' ').map((currency) => [currency, 0] as const),
  ...THREE_DIGITS.split(' ').map((currency) => [currency, 3] as const),
]);

/** How many digits after the point an amount in this currency has: 0, 2 or 3. */
export function currencyDigits(currency: string): number {
  return DIGITS.get(currency) ?? 2;
}
