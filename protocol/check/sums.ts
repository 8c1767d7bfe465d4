import type { ReadDocument } from '../reader/document.ts';
import { type Decimal, formatDecimal, parseDecimal } from './decimal.ts';

/** Tolerance of coupon sums (spec online-ticket 2.4): shares of a fare may be rounded. */
const COUPON_TOLERANCE = parseDecimal('0.009');

/** A sum that does not add up. `of` names the elements that give the expected value. */
export type WrongSum = { code: 'COUPON_SUM' | 'PAYMENT_SUM'; element: string; args: { sum: string; expected: string; of: string } };

/**
 * What a document costs, in its CURRENCY: TOTAL of rail, AMOUNT of insurance, else FARE and TAXES. Undefined when an amount is missing or
 * could not be read, because then no sum can be judged.
 */
export function priceOf(document: ReadDocument): { value: Decimal; of: string } | undefined {
  if (document.total !== undefined) return { value: parseDecimal(document.total), of: 'TOTAL' };
  const fare = document.fare?.amount;
  if (fare === undefined) return document.amount === undefined ? undefined : { value: parseDecimal(document.amount), of: 'AMOUNT' };
  if (document.taxes === undefined) return document.extra.has('TAXES') ? undefined : { value: parseDecimal(fare), of: 'FARE' };
  const taxes = sumOf(document.taxes.map((tax) => tax.amount));
  return taxes === undefined ? undefined : { value: parseDecimal(fare) + taxes, of: 'FARE + TAXES' };
}

/**
 * Compares the coupons of an EMD with its FARE, and the forms of payment with the price. What is given back for a document may be less by the
 * PENALTY that was withheld without a document of its own (spec 2.3), so there both sums are right.
 */
export function wrongSums(document: ReadDocument): WrongSum[] {
  const wrong: WrongSum[] = [];
  const fare = document.fare?.amount;
  const coupons = document.coupons === undefined ? undefined : sumOf(document.coupons.map((coupon) => coupon.value));
  if (coupons !== undefined && fare !== undefined) {
    const difference = coupons - parseDecimal(fare);
    if (difference > COUPON_TOLERANCE || -difference > COUPON_TOLERANCE) {
      wrong.push({ code: 'COUPON_SUM', element: 'EMDCOUPONS', args: { sum: formatDecimal(coupons), expected: fare, of: 'FARE' } });
    }
  }
  const paid = document.payments === undefined ? undefined : sumOf(document.payments.map((payment) => payment.amount));
  const price = priceOf(document);
  if (paid !== undefined && price !== undefined && paid !== price.value) {
    const penalty = document.opType === 'REFUND' && document.penalty !== undefined ? parseDecimal(document.penalty) : 0n;
    if (paid !== price.value - penalty) {
      const args = { sum: formatDecimal(paid), expected: formatDecimal(price.value), of: price.of };
      wrong.push({ code: 'PAYMENT_SUM', element: 'FOPS', args });
    }
  }
  return wrong;
}

function sumOf(amounts: readonly (string | undefined)[]): Decimal | undefined {
  let sum = 0n;
  for (const amount of amounts) {
    if (amount === undefined) return undefined;
    sum += parseDecimal(amount);
  }
  return sum;
}
