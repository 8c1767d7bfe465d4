import type { Money } from './money.ts';

/** What a month says. */
interface MonthSums {
  readonly incoming: Money;
  readonly payments: Money;
  readonly accounts: Money;
  readonly charges: Money;
}

/** The balance of a contract as it is shown. */
export interface BalanceFigures extends MonthSums {
  readonly outgoing: Money;
  /** What may still be spent. */
  readonly available: Money;
  readonly reserve: Money;
}

/** The one formula of what is left (spec 2.4, 13): outgoing = incoming + payments - accounts - charges; available = outgoing - limit - reserve. */
export function balanceFigures({ incoming, payments, accounts, charges }: MonthSums, limit: Money, reserve: Money): BalanceFigures {
  const outgoing = incoming + payments - accounts - charges;
  return { incoming, payments, accounts, charges, outgoing, available: outgoing - limit - reserve, reserve };
}

/** The numbering of the figures in XML answers (spec 2.4, 13). */
export const SUMMA = {
  summa1: 'incoming',
  summa2: 'payments',
  summa3: 'accounts',
  summa4: 'charges',
  summa5: 'outgoing',
  summa6: 'available',
  summa7: 'reserve',
} as const satisfies Record<string, keyof BalanceFigures>;

/** Strictly below the limit (spec 2.4). */
export const isInDebt = (outgoing: Money, limit: Money): boolean => outgoing < limit;
