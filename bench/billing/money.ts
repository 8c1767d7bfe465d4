import type { Database } from '@vestnik/hub/core/database/database.ts';
import { run as ask } from '@vestnik/hub/core/database/statement.ts';

/** Contracts of one statement: parts of what it may last. */
const PART = 25_000;
/** Payments of a contract, one a month. */
export const PAYMENTS_EACH = 20;

/** A type of payments, made where there is none. @returns its number */
export async function paymentType({ work }: Database): Promise<number> {
  const { rows } = await ask<{ type: number }>(
    work,
    `WITH present AS (SELECT min(type_id) AS type FROM payment_type WHERE NOT is_class AND editable),
       fresh AS (INSERT INTO payment_type (title) SELECT 'Касса' FROM present WHERE type IS NULL RETURNING type_id AS type)
     SELECT COALESCE(fresh.type, present.type) AS type FROM present LEFT JOIN fresh ON true`,
  );
  return rows[0]?.type ?? 0;
}

/** Contracts of a part of their own. @returns the number before their first one; the others follow */
export async function addOwnContracts({ work }: Database, letter: string, from: number, to: number): Promise<number> {
  const { rows } = await ask<{ first: number }>(
    work,
    `WITH made AS (INSERT INTO contract (title, comment, date_from)
       SELECT $1 || '-' || lpad(n::text, 8, '0'), 'Абонент ' || n, '2020-01-01' FROM generate_series($2::int + 1, $3::int) AS n RETURNING contract_id)
     SELECT min(contract_id) AS first FROM made`,
    [letter, from, to],
  );
  return (rows[0]?.first ?? 0) - 1;
}

/**
 * Contracts with a payment in each of the last twenty months, and balances that agree. The titles are P-00000001 and so on, from `from` on.
 * @returns the number before that of the first contract
 */
export async function addPayments(database: Database, type: number, from: number, contracts: number): Promise<number> {
  let base: number | undefined;
  for (let made = 0; made < contracts; made += PART) {
    const many = Math.min(PART, contracts - made);
    const before = await addOwnContracts(database, 'P', from + made, from + made + many);
    base ??= before;
    await database.transaction(async (tx) => {
      // The log of changes and the references between tables are not what is measured.
      await ask(tx, 'SET LOCAL session_replication_role = replica');
      // Ordered as they would have come: month by month.
      await ask(
        tx,
        `INSERT INTO contract_payment (contract_id, type_id, day, sum, comment, login)
         SELECT c, $1, (date_trunc('month', current_date) - make_interval(months => $4::int - 1 - m))::date + c % 28, 100 + m, 'Платёж ' || m, 'desk'
         FROM generate_series(0, $4::int - 1) AS m, generate_series($2::int + 1, $3::int) AS c`,
        [type, before, before + many, PAYMENTS_EACH],
      );
      await ask(
        tx,
        `INSERT INTO contract_balance (contract_id, month, incoming, payments)
         SELECT c, (date_trunc('month', current_date) - make_interval(months => $3::int - 1 - m))::date, 100 * m + m * (m - 1) / 2, 100 + m
         FROM generate_series(0, $3::int - 1) AS m, generate_series($1::int + 1, $2::int) AS c`,
        [before, before + many, PAYMENTS_EACH],
      );
    });
  }
  // As the server does by itself soon after so much was written.
  for (const table of ['contract', 'contract_payment', 'contract_balance']) await ask(database.work, `VACUUM ANALYZE ${table}`);
  await ask(database.work, 'CHECKPOINT');
  return base ?? 0;
}
