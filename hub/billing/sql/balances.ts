import { statement } from '../../core/database/statement.ts';

export type BalanceRow = { month: Temporal.PlainDate; incoming: string; payments: string; accounts: string; charges: string };

const COLUMNS = 'month, incoming, payments, accounts, charges';

/** Months with movement in a span, oldest first. */
export const balancesOf = statement<BalanceRow>(
  'billing.balancesOf',
  `SELECT ${COLUMNS} FROM contract_balance WHERE contract_id = $1 AND ($2::date IS NULL OR month >= $2) AND ($3::date IS NULL OR month <= $3) ORDER BY month`,
);

/** The last month with movement up to and including `$2`. */
export const lastBalance = statement<BalanceRow>(
  'billing.lastBalance',
  `SELECT ${COLUMNS} FROM contract_balance WHERE contract_id = $1 AND month <= $2 ORDER BY month DESC LIMIT 1`,
);

/**
 * Parts of a statement that add to a month of a contract and carry the difference into every later one; each value as SQL. `only` is a part of the same
 * statement: where it has no row, nothing moves.
 */
export function movingParts(of: {
  readonly contract: string;
  readonly month: string;
  readonly payments: string;
  readonly accounts: string;
  readonly charges: string;
  readonly only?: string;
}): string {
  const { contract, month, payments, accounts, charges, only } = of;
  return `former AS (
     SELECT incoming + payments - accounts - charges AS outgoing FROM contract_balance WHERE contract_id = ${contract} AND month < ${month}
     ORDER BY month DESC LIMIT 1),
   present AS (
     INSERT INTO contract_balance AS b (contract_id, month, incoming, payments, accounts, charges)
     SELECT ${contract}, ${month}, COALESCE((SELECT outgoing FROM former), 0), ${payments}, ${accounts}, ${charges} ${only ? `FROM ${only}` : ''}
     ON CONFLICT (contract_id, month) DO UPDATE SET payments = b.payments + excluded.payments, accounts = b.accounts + excluded.accounts,
       charges = b.charges + excluded.charges),
   later AS (
     UPDATE contract_balance SET incoming = incoming + ${payments} - ${accounts} - ${charges}
     WHERE contract_id = ${contract} AND month > ${month} ${only ? `AND EXISTS (SELECT FROM ${only})` : ''})`;
}

/** The outgoing balance up to a month, as it was before: a query sees nothing of what its own parts change. No row: 0. */
export const outgoingUpTo = (contract: string, month: string): string =>
  `SELECT (incoming + payments - accounts - charges)::text AS outgoing FROM contract_balance WHERE contract_id = ${contract} AND month <= ${month}
   ORDER BY month DESC LIMIT 1`;

/**
 * Adds to the month `$2`, and carries the difference into every later one. `$3` to `$5` payments, accounts and charges. The contract's row is locked by the
 * caller; so nobody else moves it meanwhile.
 * @returns the outgoing balance up to the month `$6`, as it was before.
 */
export const moveMonth = statement<{ outgoing: string }>(
  'billing.moveMonth',
  `WITH ${movingParts({ contract: '$1::int', month: '$2::date', payments: '$3::numeric', accounts: '$4::numeric', charges: '$5::numeric' })}
   ${outgoingUpTo('$1', '$6')}`,
);
