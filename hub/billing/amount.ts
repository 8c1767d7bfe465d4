import { badValue } from './bad-value.ts';
import { type Money, parseMoney } from './money.ts';

/** An amount as faces give it: exact decimal text. @throws HubError BAD_REQUEST, reason: the parameter's name */
export function readAmount(parameter: string, text: string): Money {
  const amount = parseMoney(text);
  if (amount === undefined)
    throw badValue(
      parameter,
      `${JSON.stringify(text.slice(0, 40))} is no amount of at most 13 digits before the point and 2 behind it`,
      'ожидается сумма: не более 13 цифр до точки и двух после',
    );
  return amount;
}

/**
 * The amount of a payment or charge, which travels under two names (spec 2.5).
 * @returns undefined when neither is given
 * @throws HubError BAD_REQUEST: not an amount, zero, or two different ones
 */
export function readSum(sum: string | null | undefined, summa: string | null | undefined): Money | undefined {
  const [one, other] = [sum == null ? undefined : readAmount('sum', sum), summa == null ? undefined : readAmount('summa', summa)];
  if (one !== undefined && other !== undefined && one !== other)
    throw badValue(
      'summa',
      `sum ${sum} and summa ${summa} are different amounts of one thing`,
      `sum (${sum}) и summa (${summa}) различаются`,
    );
  const amount = one ?? other;
  if (amount === 0n) throw badValue(one === undefined ? 'summa' : 'sum', 'the amount must not be zero', 'сумма не может быть нулевой');
  return amount;
}
