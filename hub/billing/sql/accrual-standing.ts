import { statement } from '../../core/database/statement.ts';

/** The last day whose fees are accrued, and whether anything has a fee at all. */
export const accrualStanding = statement<{ day: Temporal.PlainDate | null; due: boolean }>(
  'billing.accrualStanding',
  'SELECT (SELECT day FROM accrual_mark) AS day, EXISTS (SELECT FROM service_object) AS due',
);
