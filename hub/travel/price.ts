import * as z from 'zod';
import { HubError } from '../core/errors.ts';
import { minorDigits } from './currencies.ts';

/** Money is an exact decimal text with an ISO 4217 currency; sums are made in whole minor units, never in floating point (spec 2.1). */
export const PRICE_KINDS = ['fare', 'tax', 'fee', 'discount', 'penalty'] as const;
export type PriceKind = (typeof PRICE_KINDS)[number];

/** One line. No amount is below zero: a discount is subtracted. */
export interface PriceLine {
  readonly kind: PriceKind;
  /** With exactly the currency's digits after the point: `1500.00`. */
  readonly amount: string;
  readonly currency: string;
}

/** What an order costs; both null while it has no lines. */
export interface Total {
  readonly total: string | null;
  readonly currency: string | null;
}

/** Lines of one order. */
const MOST_LINES = 200;

/** Amount and currency are read by `readPrices`, whose refusals have a reason of their own. */
export const pricesSchema = z
  .array(
    z.strictObject({
      kind: z.enum(PRICE_KINDS),
      amount: z
        .unknown()
        .meta({ type: 'string', description: 'An exact decimal, not below zero; a discount is subtracted', example: '1500.00' }),
      currency: z.unknown().meta({ type: 'string', description: 'ISO 4217, the same in all lines of an order', example: 'RUB' }),
    }),
  )
  .max(MOST_LINES);

const AMOUNT = /^(?<whole>\d{1,15})(?:\.(?<part>\d{1,4}))?$/;

const shown = (value: unknown): string => String(typeof value === 'string' ? JSON.stringify(value) : value).slice(0, 60);

function refuse(at: number, field: 'amount' | 'currency', message: string, russian: string): never {
  throw new HubError('BAD_REQUEST', `prices, line ${at + 1}: ${message}`, {
    reason: 'amount',
    russian: `цены, строка ${at + 1}: ${russian}`,
    details: [{ code: 'amount', path: `/prices/${at}/${field}`, message }],
  });
}

function unitsOf(amount: unknown, currency: string, digits: number, at: number): bigint {
  const { whole, part = '' } = (typeof amount === 'string' ? AMOUNT.exec(amount) : null)?.groups ?? {};
  if (whole === undefined)
    refuse(
      at,
      'amount',
      `${shown(amount)} must be an amount as text, such as "1500.00": digits, not below zero`,
      `${shown(amount)}: нужна сумма текстом, например "1500.00": цифры, не меньше нуля`,
    );
  if (part.length > digits)
    refuse(
      at,
      'amount',
      `${shown(amount)} has ${part.length} digits after the point, ${currency} has ${digits}`,
      `${shown(amount)}: знаков после точки ${part.length}, а у ${currency} их ${digits}`,
    );
  return BigInt(whole + part.padEnd(digits, '0'));
}

/** Whole minor units as a decimal text. @example decimalOf(150000n, 2) is '1500.00' */
function decimalOf(units: bigint, digits: number): string {
  const text = units.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/**
 * Reads the lines of one order and sums them up.
 * @throws HubError BAD_REQUEST with reason `amount` naming the line: no exact amount, too many digits, an unknown or second currency, a sum below zero.
 */
export function readPrices(input: z.output<typeof pricesSchema>): { readonly lines: readonly PriceLine[] } & Total {
  let sum = 0n;
  const first = input[0]?.currency;
  const lines = input.map(({ kind, amount, currency }, at): PriceLine => {
    const digits = typeof currency === 'string' ? minorDigits(currency) : undefined;
    if (typeof currency !== 'string' || digits === undefined)
      refuse(
        at,
        'currency',
        `${shown(currency)} is not a currency of ISO 4217, such as "RUB"`,
        `${shown(currency)}: нет такой валюты ISO 4217`,
      );
    if (currency !== first)
      refuse(
        at,
        'currency',
        `${currency} after ${shown(first)}: the lines of one order have one currency`,
        `${currency} после ${shown(first)}: у строк одного заказа одна валюта`,
      );
    const units = unitsOf(amount, currency, digits, at);
    sum += kind === 'discount' ? -units : units;
    return { kind, amount: decimalOf(units, digits), currency };
  });
  const last = lines.at(-1);
  if (!last) return { lines, total: null, currency: null };
  if (sum < 0n) refuse(lines.length - 1, 'amount', 'the discounts are larger than all the rest', 'скидки больше суммы остальных строк');
  return { lines, total: decimalOf(sum, minorDigits(last.currency) ?? 0), currency: last.currency };
}

/** Sums by currency, in alphabetical order. */
export function totalsOf(orders: readonly Total[]): { readonly currency: string; readonly total: string }[] {
  const sums = new Map<string, bigint>();
  for (const { total, currency } of orders) {
    if (total === null || currency === null) continue;
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(total.replace('.', '')));
  }
  return [...sums]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, units]) => ({ currency, total: decimalOf(units, minorDigits(currency) ?? 0) }));
}
