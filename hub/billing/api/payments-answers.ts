import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { MONEY_OF, type MoneyOf, type MoneyRow, type MoneyTotals, type MoneyWish } from '../list-money-pages.ts';
import { amountAnswer, amountField, dayAnswer, dayField, flagText, idField, idText, momentAnswer, textField } from './fields.ts';

/** What the routes of payments and of charges take and answer in common. */

/** The amount of a row. */
export const sumField = amountField.refine((sum) => sum !== 0n, 'must not be zero');

/** What a new row and a change of one say besides. */
export const rowFields = {
  type_id: idField.meta({ description: 'A type, not a class, that is used by hand' }),
  date: dayField.optional().meta({ description: '(Default: today where the billing is)' }),
  comment: textField(2_000).optional(),
};

/** Fields of a change; what is left out stays. */
export const changeFields = z.strictObject({
  ...rowFields,
  type_id: rowFields.type_id.optional(),
  date: dayField.optional(),
  sum: sumField.optional(),
});

const rowAnswer = {
  id: z.int(),
  contract_id: z.int(),
  contract_title: z.string(),
  type_id: z.int(),
  type_title: z.string(),
  date: dayAnswer,
  sum: amountAnswer,
  comment: z.string(),
  editable: z.boolean().meta({ description: 'May be changed and deleted by hand' }),
  operator_id: z.int().nullable(),
  login: z.string(),
  operator_name: z.string(),
  changed_at: momentAnswer,
};
export const paymentAnswer = z.object({ ...rowAnswer, external_id: z.string().nullable(), source: z.string().nullable() });
export const chargeAnswer = z.object({ ...rowAnswer, payback: z.boolean() });

const shownRow = (row: MoneyRow) => ({
  id: row.id,
  contract_id: row.contractId,
  contract_title: row.contractTitle,
  type_id: row.typeId,
  type_title: row.typeTitle,
  date: row.day.toString(),
  sum: row.sum,
  comment: row.comment,
  editable: row.editable,
  operator_id: row.operatorId,
  login: row.login,
  operator_name: row.userName,
  changed_at: row.changedAt.toString(),
});
export const shownPayment = (row: MoneyRow): z.input<typeof paymentAnswer> => ({
  ...shownRow(row),
  external_id: row.externalId,
  source: row.externalSource,
});
export const shownCharge = (row: MoneyRow): z.input<typeof chargeAnswer> => ({ ...shownRow(row), payback: row.payback });

const OF = Object.keys(MONEY_OF) as [MoneyOf, ...MoneyOf[]];
export const moneyOf = z.enum(OF).default('contract').meta({ description: 'Rows of the contract, of its members, or of both' });

/** Which rows, whose and from when to when. */
export const listQuery = {
  contract_id: idText.optional().meta({ description: '(Default: of every contract that the operator may see)' }),
  of: moneyOf,
  type_id: idText.optional(),
  from: dayField.optional().meta({ description: 'First day' }),
  to: dayField.optional().meta({ description: 'Last day' }),
  login: z.string().max(200).optional().meta({ description: 'Who entered or last changed it' }),
  totals: flagText.meta({ description: 'With the number and the sum of all that fits' }),
  ...pageQuery,
};
type ListQuery = z.output<z.ZodObject<typeof listQuery>>;

export const wishOf = ({ contract_id, of, type_id, from, to, login, after, limit }: ListQuery): MoneyWish => ({
  contractId: contract_id,
  of,
  typeId: type_id,
  from: from ?? null,
  to: to ?? null,
  login,
  after,
  limit,
});

export const listAnswer = <T extends z.ZodType>(item: T) =>
  pageAnswer(item).extend({
    totals: z
      .object({ count: z.int(), sum: amountAnswer })
      .nullable()
      .optional()
      .meta({ description: 'Only when asked for; null: more than a million rows would have to be added up, ask for a shorter period' }),
  });

export const shownList = <T>(
  page: { readonly items: readonly T[]; readonly next: string | null },
  totals: MoneyTotals | null | undefined,
) => ({
  ...page,
  ...(totals !== undefined && { totals }),
});
