import { currencyDigits } from '../control/currency.ts';
import type { Random } from './random.ts';

/** Amounts in the smallest units of a currency, so that fares, taxes and payments add up exactly. */
export type Price = { currency: string; units: number };

/** What a unit of the currency is worth in roubles, roughly; prices are thought in roubles. */
const ROUBLES: Record<string, number> = { RUB: 1, EUR: 95, USD: 88, KZT: 0.18, JPY: 0.6, KWD: 290 };

export const CURRENCIES = ['RUB', 'RUB', 'RUB', 'RUB', 'RUB', 'RUB', 'RUB', 'EUR', 'KZT', 'JPY', 'KWD', 'USD'] as const;

/** A price of about `least` to `most` roubles in its currency; one in four has a fraction when the currency has one. */
export function makePrice(random: Random, currency: string, least: number, most: number): Price {
  const whole = Math.max(1, Math.round(random.int(least, most) / (ROUBLES[currency] ?? 1)));
  const unit = 10 ** currencyDigits(currency);
  return { currency, units: whole * unit + (random.chance(0.25) ? random.int(0, unit - 1) : 0) };
}

export function sumOfPrices(prices: readonly Price[], currency: string): Price {
  return { currency, units: prices.reduce((sum, price) => sum + price.units, 0) };
}

/** As the control message wants it: "1500", "83.30". */
export function write({ currency, units }: Price): string {
  const digits = currencyDigits(currency);
  if (digits === 0) {
    return String(units);
  }
  const text = String(units).padStart(digits + 1, '0');
  const fraction = text.slice(-digits);
  return /^0+$/.test(fraction) ? text.slice(0, -digits) : `${text.slice(0, -digits)}.${fraction}`;
}

/** The VAT contained in a price, in percent of the price without it. */
export function vatWithin(price: Price, percent: number): Price {
  return { currency: price.currency, units: Math.round((price.units * percent) / (100 + percent)) };
}

/** One payment, or now and then two that add up. */
export function makePayments(random: Random, price: Price): { type: string; amount: string }[] {
  const first = random.pick(['CA', 'CC', 'CC', 'IN', 'ПП']);
  if (price.units < 10 || !random.chance(0.12)) {
    return [{ type: first, amount: write(price) }];
  }
  const part = Math.floor(price.units / random.int(2, 5));
  return [
    { type: first, amount: write({ ...price, units: part }) },
    { type: 'CA', amount: write({ ...price, units: price.units - part }) },
  ];
}
