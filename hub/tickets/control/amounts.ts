import { currencyDigits } from './currency.ts';
import type { FaultCollector } from './fault-collector.ts';
import type { Air, Document } from './schema.ts';

/** Thousandths: every amount of the control message (12 digits, 3 after the point) is a whole number of them. */
export function thousandths(amount: string): bigint {
  const point = amount.indexOf('.');
  if (point < 0) {
    return BigInt(amount) * 1000n;
  }
  return BigInt(amount.slice(0, point) + amount.slice(point + 1).padEnd(3, '0'));
}

/** Thousandths written as an amount without needless zeros: 83300n -> "83.3". */
export function fromThousandths(sum: bigint): string {
  const whole = sum / 1000n;
  const rest = sum % 1000n;
  return rest === 0n ? String(whole) : `${whole}.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
}

export function sumOf(amounts: Iterable<string>): bigint {
  let sum = 0n;
  for (const amount of amounts) {
    sum += thousandths(amount);
  }
  return sum;
}

/** What the payments of a document should add up to: fare and taxes, TOTAL, or AMOUNT (spec 2.4, FOP_SUM). In thousandths. */
export function amountDue(document: Document): bigint {
  switch (document.type) {
    case 'AE_TICKET':
      return thousandths(document.fare);
    case 'TRAIN_TICKET':
      return thousandths(document.total);
    case 'EINSURCAR':
      return thousandths(document.amount);
    default:
      return thousandths(document.fare.amount) + sumOf((document.taxes ?? []).map((tax) => tax.amount));
  }
}

/** Adds AMOUNT_PRECISION for every amount with more digits after the point than its currency has. */
export function checkPrecision(document: Document, path: readonly PropertyKey[], faults: FaultCollector): void {
  const check = (currency: string, amount: string | undefined, ...steps: PropertyKey[]): void => {
    if (amount === undefined) {
      return;
    }
    const point = amount.indexOf('.');
    if (point < 0) {
      return;
    }
    const digits = currencyDigits(currency);
    if (amount.length - point - 1 > digits) {
      const right = digits === 0 ? 'no digits' : `at most ${digits} digits`;
      faults.add('AMOUNT_PRECISION', [...path, ...steps], `an amount in ${currency} has ${right} after the point, not "${amount}"`);
    }
  };
  const { currency } = document;
  document.payments?.forEach((payment, index) => {
    check(currency, payment.amount, 'payments', index, 'amount');
  });
  switch (document.type) {
    case 'AE_TICKET':
      check(currency, document.fare, 'fare');
      document.segments.forEach((segment, index) => {
        check(currency, segment.fare, 'segments', index, 'fare');
      });
      return;
    case 'TRAIN_TICKET':
      check(currency, document.total, 'total');
      check(currency, document.services?.amount, 'services', 'amount');
      check(currency, document.services?.vatAmount, 'services', 'vatAmount');
      return;
    case 'EINSURCAR':
      check(currency, document.amount, 'amount');
      return;
    default:
      checkAir(document, check);
  }
}

type Check = (currency: string, amount: string | undefined, ...steps: PropertyKey[]) => void;

function checkAir(document: Air, check: Check): void {
  const { currency } = document;
  const original = document.originalCurrency ?? currency;
  const neutral = document.neutralCurrency ?? currency;
  check(currency, document.fare.amount, 'fare', 'amount');
  check(currency, document.fare.vat?.amount, 'fare', 'vat', 'amount');
  check(original, document.originalFare, 'originalFare');
  check(currency, document.penalty, 'penalty');
  check(document.commission?.currency ?? currency, document.commission?.amount, 'commission', 'amount');
  document.taxes?.forEach((tax, index) => {
    check(currency, tax.amount, 'taxes', index, 'amount');
    check(currency, tax.vat?.amount, 'taxes', index, 'vat', 'amount');
  });
  document.segments?.forEach((segment, index) => {
    check(currency, segment.fare, 'segments', index, 'fare');
    check(neutral, segment.neutralFare, 'segments', index, 'neutralFare');
    check(original, segment.originalFare, 'segments', index, 'originalFare');
  });
  document.coupons?.forEach((coupon, index) => {
    check(currency, coupon.value, 'coupons', index, 'value');
  });
}
