import { badValue } from './bad-value.ts';
import { type Money, moneyText, parseMoney } from './money.ts';

/** Whom a payment may be split over: the head itself and its dependent members. */
interface Sharer {
  readonly id: number;
}

export interface Share<S extends Sharer> {
  readonly contract: S;
  readonly sum: Money;
}

const PAIR = /^\s*(\d{1,10})\s*:\s*(\S+)\s*$/;

const wrong = (why: string, russian: string) => badValue('distribution', why, russian);

/** Equal parts; kopecks that are left go to the first ones. */
function equally<S extends Sharer>(sum: Money, sharers: readonly S[]): Share<S>[] {
  const count = BigInt(sharers.length);
  const [part, rest] = [sum / count, sum % count];
  const extra = rest < 0n ? -1n : 1n;
  return sharers.map((contract, at) => ({ contract, sum: part + (BigInt(at) < rest * extra ? extra : 0n) }));
}

function byAmounts<S extends Sharer>(rule: string, sum: Money, sharers: readonly S[]): Share<S>[] {
  const shares = new Map<number, Share<S>>();
  for (const pair of rule.split(',')) {
    const [, id, text = ''] = PAIR.exec(pair) ?? [];
    const amount = parseMoney(text);
    if (id === undefined || amount === undefined || amount === 0n)
      throw wrong(
        'expected equal, or contract:amount pairs such as 12:100.00,13:50.00',
        'ожидается equal или пары договор:сумма, например 12:100.00,13:50.00',
      );
    const contract = sharers.find((sharer) => sharer.id === Number(id));
    if (!contract)
      throw wrong(`contract ${id} is not a dependent member of this contract`, `договор ${id} не является зависимым субдоговором`);
    if (shares.has(contract.id)) throw wrong(`contract ${id} is named twice`, `договор ${id} указан дважды`);
    shares.set(contract.id, { contract, sum: amount });
  }
  const total = [...shares.values()].reduce((all, share) => all + share.sum, 0n);
  if (total !== sum)
    throw wrong(
      `the parts make ${moneyText(total)}, the payment is ${moneyText(sum)}`,
      `сумма частей ${moneyText(total)} не равна сумме платежа ${moneyText(sum)}`,
    );
  return [...shares.values()];
}

/**
 * Splits a payment of a head over its dependent members (spec 2.5): `equal`, in equal parts over the members, the first ones getting the kopecks that
 * are left; or `contract:amount` pairs, which add up to the payment and may name the head, too. No part is zero.
 * @throws HubError BAD_REQUEST, reason `distribution`
 */
export function distribute<S extends Sharer>(rule: string, sum: Money, head: S, members: readonly S[]): Share<S>[] {
  if (members.length === 0) throw wrong('the contract has no dependent members to split over', 'у договора нет зависимых субдоговоров');
  if (rule.trim() === 'equal') return equally(sum, members).filter((share) => share.sum !== 0n);
  return byAmounts(rule, sum, [head, ...members]);
}
