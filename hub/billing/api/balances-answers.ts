import * as z from 'zod';
import { moneyText } from '../money.ts';
import type { MonthBalance } from '../move-balance.ts';
import { amountAnswer } from './fields.ts';

/** How months and balances are written. */

/** A month, `YYYY-MM`, of the years 1900 to 2200: its first day. */
export const monthField = z
  .string()
  .regex(/^(19\d\d|2[01]\d\d|2200)-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11, of the years 1900 to 2200')
  .transform((text) => Temporal.PlainDate.from(`${text}-01`));

/** `2026-11` */
export const monthText = (month: Temporal.PlainDate): string => month.toString().slice(0, 7);

const sums = {
  month: z.string().meta({ description: 'YYYY-MM' }),
  incoming: amountAnswer,
  payments: amountAnswer,
  accounts: amountAnswer,
  charges: amountAnswer,
  outgoing: amountAnswer,
  reserve: amountAnswer,
};
/** Of a month with movement. */
export const monthAnswer = z.object(sums);
/** Of any month, with what may still be spent. */
export const figuresAnswer = z.object({ ...sums, limit: amountAnswer, available: amountAnswer, payer_id: z.int() });

type Sums = Omit<MonthBalance, 'month'> & { readonly outgoing: bigint; readonly reserve: bigint };

export const shownMonth = (month: Temporal.PlainDate, { incoming, payments, accounts, charges, outgoing, reserve }: Sums) => ({
  month: monthText(month),
  incoming: moneyText(incoming),
  payments: moneyText(payments),
  accounts: moneyText(accounts),
  charges: moneyText(charges),
  outgoing: moneyText(outgoing),
  reserve: moneyText(reserve),
});
