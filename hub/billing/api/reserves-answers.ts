import * as z from 'zod';
import type { ReserveRow } from '../save-reserve.ts';
import { amountAnswer, dayAnswer, dayOrOpenAnswer } from './fields.ts';

/** How answers give a reserve. */
export const reserveAnswer = z.object({
  id: z.int(),
  contract_id: z.int(),
  contract_title: z.string(),
  type_id: z.int(),
  type_title: z.string(),
  sum: amountAnswer,
  date_from: dayAnswer,
  date_to: dayOrOpenAnswer,
  closed_on: dayOrOpenAnswer.meta({ description: 'From this day on it is released' }),
  comment: z.string(),
});

export const shownReserve = (row: ReserveRow): z.input<typeof reserveAnswer> => ({
  id: row.id,
  contract_id: row.contractId,
  contract_title: row.contractTitle,
  type_id: row.typeId,
  type_title: row.typeTitle,
  sum: row.sum,
  date_from: row.dateFrom.toString(),
  date_to: row.dateTo?.toString() ?? null,
  closed_on: row.closedOn?.toString() ?? null,
  comment: row.comment,
});
